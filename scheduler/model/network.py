"""What planning, checks and the preview must know of a network; each network's own file fills it in."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from scheduler.model.animations import Animations
from scheduler.model.outgoing import Facet, Outgoing

Count = Callable[[str], int]
CountSent = Callable[[str, Sequence[Facet]], int]
Price = Callable[[Outgoing], Decimal]


class Recovery(StrEnum):
    """Is the proof a network offers for "did my post go out?" after a lost answer."""

    IDEMPOTENCY_KEY = "idempotency_key"
    CLIENT_ID = "client_id"
    TWO_PHASE = "two_phase"
    READBACK = "readback"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoLimits:
    """Is what a network takes of a film; ``formats`` are MIME types, ``codecs`` and ``sounds`` are names such as ``H.264``, empty for any.

    ``bytes`` are the most of its file, ``smallest`` the fewest; ``seconds`` are the shortest and the longest, ``frames`` the fewest and the
    most a second. ``width`` is in pixels, ``ratio`` width divided by height, ``pixels`` the most of one picture of the film.
    What is ``alone`` stands in a post without anything beside it. None means no limit.
    """

    bytes: int
    seconds: tuple[float, float]
    formats: tuple[str, ...] = ("video/mp4", "video/quicktime")
    codecs: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    frames: tuple[float, float] | None = None
    ratio: tuple[float, float] | None = None
    width: int | None = None
    pixels: int | None = None
    smallest: int = 0
    alone: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PollLimits:
    """Is what a network takes of a poll: how many ``options``, of how many ``characters``; ``alone`` allows no picture beside it.

    ``question`` is how long a question may be that stands apart from the post's words; None where those words are the question.
    ``words`` tells that the post wants words of its own beside such a question. ``count`` measures question and options.
    ``minutes`` are the shortest and the longest that people can vote, in whole ``step``s; ``terms`` are the only lengths, where there
    are such; none of them where nothing is known, or the network decides. ``multiple`` allows several answers from one person.
    ``text`` and ``pictures`` are the most beside a poll, where they are others than beside none.
    """

    options: int
    characters: int
    alone: bool = False
    question: int | None = None
    count: Count = len
    minutes: tuple[int, int] | None = None
    step: int = 1
    terms: tuple[int, ...] = ()
    multiple: bool = True
    words: bool = False
    text: int | None = None
    pictures: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Is what a network accepts. ``count`` measures a text in the network's own ``unit``; None means no limit.

    ``ratio`` is width divided by height, smallest and largest; ``formats`` are MIME types; sizes are in bytes.
    ``one_shape`` tells that all pictures and films of a post are shown in the shape of the first, and cut to it where they have another.
    ``text_with_pictures`` is the limit of the text beside pictures, where it is another one.
    ``count_sent`` measures a text by its facets too, for a network that is sent more of them than stands in the text.
    ``count_warning`` measures a content warning, where the network counts it in another way than the text that it stands before.
    ``link_length`` is what each link counts, where that is not what stands in the text; ``count_links`` makes the ``count`` for another.
    ``pictures_bytes`` is the most that all pictures and films of a post may have together.
    ``picture_sides`` is the most that width and height of a picture make together, ``picture_pixels`` the most that it has in all.
    ``picture_width`` is the width to which the network enlarges a narrower picture.
    ``card_bytes`` is the largest picture of a link's card, where we bring it along.
    ``hashtags_advised`` is the number above which the network or its users object, ``hashtags`` the one it refuses.
    ``mentions`` is how many people a text may mention, ``collaborators`` how many accounts are asked to share a post as theirs.
    ``cashtags`` is how many signs of a share such as $ABC a text may hold, ``links`` how many different addresses, that of the card too.
    ``animations`` are for pictures that move, ``video`` and ``story_video`` for films; None where we send none there.
    ``poll`` is for polls, None where nothing is known.
    """

    text: int | None
    count: Count = len
    count_sent: CountSent | None = None
    count_warning: Count | None = None
    unit: str = "characters"
    link_length: int | None = None
    count_links: Callable[[int], Count] | None = None
    text_bytes: int | None = None
    text_with_pictures: int | None = None
    pictures: int = 1
    picture_required: bool = False
    picture_bytes: int | None = None
    pictures_bytes: int | None = None
    picture_sides: int | None = None
    picture_pixels: int | None = None
    picture_width: int | None = None
    formats: tuple[str, ...] = ("image/jpeg", "image/png")
    ratio: tuple[float, float] | None = None
    one_shape: bool = False
    card_bytes: int | None = None
    alt: int | None = None
    hashtags: int | None = None
    hashtags_advised: int | None = None
    mentions: int | None = None
    collaborators: int | None = None
    cashtags: int | None = None
    links: int | None = None
    animations: Animations = field(default_factory=Animations)
    video: VideoLimits | None = None
    story_video: VideoLimits | None = None
    poll: PollLimits | None = None

    def length(self, text: str, facets: Sequence[Facet] = ()) -> int:
        """Returns how long a text is as it is sent, in the network's own count."""
        return self.count(text) if self.count_sent is None else self.count_sent(text, facets)

    def length_of_warning(self, warning: str) -> int:
        """Returns how much a content warning counts with its text."""
        return (self.count_warning or self.count)(warning)

    def most_text(self, *, beside_pictures: bool, beside_poll: bool = False) -> int | None:
        """Returns how long a text may be; None means any length."""
        if beside_poll and self.poll is not None and self.poll.text is not None:
            return self.poll.text
        return self.text_with_pictures if beside_pictures and self.text_with_pictures is not None else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Is how early a network takes a post that it sends at its time by itself: at ``least`` and at ``most`` so long before."""

    least: timedelta
    most: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """Is what a network can do; what is False here is never attempted and is said to the author.

    ``key_window`` is how long a network with idempotency keys remembers one.
    What is True here is handed to the network's publisher, which has to send it.
    ``threads`` are answers to one's own post, ``first_comment`` a comment below it, ``stories`` pictures that go after a day,
    ``focus`` the point of a picture that stays in sight where a part of it is shown,
    ``collaborators`` further accounts that a post belongs to, ``location`` a place that stands beside it.
    ``brings_card`` tells that the network does not read the linked page itself: title, words and picture of the card are ours to bring.
    ``marks`` are the kinds of facets that readers can follow there, links only where they are clickable at all; for mentions ask
    :class:`Mentions`.
    ``hand_over`` is for posts that the network itself sends at their time; None where it does not.
    ``warning_labels`` are the only warnings (in small letters) of a network that has labels instead of free words.
    ``refuses_repeats`` is how long it refuses the same words from an account again; None where it takes them.
    """

    recovery: Recovery
    key_window: timedelta | None = None
    alt_text: bool = True
    alt_text_of_stories: bool = True
    alt_text_of_films: bool = True
    focus: bool = False
    content_warning: bool = False
    warning_labels: tuple[str, ...] = ()
    language: bool = False
    links_clickable: bool = True
    marks: frozenset[str] = frozenset({"link", "tag"})
    link_card: bool = False
    brings_card: bool = False
    threads: bool = False
    first_comment: bool = False
    polls: bool = False
    stories: bool = False
    collaborators: bool = False
    location: bool = False
    refuses_repeats: timedelta | None = None
    hand_over: HandOver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """Is how people are mentioned on a network: by a handle with ``@`` before it, or ``by_name``, with the handle behind it unseen.

    ``handle`` is what a handle looks like without its ``@``; ``only_here`` is the look of those that are handles nowhere else.
    Capitals make no difference to either. ``example`` is a handle as people write it.
    """

    handle: str
    example: str
    only_here: str | None = None
    by_name: bool = False

    def is_handle(self, word: str) -> bool:
        """Tells whether a word is a handle on the network."""
        return re.fullmatch(self.handle, word, re.IGNORECASE) is not None

    def is_only_here(self, word: str) -> bool:
        """Tells whether a word is a handle on this network, and can be none on another."""
        return self.only_here is not None and re.fullmatch(self.only_here, word, re.IGNORECASE) is not None

    def reads(self, typed: str) -> bool:
        """Tells whether the network makes a mention of ``@`` and the word ``typed`` behind it."""
        return not self.by_name and self.is_handle(typed)


@dataclass(frozen=True, slots=True)
class Life:
    """Is from which day a version of a network's API is there, and until which day at least."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Ageing:
    """Is how the versions of a network's API grow old: ``setting`` is the account's key that names one.

    ``life`` returns the days of a version; None where it has none, or nobody knows them. ``old_after`` is when a person should change it.
    """

    setting: str
    life: Callable[[str], Life | None]
    old_after: timedelta


@dataclass(frozen=True, slots=True)
class Setting:
    """Is one key of an account's table in ``config.toml``."""

    name: str
    description: str
    default: str | None = None
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Is the facts of one network. ``graphic_format`` is the format its graphics are drawn in.

    ``local`` networks write to this machine, need no account with anybody and no go-live.
    ``credential`` names what the account's secret is and where a person gets it.
    ``gaps`` are the reasons why this network does not do what others do, as a sentence by ability: ``alt_text``, ``alt_text_of_films``,
    ``focus``, ``content_warning``, ``language``, ``threads``, ``polls``, or ``feed``, ``edit`` and ``delete`` of what is out.
    ``fetches`` tells that it gets pictures from an address, which ``[media]`` of config.toml offers, instead of being sent them.
    ``mentions`` tells how people are mentioned; None where nobody can be.
    ``place_number`` says in words which number of a place this network goes by, for the networks that show a ``location``.
    ``price`` is what a post costs there in US dollars; None where it costs nothing.
    ``ageing`` is for an API whose versions end.
    """

    name: str
    title: str
    limits: Limits
    abilities: Abilities
    settings: tuple[Setting, ...] = ()
    graphic_format: str = "square"
    local: bool = False
    fetches: bool = False
    credential: str = "Access token"
    gaps: Mapping[str, str] = field(default_factory=dict)
    mentions: Mentions | None = None
    place_number: str = ""
    price: Price | None = None
    ageing: Ageing | None = None

    def no_alt_text(self, *, story: bool, film: bool = False) -> str:
        """Returns in a sentence why the description of a picture or film is not sent; empty where it is."""
        known = self.abilities
        untold = "a story" if story and not known.alt_text_of_stories else "a film" if film and not known.alt_text_of_films else ""
        why = self.gaps.get("alt_text", "") or (self.gaps.get("alt_text_of_films", "") if untold == "a film" else "")
        return why or (f"{self.title} takes none for {untold}." if untold else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Is a profile on a network, as ``config.toml`` describes it; it never holds a secret.

    ``language`` is the tag of the language it posts in, empty for the organisation's first. ``thread`` sends the others as answers.
    ``hand_over`` is how long before its time a post is handed over to a network that sends it by itself; nothing for never.
    """

    name: str
    network: str
    live: bool = False
    handle: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    thread: bool = False
    hand_over: timedelta = timedelta(0)
