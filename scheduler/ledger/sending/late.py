"""Deciding that a delivery is too late; lateness is counted from the due time, also for repeated attempts."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from scheduler.ledger.events import Move, move
from scheduler.ledger.tables import DELIVERY, Instant
from scheduler.model.delivery import State

_LATE = (
    select(DELIVERY)
    .where(DELIVERY.c.state == State.QUEUED.value, DELIVERY.c.late_at < bindparam("now", type_=Instant))
    .order_by(DELIVERY.c.due_utc, DELIVERY.c.id)
)


def too_late(row: Row[Any], now: datetime) -> Move | None:
    """Returns the move of a delivery that may not go out any more, or None."""
    reason = _late_reason(row, now)
    if not reason:
        return None
    over = row.event_ends is not None and now >= row.event_ends
    state = State.SKIPPED if over else State(row.late_state)
    return Move(row.id, row.fence, State.QUEUED, state, f"{reason}{_last_answer(row)}")


def _late_reason(row: Row[Any], now: datetime) -> str:
    if row.event_ends is not None and now >= row.event_ends:
        return "Its event was over before it went out."
    if row.expires_at is not None and now >= row.expires_at:
        return "The post expired before it went out."
    if now > row.late_at:
        allowed = span_words(row.late_at - row.due_utc)
        return f"It was due at {row.due_local[:16].replace('T', ' ')} and did not go out within {allowed}."
    return ""


def _last_answer(row: Row[Any]) -> str:
    return f" The last attempt said: {row.reason}" if row.attempts and row.reason else ""


def span_words(span: timedelta) -> str:
    """Returns a length of time in words: ``30 minutes``, ``2 hours``, ``45 seconds``."""
    seconds = round(span.total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}{'' if seconds == size else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def mark_late(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Turns every queued delivery that is too late into a missed or skipped one; returns their ids in order of due time."""
    moves = [too_late(row, now) for row in connection.execute(_LATE, {"now": now}).all()]
    return tuple(made.delivery for made in moves if made is not None and move(connection, made, now))
