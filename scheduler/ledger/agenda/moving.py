"""What moves to another time: kept back until its files were left alone, then written, and told together with what is out already."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, select

from scheduler.ledger.tables import DELIVERY
from scheduler.model.delivery import State
from scheduler.model.outgoing import Outgoing
from scheduler.model.plan import Agenda, Entry
from scheduler.planning.differing import otherwise

MOVED = "Moved from "
"""Begins what is told of a delivery that got another time."""
OUT = "It went out before the rest moved"
"""Begins what is told of one that is out and says something else than its file does since."""

_TIMES = ("due_utc", "due_local", "zone", "expires_at", "event_ends", "late_state")
_MARGIN = timedelta(minutes=1)
"""How much longer than it must a delivery waits that is to get another time: whoever writes that comes first."""

_BATCH = 500
_SENT = select(DELIVERY.c.id, DELIVERY.c.fence, DELIVERY.c.payload).where(DELIVERY.c.state == State.SENT.value)


@dataclass(frozen=True, slots=True)
class Told:
    """Is what is written down of a delivery that moved, or that is out while others moved."""

    delivery: str
    fence: int
    state: State
    post: str
    part: str
    account: str
    words: str


def kept_back(row: Row[Any], told: Mapping[str, Any], moves_at: datetime) -> dict[str, Any]:
    """Returns the columns of a queued delivery that keeps its time until another one takes effect, and does not go out at it."""
    not_before = max(row.not_before, moves_at.astimezone(UTC) + _MARGIN)
    late_at = max(row.late_at, told["late_at"], not_before + _MARGIN)
    times = {name: getattr(row, name) for name in _TIMES}
    return {**told, **times, "not_before": not_before, "next_at": max(row.next_at, not_before), "late_at": late_at}


def moved(row: Row[Any], told: Mapping[str, Any]) -> str:
    """Returns what to tell of a delivery that goes out at another time than it was to; empty where it is the same."""
    if row.due_utc == told["due_utc"]:
        return ""
    # Where the wall-clock time is the same and the instant is not, the zone's rules have changed.
    if row.zone == told["zone"] and row.due_local[:16] == told["due_local"][:16]:
        wall = row.due_local[:16].replace("T", " ")
        return f"The rules of {row.zone} changed: {wall} there is now {told['due_utc']:%H:%M} UTC and was {row.due_utc:%H:%M} UTC."
    return f"{MOVED}{_words(row.due_local)} to {_words(told['due_local'])}."


def _words(local: str) -> str:
    return f"{datetime.fromisoformat(local):%a %Y-%m-%d %H:%M}"


def left_behind(connection: Connection, agenda: Agenda, posts: Collection[str]) -> Iterator[Told]:
    """Yields what is out already of the events that these posts, which have just moved, are about, and says something else since."""
    if not posts:
        return
    touched = {_matter(entry) for entry in agenda.entries if entry.delivery.post.id in posts}
    out = {entry.delivery.id: entry for entry in agenda.entries if _is_out(entry) and _matter(entry) in touched}
    if not out:
        return
    for at in range(0, len(out), _BATCH):
        some = dict(islice(out.items(), at, at + _BATCH))
        for row in connection.execute(_SENT.where(DELIVERY.c.id.in_(some))).all():
            yield _behind(row, some[row.id])


def _behind(row: Row[Any, Any, Any], entry: Entry) -> Told:
    delivery = entry.delivery
    words = otherwise(Outgoing.from_json(row.payload), entry.outgoing) if row.payload and entry.outgoing else ""
    told = f"{OUT}: {words} Post a correction?" if words else f"{OUT}. Post a correction?"
    return Told(row.id, row.fence, State.SENT, delivery.post.id, delivery.label or "", delivery.account.name, told)


def _is_out(entry: Entry) -> bool:
    return entry.state is State.SENT and entry.changed and entry.delivery.post.event is not None


def _matter(entry: Entry) -> str:
    """Returns what a post is about: its campaign, or it stands alone."""
    post = entry.delivery.post
    return f"campaign {post.campaign}" if post.campaign else post.id


def together(told: Iterable[Told]) -> Iterator[tuple[Told, tuple[str, ...]]]:
    """Yields what is told, once for all accounts that it is the same for, with their names."""
    found: dict[tuple[str, str, str], list[Told]] = {}
    for one in told:
        found.setdefault((one.post, one.part, one.words), []).append(one)
    for same in found.values():
        yield same[0], tuple(sorted(one.account for one in same))
