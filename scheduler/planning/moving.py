"""A new time takes effect once its files were left alone for a while: until then people see where everything moves."""

from datetime import UTC, datetime, timedelta

from scheduler.model.delivery import Fact, State
from scheduler.model.plan import Entry
from scheduler.model.post import PostFile
from scheduler.planning.present import Present
from scheduler.planning.times.walltime import at_instant

_ANOTHER_CLOCK = timedelta(hours=1)
"""A file saved further in the future than this was stamped by a machine whose clock is wrong; it tells nothing about now."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMED = frozenset({State.PLANNED, State.MISSED, State.SKIPPED})
"""What is held is held at once, whenever it would be due."""


def left_alone(file: PostFile, now: Present, quiet: timedelta | None) -> datetime | None:
    """Returns from when on a post counts as left alone, with all the files that it is made of; None where nothing is asked of it."""
    if quiet is None:
        return None
    times = (at for at in (file.modified, file.saved) if at is not None and not now < max(at, _EPOCH) - _ANOTHER_CLOCK)
    last = max(times, default=None)
    return None if last is None else last + quiet


def moves_at(entry: Entry, fact: Fact | None, quiet_from: datetime | None, now: Present) -> datetime | None:
    """Returns from when on the time of an entry holds, where the ledger has queued it for another one and its files were saved just now."""
    if quiet_from is None or fact is None or fact.state is not State.QUEUED or entry.state not in _TIMED:
        return None
    return quiet_from if fact.due != entry.delivery.due.utc and now < quiet_from else None


def from_to(entry: Entry, fact: Fact) -> str:
    """Returns the time that the ledger has and the one that the files ask for, in words."""
    before = at_instant(fact.due, fact.zone).local
    return f"from {before:%a %Y-%m-%d %H:%M} to {entry.delivery.due.local:%a %Y-%m-%d %H:%M}"


def coming(entry: Entry, fact: Fact) -> str:
    """Returns what people should know of a queued delivery that is about to move; empty where it is not."""
    if fact.due == entry.delivery.due.utc:
        return ""
    if entry.moves_at is None:
        return f"It moves {from_to(entry, fact)} as soon as the scheduler sees it."
    at = at_instant(entry.moves_at, entry.delivery.due.zone).local
    return f"It moves {from_to(entry, fact)} at {at:%H:%M:%S}, if its files stay as they are."
