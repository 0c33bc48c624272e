"""Moving a delivery from state to state, always guarded and always written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from scheduler.ledger.tables import ATTEMPT, DELIVERY, EVENT
from scheduler.model.delivery import State


@dataclass(frozen=True, slots=True)
class Move:
    """Is a change of state: it happens only to the delivery that is in ``was`` under ``fence``."""

    delivery: str
    fence: int
    was: State
    became: State
    reason: str = ""


def move(connection: Connection, wanted: Move, at: datetime, values: Mapping[str, Any] | None = None) -> bool:
    """Changes the state and writes the event; returns False, with nothing changed, where the guard does not hold."""
    guard = (DELIVERY.c.id == wanted.delivery, DELIVERY.c.fence == wanted.fence, DELIVERY.c.state == wanted.was.value)
    new = {"state": wanted.became.value, "reason": wanted.reason, "updated_at": at, **(values or {})}
    if connection.execute(update(DELIVERY).where(*guard).values(new)).rowcount != 1:
        return False
    note(connection, wanted, at, fence=new.get("fence", wanted.fence))
    return True


def note(connection: Connection, made: Move, at: datetime, *, fence: int) -> None:
    """Appends one event."""
    row = {"delivery": made.delivery, "at": at, "was": made.was.value, "became": made.became.value, "fence": fence, "reason": made.reason}
    connection.execute(insert(EVENT).values(row))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Is one try to send, or one look whether it went out; times are aware UTC."""

    delivery: str
    attempt: int
    fence: int
    step: str
    started_at: datetime
    finished_at: datetime
    outcome: str
    reason: str = ""
    remote_id: str = ""
    url: str = ""


def keep(connection: Connection, attempt: Attempt) -> None:
    """Appends one attempt."""
    names = ("delivery", "fence", "step", "started_at", "finished_at", "outcome", "reason", "remote_id", "url")
    row = {name: getattr(attempt, name) for name in names}
    connection.execute(insert(ATTEMPT).values({**row, "number": attempt.attempt}))
