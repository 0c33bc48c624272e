"""Moving a delivery from state to state, always guarded and always written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, insert, select, text, update

from scheduler.ledger.database.batches import insert_all, run_for_each
from scheduler.ledger.tables import ATTEMPT, DELIVERY, EVENT, HASHTAG
from scheduler.ledger.trouble import LostClaimError
from scheduler.model.delivery import State

LONGEST_REASON = 2000
"""Some networks answer with a whole page; its beginning tells enough."""

GUARD = (DELIVERY.c.id == bindparam("at_id"), DELIVERY.c.fence == bindparam("at_fence"), DELIVERY.c.state == bindparam("at_state"))
"""What every write to a delivery that exists stands under: whoever lost it, or did not see it move, changes nothing."""
_FIND = select(DELIVERY).where(*GUARD)
ADD_EVENT = insert(EVENT)
_ADD_ATTEMPT = insert(ATTEMPT)
# Written alike by both databases; whoever writes it first is not known where several processes do.
_USE = text(
    "INSERT INTO hashtag (name, last_used) VALUES (:name, :at) ON CONFLICT (name) DO UPDATE SET last_used = excluded.last_used"
).bindparams(bindparam("name", type_=HASHTAG.c.name.type), bindparam("at", type_=HASHTAG.c.last_used.type))
_EVENTS, _ATTEMPTS, _USED = "scheduler.events", "scheduler.attempts", "scheduler.used"


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
    made = Moving(wanted, at, values or {})
    if not amend(connection, wanted.delivery, wanted.fence, wanted.was, made.new):
        return False
    made.note(connection)
    return True


def amend(connection: Connection, delivery: str, fence: int, state: State, values: Mapping[str, Any]) -> bool:
    """Writes columns of the delivery that is in this state under this fence; returns False, with nothing changed, where it is not."""
    statement = guarded_update(tuple(sorted(values)))
    return connection.execute(statement, _parameters(delivery, fence, state, values)).rowcount == 1


def find(connection: Connection, delivery: str, fence: int, state: State) -> Row[Any] | None:
    """Returns the delivery that is in this state under this fence, or None where it is not."""
    return connection.execute(_FIND, _parameters(delivery, fence, state, {})).one_or_none()


def _parameters(delivery: str, fence: int, state: State, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"at_id": delivery, "at_fence": fence, "at_state": state.value, **{f"new_{name}": value for name, value in values.items()}}


@dataclass(frozen=True, slots=True)
class Moving:
    """Is one of several moves that are made at once; ``by`` is a state that is passed on the way, with an event of its own."""

    move: Move
    at: datetime
    values: Mapping[str, Any]
    by: State | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Returns the columns that change, in the order of their names."""
        return tuple(sorted(self.new))

    @property
    def new(self) -> dict[str, Any]:
        """Returns what is written into each of them."""
        made = self.move
        return {"state": made.became.value, "reason": made.reason[:LONGEST_REASON], "updated_at": self.at, **self.values}

    @property
    def row(self) -> dict[str, Any]:
        """Returns the parameters of :func:`guarded_update`."""
        return _parameters(self.move.delivery, self.move.fence, self.move.was, self.new)

    def note(self, connection: Connection) -> None:
        """Writes the events."""
        made, fence = self.move, self.values.get("fence", self.move.fence)
        if self.by is not None:
            note(connection, Move(made.delivery, made.fence, made.was, self.by, made.reason), self.at, fence=fence)
            made = Move(made.delivery, made.fence, self.by, made.became, made.reason)
        note(connection, made, self.at, fence=fence)


def move_all(connection: Connection, moves: Sequence[Moving]) -> None:
    """Makes moves that change the same columns, each under its own guard.

    Raises:
        LostClaimError: a guard does not hold; nothing of the transaction may be committed.
    """
    if not moves:
        return
    rows = [made.row for made in moves]
    if run_for_each(connection, guarded_update(moves[0].columns), rows) != len(rows):
        raise LostClaimError("A delivery was taken over by another process meanwhile.", "It is looked at again at once.")
    for made in moves:
        made.note(connection)


@cache
def guarded_update(columns: tuple[str, ...]) -> Update:
    """Returns the update of these columns where id, fence and state are as expected; built once, since building costs more than running.

    Parameters are ``at_id``, ``at_fence``, ``at_state`` and ``new_`` before each column.
    """
    new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    return update(DELIVERY).where(*GUARD).values(new)


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


def use(connection: Connection, hashtag: str, at: datetime) -> None:
    """Writes that a hashtag was used, at the end of the transaction."""
    connection.info[_USED][hashtag] = at


def forget(connection: Connection) -> None:
    """Begins a transaction: what an earlier one could not write is gone with it."""
    connection.info.update({_EVENTS: [], _ATTEMPTS: [], _USED: {}})


def write_down(connection: Connection) -> None:
    """Writes the events, attempts and hashtags of this transaction; its last statements."""
    # Hashtags go by name: two processes that change the same ones in another order would wait for each other for ever.
    used = [{"name": name, "at": at} for name, at in sorted(connection.info[_USED].items())]
    insert_all(connection, ADD_EVENT, connection.info[_EVENTS])
    insert_all(connection, _ADD_ATTEMPT, connection.info[_ATTEMPTS])
    run_for_each(connection, _USE, used)
