"""Comparing the agenda with what the ledger has: what must change, as values; no SQL here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from scheduler.model.delivery import State
from scheduler.model.plan import Agenda, Entry

GONE = "The post file no longer asks for this."
_WAITING = frozenset({State.QUEUED, State.HELD})
_ASKED = frozenset({State.PLANNED, State.QUEUED})
_ASIDE = frozenset({State.HELD, State.MISSED, State.SKIPPED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Change:
    """Is what must be written of one delivery; ``was`` is None for a new one."""

    delivery: str
    fence: int
    was: State | None
    became: State
    reason: str
    values: Mapping[str, Any]

    @property
    def is_event(self) -> bool:
        """Tells whether the state changes, not only what is known of it."""
        return self.was is not self.became


def reconcile(known: Mapping[str, Row[Any]], agenda: Agenda, now: datetime, late_after: timedelta) -> Iterator[Change]:
    """Yields the changes that make the ledger say what the agenda says; ``known`` maps ids to rows of the ledger.

    Only deliveries whose state is open change; what is claimed, being sent, out, refused or uncertain stays as it is.
    """
    seen = set()
    for entry in agenda.entries:
        delivery = entry.delivery.id
        if delivery in seen:
            continue
        seen.add(delivery)
        row = known.get(delivery)
        change = _new(entry, now, late_after) if row is None else _known(row, entry, now, late_after)
        if change is not None:
            yield change
    yield from _gone((row for key, row in known.items() if key not in seen), agenda, now)


def _new(entry: Entry, now: datetime, late_after: timedelta) -> Change | None:
    if entry.state not in _ASKED | _ASIDE:
        return None
    state = State.QUEUED if entry.state in _ASKED else entry.state
    reason = "" if state is State.QUEUED else entry.reason
    fresh = {"next_at": entry.not_before, "held_for": "", "created_at": now, "updated_at": now}
    return Change(entry.delivery.id, 0, None, state, reason, {**facts_of(entry, late_after), **fresh})


def _known(row: Row[Any], entry: Entry, now: datetime, late_after: timedelta) -> Change | None:
    was = State(row.state)
    if not was.is_open or entry.state not in _ASKED | _ASIDE:
        return None
    told = facts_of(entry, late_after)
    became, reason = _becomes(row, was, entry, told)
    values = {
        **told,
        "next_at": _next_at(row, was, entry, told),
        "held_for": row.held_for if became is State.HELD and was is State.HELD else "",
    }
    if became is was and reason == row.reason and all(getattr(row, name) == value for name, value in values.items()):
        return None
    return Change(row.id, row.fence, was, became, reason, {**values, "created_at": row.created_at, "updated_at": now})


def _becomes(row: Row[Any], was: State, entry: Entry, told: Mapping[str, Any]) -> tuple[State, str]:
    held_here = was is State.HELD and row.held_for and row.held_for == told["draft_fingerprint"]
    missed_here = was is State.MISSED and row.due_utc == told["due_utc"]
    if entry.state in _ASKED:
        if held_here or missed_here or was is State.QUEUED:
            return was, row.reason
        return State.QUEUED, ""
    if (held_here or missed_here) and entry.state is was:
        return was, row.reason
    return entry.state, entry.reason


def _next_at(row: Row[Any], was: State, entry: Entry, told: Mapping[str, Any]) -> datetime:
    """Returns when to try; back-off and gaps that the engine decided stay until the file asks for another time."""
    moved = row.not_before != told["not_before"] or was is not State.QUEUED
    found: datetime = entry.not_before if moved else row.next_at
    return found


def _gone(rows: Iterable[Row[Any]], agenda: Agenda, now: datetime) -> Iterator[Change]:
    for row in rows:
        was = State(row.state)
        if not was.is_open or was is State.CANCELLED or row.post in agenda.unsettled:
            continue
        became, reason = State.CANCELLED, GONE
        if row.post in agenda.unreadable:
            became, reason = (State.HELD, agenda.unreadable[row.post]) if was in _WAITING else (was, row.reason)
        if (became, reason) != (was, row.reason):
            same = {name: getattr(row, name) for name in FILE_COLUMNS}
            kept = {**same, "next_at": row.next_at, "held_for": "", "created_at": row.created_at, "updated_at": now}
            yield Change(row.id, row.fence, was, became, reason, kept)


FILE_COLUMNS = (
    "post",
    "part",
    "account",
    "occurrence",
    "network",
    "campaign",
    "title",
    "due_utc",
    "due_local",
    "zone",
    "not_before",
    "late_at",
    "expires_at",
    "draft_fingerprint",
    "hashtags",
)


def facts_of(entry: Entry, late_after: timedelta) -> dict[str, Any]:
    """Returns the columns that the file decides."""
    delivery, expires = entry.delivery, _expiry(entry)
    late = entry.delivery.due.utc.astimezone(UTC) + late_after
    post, due = delivery.post, delivery.due
    return {
        "post": post.id,
        "part": delivery.label or "",
        "account": delivery.account.name,
        "occurrence": delivery.occurrence,
        "network": delivery.account.network,
        "campaign": post.campaign,
        "title": post.title,
        "due_utc": due.utc.astimezone(UTC),
        "due_local": due.local.isoformat(),
        "zone": due.zone,
        "not_before": entry.not_before.astimezone(UTC),
        "late_at": min(late, expires) if expires else late,
        "expires_at": expires,
        "draft_fingerprint": entry.outgoing.fingerprint if entry.outgoing else "",
        "hashtags": " ".join(entry.hashtags),
    }


def _expiry(entry: Entry) -> datetime | None:
    expires = entry.delivery.post.expires
    if expires is None:
        return None
    if expires.tzinfo is None:
        expires = expires.replace(tzinfo=ZoneInfo(entry.delivery.due.zone))
    return expires.astimezone(UTC)
