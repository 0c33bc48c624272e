"""The plan: what will go out when, and what is held back and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.model.delivery import Delivery, State
from scheduler.model.finding import Finding
from scheduler.model.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Held:
    """Is a delivery that does not go out as things stand; ``reason`` is a sentence, ``state`` held, missed or skipped."""

    delivery: Delivery
    reason: str
    state: State = State.HELD


@dataclass(frozen=True, slots=True)
class Plan:
    """Is all deliveries of the folder at one moment; ``findings`` are those that planning itself made."""

    deliveries: tuple[Delivery, ...] = ()
    held: tuple[Held, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Is one line of the agenda: a delivery with what will be sent and what is wrong with it.

    ``outgoing`` is None only where nothing could be composed. ``not_before`` is aware UTC:
    the due time, or later while the file was saved just now. ``hashtags`` are those whose turn it is.
    ``changed`` says that the file now asks for something else than what went out.
    ``rehearsed`` says that what the ledger has as sent was only rehearsed.
    ``moves_at`` (aware UTC) is from when on its time holds, where the ledger still has another one because its files were saved just now.
    """

    delivery: Delivery
    state: State
    not_before: datetime
    outgoing: Outgoing | None = None
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    sent_at: datetime | None = None
    url: str = ""
    hashtags: tuple[str, ...] = ()
    changed: bool = False
    moves_at: datetime | None = None
    rehearsed: bool = False

    @property
    def word(self) -> str:
        """Returns where it stands, in a word for people."""
        return "rehearsed" if self.rehearsed else self.state.value


@dataclass(frozen=True, slots=True)
class Agenda:
    """Is the plan composed and checked, in order of due time: what list, preview, check, rehearse and the daemon share.

    ``unreadable`` maps the id of a post file that could not be understood to the sentence why.
    ``unsettled`` names posts still being written, ``read`` all posts that there are, also those of which nothing is due for a long time.
    What is in neither and not in ``entries`` has been deleted.
    It was made for ``since``, and time alone does not change it before ``until``; both aware UTC, None where that is not known.
    ``moves_at`` is when the first of its entries gets the time that its files ask for now; None where none waits for that.
    """

    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    unsettled: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    since: datetime | None = field(default=None, kw_only=True, compare=False)
    until: datetime | None = field(default=None, kw_only=True, compare=False)
    moves_at: datetime | None = field(default=None, kw_only=True)

    def is_so_at(self, now: datetime) -> bool:
        """Tells whether it would be made just so at that time from the same posts and facts."""
        return self.since is not None and self.until is not None and self.since <= now < self.until
