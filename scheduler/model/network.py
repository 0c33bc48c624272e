"""What planning, checks and the preview must know of a network; each network's own file fills it in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from scheduler.model.limits import Limits
from scheduler.model.outgoing import Outgoing

Price = Callable[[Outgoing], Decimal]


class Recovery(StrEnum):
    """Is the proof a network offers for "did my post go out?" after a lost answer."""

    IDEMPOTENCY_KEY = "idempotency_key"
    CLIENT_ID = "client_id"
    TWO_PHASE = "two_phase"
    READBACK = "readback"
    NONE = "none"


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
