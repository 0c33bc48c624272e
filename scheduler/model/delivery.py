"""One post for one account at one occurrence, and the states it goes through."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from scheduler.model.network import Account
from scheduler.model.post import Part, Post, Variant


class State(StrEnum):
    """Is where a delivery stands; ``planned`` exists in the plan only, all others are in the ledger too.

    What is ``handed`` was handed over early: its network keeps it and sends it at its time by itself.
    """

    PLANNED = "planned"
    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    HANDED = "handed"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    HELD = "held"
    MISSED = "missed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Tells whether the file still decides: an edit, a move or a deletion takes effect."""
        return self in {State.PLANNED, State.QUEUED, State.HANDED, State.HELD, State.MISSED, State.SKIPPED, State.CANCELLED}


REHEARSAL = "rehearsal:"
"""Begins the id of what was rehearsed: the ledger has it as sent, and nothing left this machine."""
STORY = "Story"
"""Is what the short-lived twin of a post is called."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Is a wall-clock time with its zone and the instant it names; ``utc`` is aware UTC, ``local`` aware with the zone's offset."""

    local: datetime
    zone: str
    utc: datetime


def delivery_id(post: str, part: str | None, account: str, occurrence: str) -> str:
    """Returns the short name of a delivery: 12 hexadecimal digits that depend on its key alone."""
    key = "\x00".join((post, part or "", account, occurrence))
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def label_of(part: Part, *, story: bool) -> str | None:
    """Returns what a part, or its story, is called beside the other parts of its post."""
    if not story:
        return part.name
    return f"{part.name} · {STORY}" if part.name else STORY


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Is one post for one account at one occurrence; ``(post, part, account, occurrence)`` is unique in the ledger.

    ``occurrence`` tells the times of a repeated post apart, ``number`` counts them from 0. ``story`` is the part's short-lived twin.
    ``identity`` is the name under which the ledger knows the post where that is not its path: files are renamed, deliveries are not.
    """

    post: Post
    part: Part
    variant: Variant
    account: Account
    due: Moment
    occurrence: str = ""
    number: int = 0
    story: bool = False
    identity: str = ""

    @property
    def label(self) -> str | None:
        """Returns the name of the part, or of its story; None for the only part of a post."""
        return label_of(self.part, story=self.story)

    @property
    def expires(self) -> datetime | None:
        """Returns the wall-clock time after which it is not sent any more: that of its section, else of its part, else of the post."""
        for place in (self.variant, self.part):
            if place.expires is not None or "expires" in place.settings:
                return place.expires
        return self.post.expires

    @property
    def path(self) -> str:
        """Returns the file that the text stands in: the post's own, or the one of its language."""
        return self.variant.source or self.post.path

    @property
    def id(self) -> str:
        """Returns the delivery's short name, the same on every machine."""
        return delivery_id(self.identity or self.post.id, self.label, self.account.name, self.occurrence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Is what the ledger knows of one delivery; times are aware UTC.

    ``held_for`` is the fingerprint of the content that the engine itself refuses to send (it is out already).
    ``released`` means that a person lets it go out late.
    ``hashtags`` are those that took their turn, so that they stay what a person has seen.
    """

    delivery: str
    post: str
    part: str | None
    account: str
    network: str
    occurrence: str
    campaign: str
    state: State
    due: datetime
    zone: str
    reason: str = ""
    sent_at: datetime | None = None
    url: str = ""
    remote_id: str = ""
    fingerprint: str = ""
    held_for: str = ""
    released: bool = False
    hashtags: tuple[str, ...] = ()

    @property
    def is_rehearsed(self) -> bool:
        """Tells whether it was only rehearsed, so that nobody has read it."""
        return self.state is State.SENT and self.remote_id.startswith(REHEARSAL)

    def settles(self, due: datetime) -> bool:
        """Tells whether nothing more comes of it where its file asks for ``due``, aware; a rehearsal settles no later time."""
        is_asked_anew = self.is_rehearsed and due > max(self.due, self.sent_at or self.due)
        return not self.state.is_open and not is_asked_anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Is what the ledger remembers of a post file: the name its deliveries were made under, and where and what it was last.

    ``key`` is the ``id:`` it gave, ``text`` the beginning of its words. ``gone_at`` is when it was first missed, aware UTC.
    """

    identity: str
    post: str
    key: str
    sha256: str
    text: str
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Is what the ledger knows, by delivery; ``hashtags_used`` maps a hashtag to when it last went out.

    ``sources`` are the post files by the identity of their deliveries.
    """

    deliveries: Mapping[str, Fact] = field(default_factory=dict)
    hashtags_used: Mapping[str, datetime] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
