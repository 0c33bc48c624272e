"""Moving a delivery from state to state, always guarded and always written down."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, insert, update

from scheduler.ledger.tables import ATTEMPT, DELIVERY, EVENT
from scheduler.model.delivery import State

LONGEST_REASON = 2000
"""Some networks answer with a whole page; its beginning tells enough."""

_ADD_EVENT = insert(EVENT)
_ADD_ATTEMPT = insert(ATTEMPT)
_EVENTS, _ATTEMPTS = "scheduler.events", "scheduler.attempts"


@dataclass(frozen=True, slots=True)
class Move:
    """Is a change of state: it happens only to the delivery that is in ``was`` under ``fence``."""

    delivery: str
    fence: int
    was: State
    became: State
    reason: str = ""


def move(connection: Connection, wanted: Move, at: datetime, values: Mapping[str, Any] | None = None, *, by: State | None = None) -> bool:
    """Changes the state and writes the event; returns False, with nothing changed, where the guard does not hold.

    ``by`` is a state that is passed on the way, with an event of its own.
    """
    new = {"state": wanted.became.value, "reason": wanted.reason[:LONGEST_REASON], "updated_at": at, **(values or {})}
    guard = {"at_id": wanted.delivery, "at_fence": wanted.fence, "at_state": wanted.was.value}
    statement = guarded_update(tuple(sorted(new)))
    if connection.execute(statement, {**guard, **{f"new_{name}": value for name, value in new.items()}}).rowcount != 1:
        return False
    fence = new.get("fence", wanted.fence)
    if by is not None:
        note(connection, replace(wanted, became=by), at, fence=fence)
    note(connection, wanted if by is None else replace(wanted, was=by), at, fence=fence)
    return True


@cache
def guarded_update(columns: tuple[str, ...]) -> Update:
    """Returns the update of these columns where id, fence and state are as expected; built once, since building costs more than running.

    Parameters are ``at_id``, ``at_fence``, ``at_state`` and ``new_`` before each column.
    """
    guard = (DELIVERY.c.id == bindparam("at_id"), DELIVERY.c.fence == bindparam("at_fence"), DELIVERY.c.state == bindparam("at_state"))
    new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    return update(DELIVERY).where(*guard).values(new)


def note(connection: Connection, made: Move, at: datetime, *, fence: int) -> None:
    """Appends one event, written at the end of the transaction: many rows at once cost little more than one."""
    row = {
        "delivery": made.delivery,
        "at": at,
        "was": made.was.value,
        "became": made.became.value,
        "fence": fence,
        "reason": made.reason[:LONGEST_REASON],
    }
    connection.info[_EVENTS].append(row)


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
    """Appends one attempt, written at the end of the transaction as events are."""
    names = ("delivery", "fence", "step", "started_at", "finished_at", "outcome", "reason", "remote_id", "url")
    row = {name: getattr(attempt, name) for name in names}
    connection.info[_ATTEMPTS].append({**row, "reason": attempt.reason[:LONGEST_REASON], "number": attempt.attempt})


def forget(connection: Connection) -> None:
    """Begins a transaction: what an earlier one could not write is gone with it."""
    connection.info[_EVENTS], connection.info[_ATTEMPTS] = [], []


def write_down(connection: Connection) -> None:
    """Writes the events and attempts of this transaction; its last statements."""
    for name, statement in ((_EVENTS, _ADD_EVENT), (_ATTEMPTS, _ADD_ATTEMPT)):
        rows = connection.info[name]
        if rows:
            connection.execute(statement, rows)
