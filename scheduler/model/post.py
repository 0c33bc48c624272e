"""What an author wrote: post files, their parts and texts, and the event they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from scheduler.model.finding import Finding, Span
from scheduler.model.house import HashtagSet, Partner, Words
from scheduler.model.poll import Poll


class Status(StrEnum):
    """Is what the author thinks of the post; only ``ready`` is published."""

    DRAFT = "draft"
    REVIEW = "review"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class At:
    """Is a wall-clock time as typed, without a zone; the zone is the post's or the organisation's.

    ``fold`` 1 takes the second of the two equal times when clocks go back.
    """

    local: datetime
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Relative:
    """Is a time counted from the event: whole days at ``time``, or exact ``minutes`` where ``time`` is None.

    Both numbers are negative before it. ``anchor`` is ``start`` or ``end`` where the author says which of the two; else it is the start.
    """

    days: int
    minutes: int
    time: time | None
    span: Span = Span()
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class NextSlot:
    """Asks for the next free slot of each account."""

    span: Span = Span()


When = At | Relative | NextSlot


@dataclass(frozen=True, slots=True)
class Repeat:
    """Is how often a post comes again: each ``every`` of ``unit`` (day, week, month) at a wall-clock time.

    ``weekdays`` counts from 0 for Monday and is empty where only the unit decides. ``start`` and ``until`` are days, both included.
    Weeks are counted from the start on, seven days each; with ``by_calendar`` from the Monday before it, as in
    posts that began when all were counted so.
    """

    every: int
    unit: str
    weekdays: tuple[int, ...]
    at: time
    start: date | None = None
    until: date | None = None
    span: Span = Span()
    by_calendar: bool = False


WAITING = "waiting-for-picture"
"""Is the rule that tells of a picture which is not in the folder yet."""


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Is a picture as the author named it; ``path`` is the file found for it, absolute, or None when there is none.

    ``awaited`` says that it has not come yet: it may be on its way, and no mistake of the author's is plain.
    ``source`` is the language file that names it, empty for the post's own file. ``alt_span`` is where its description stands.
    ``focus`` is the point of it that stays in sight where a part is shown: from -1 (left, bottom) to 1 (right, top).
    """

    file: str
    alt: str
    path: str | None
    span: Span = Span()
    source: str = ""
    alt_span: Span | None = None
    focus: tuple[float, float] | None = None
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """Is the text for one target: a network, an account, or everyone (``target`` is None).

    A target is also ``first comment``, ``reply``, ``variation``, ``story`` (or ``NETWORK story``), ``partner NAME`` or ``lang xx``;
    several replies or variations keep the order of the file. ``when``, ``expires`` and ``language`` are None where those of the part hold.
    ``lines`` gives the number of the file's line for each line of ``text``, none where that stands in no file of the project.
    ``settings`` holds the keys that the section overrides, with no words where it switches one off; a list is joined by commas.
    ``media`` is None where the section has no picture of its own and takes those of the part.
    ``source`` is the language file (``name.es.md`` beside ``name.md``) that the text stands in, empty for the post's own file;
    the text of such a file has the target ``lang xx``, its sections have the targets of all sections.
    ``moved`` is where lines stand further right in the file, because of notes before their words: which line of ``text``, from which
    column on (both from 0), and by how much.
    """

    target: str | None
    text: str
    lines: tuple[int, ...] = ()
    media: tuple[MediaRef, ...] | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    span: Span = Span()
    when: When | None = None
    language: str | None = None
    source: str = ""
    expires: datetime | None = None
    moved: tuple[tuple[int, int, int], ...] = ()

    def span_of(self, line: int, start: int, end: int) -> Span:
        """Returns where a stretch of a line of the text stands in its file; ``line`` and both columns count from 0."""
        number = self.lines[line] if line < len(self.lines) else self.span.line
        begin = self._typed(line, start)
        return Span(number, begin + 1, max(begin, self._typed(line, max(start, end - 1))) + 2)

    def _typed(self, line: int, column: int) -> int:
        return column + next((by for at, start, by in reversed(self.moved) if at == line and start <= column), 0)


@dataclass(frozen=True, slots=True)
class Part:
    """Is one post of a series, or the only one of a plain post file (``name`` is None).

    ``expires`` is a naive wall-clock time, None where that of the post holds.
    """

    name: str | None
    when: When | None
    variants: tuple[Variant, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    span: Span = Span()
    expires: datetime | None = None

    @property
    def default(self) -> Variant:
        """Returns the text that serves every target without one of its own."""
        return next(variant for variant in self.variants if variant.target is None)

    def written_in(self, source: str) -> Mapping[str | None, Variant]:
        """Returns the texts of one file by their targets; an empty ``source`` is the post's own file."""
        return {variant.target: variant for variant in self.variants if variant.source == source}

    def along(self, text: Variant, target: str) -> tuple[Variant, ...]:
        """Returns the sections of a kind that go with a text: those of its own file, else those of the post's."""
        own = tuple(variant for variant in self.variants if variant.target == target and variant.source == text.source)
        return own or tuple(variant for variant in self.variants if variant.target == target and not variant.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Is what a campaign is about; times are wall-clock times in ``timezone``."""

    title: str
    starts: datetime
    ends: datetime | None = None
    doors: datetime | None = None
    place: str = ""
    address: str = ""
    online: bool = False
    access: str = ""
    url: str = ""
    timezone: str | None = None
    cancelled: bool = False
    path: str = ""
    span: Span = Span()
    postponed_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Is one post file that was understood.

    ``id`` is its path below ``posts/`` without the ending; ``sha256`` is that of the file's bytes.
    ``where`` names networks or accounts; empty means every account. ``spans`` tells where each key stands.
    ``settings`` holds what has no field of its own, as typed; a list is joined by commas.
    ``key`` is the ``id:`` that the file itself gives, or empty; it outlives a new name of the file.
    ``language_files`` are the paths of the files beside it that hold its text in other languages.
    ``without`` names the settings that are switched off with ``none``, so that nothing takes their place.
    """

    id: str
    path: str
    sha256: str
    parts: tuple[Part, ...]
    title: str = ""
    campaign: str = ""
    status: Status = Status.READY
    where: tuple[str, ...] = ()
    language: str | None = None
    hashtags: tuple[str, ...] = ()
    link: str = ""
    graphic: str | None = None
    content_warning: str | None = None
    expires: datetime | None = None
    timezone: str | None = None
    event: Event | None = None
    notes: tuple[str, ...] = ()
    spans: Mapping[str, Span] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    repeat: Repeat | None = None
    pool: str = ""
    review_by: datetime | None = None
    partners: tuple[str, ...] = ()
    collab: tuple[str, ...] = ()
    hold_until: str = ""
    first_comment: str = ""
    location: str = ""
    poll: Poll | None = None
    key: str = ""
    language_files: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def people(self) -> str:
        """Returns in words who looks after the post and whose word it waits for; empty where the file names nobody."""
        said = (("Looked after by", "owner"), ("Waits for the word of", "approve-by"))
        return " · ".join(f"{words} {self.settings[key]}" for words, key in said if self.settings.get(key))


@dataclass(frozen=True, slots=True)
class PostFile:
    """Is one file of ``posts/`` as read: a post, its findings, or both.

    A post with error findings is shown and never sent. ``post`` is None when nothing could be understood.
    ``modified`` is the file's own time stamp, ``saved`` when the last of all files was saved that it is made of, those of its folders
    included; aware UTC.
    """

    id: str
    path: str
    sha256: str
    modified: datetime
    post: Post | None
    findings: tuple[Finding, ...] = ()
    saved: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Is everything that ``posts/`` says at one moment.

    ``unsettled`` names posts whose file is still being written; what is known of them stays as it is.
    ``findings`` are those of files that are no posts, such as the hashtag sets.
    """

    files: tuple[PostFile, ...]
    hashtag_sets: Mapping[str, HashtagSet] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unsettled: frozenset[str] = frozenset()
    partners: Mapping[str, Partner] = field(default_factory=dict)
    words: Words = field(default_factory=Words)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Returns the findings of every file, in the order of the files."""
        return (*self.findings, *(finding for file in self.files for finding in file.findings))
