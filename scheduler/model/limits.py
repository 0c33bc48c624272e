"""The limits of a network: what planning, checks and the preview hold posts to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scheduler.model.animations import Animations
from scheduler.model.outgoing import Facet

Count = Callable[[str], int]
CountSent = Callable[[str, Sequence[Facet]], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoLimits:
    """Is what a network takes of a film; ``formats`` are MIME types, ``codecs`` and ``sounds`` are names such as ``H.264``, empty for any.

    ``bytes`` are the most of its file, ``smallest`` the fewest; ``seconds`` are the shortest and the longest, ``frames`` the fewest and the
    most a second, ``ratio`` width divided by height.
    ``width`` is in pixels, ``pixels`` the most that a picture of the film has in all.
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
    ``cashtags`` is how many signs of a share such as $ABC a text may hold.
    ``links`` is how many different addresses a post may hold, that of its card among them.
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
