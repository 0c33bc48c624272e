"""Bringing the ledger up to what the folder says, in one transaction."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, insert, select

from scheduler.ledger.agenda.moving import MOVED, Told, left_behind
from scheduler.ledger.agenda.reconciling import FILE_COLUMNS, OWN_COLUMNS, Change, Rules, reconcile
from scheduler.ledger.agenda.sources import follow_files
from scheduler.ledger.database.batches import insert_all, run_for_each
from scheduler.ledger.events import ADD_EVENT, LONGEST_REASON, guarded_update
from scheduler.ledger.tables import DELIVERY
from scheduler.ledger.trouble import LedgerBusyError
from scheduler.model.delivery import State
from scheduler.model.plan import Agenda

_BLANK = {
    "fence": 0,
    "owner": "",
    "attempts": 0,
    "checks": 0,
    "payload_sha256": "",
    "ids": "{}",
    "fingerprint": "",
    "remote_id": "",
    "url": "",
}
_BATCH = 500
_Item = TypeVar("_Item")
_ADD_DELIVERY = insert(DELIVERY)


@dataclass(frozen=True, slots=True)
class Followed:
    """Is what a ledger wrote to follow the folder: how many deliveries went to each state, and what is to be told of those that moved."""

    counts: Counter[State] = field(default_factory=Counter)
    moves: tuple[Told, ...] = ()

    def __bool__(self) -> bool:
        """Tells whether there was anything to follow."""
        return bool(self.counts or self.moves)


def record(connection: Connection, agenda: Agenda, now: datetime, rules: Rules, fault: Callable[[str], None]) -> Followed:
    """Writes what the agenda changes.

    ``fault`` is called with ``record`` between the statements, where a test may end the process.
    """
    follow_files(connection, agenda, now)
    columns = [DELIVERY.c[name] for name in (*OWN_COLUMNS, *FILE_COLUMNS)]
    known: dict[str, Row[Any]] = {row[0]: row for row in connection.execute(select(*columns)).all()}
    changes = list(reconcile(known, agenda, now, rules))
    _insert_new(connection, [change for change in changes if change.was is None])
    if changes:
        fault("record")
    _update_known(connection, [change for change in changes if change.was is not None])
    _append_events(connection, [change for change in changes if change.is_event], partial(_event_row, now=now))
    moves = [_told(change) for change in changes if change.moved]
    moves += left_behind(connection, agenda, {move.post for move in moves if move.words.startswith(MOVED)})
    _append_events(connection, moves, partial(_note_row, now=now))
    return Followed(Counter(change.became for change in changes if change.is_event), tuple(moves))


def _told(change: Change) -> Told:
    post, part, account = (change.values[name] for name in ("post", "part", "account"))
    return Told(change.delivery, change.fence, change.became, post, part, account, change.moved)


def _insert_new(connection: Connection, changes: Sequence[Change]) -> None:
    for batch in _batches(changes):
        insert_all(connection, _ADD_DELIVERY, [_insert_row(change) for change in batch])


def _insert_row(change: Change) -> dict[str, Any]:
    return {**_BLANK, **change.values, "id": change.delivery, "state": change.became.value, "reason": change.reason}


def _update_known(connection: Connection, changes: Sequence[Change]) -> None:
    for columns in {change.columns for change in changes}:
        for batch in _batches([change for change in changes if change.columns == columns]):
            if run_for_each(connection, guarded_update(columns), [_update_row(change) for change in batch]) != len(batch):
                raise LedgerBusyError("The ledger changed while the post files were being taken over.", "This is tried again at once.")


def _update_row(change: Change) -> dict[str, Any]:
    assert change.was is not None
    new = {f"new_{name}": value for name, value in change.values.items() if name != "created_at"}
    guard = {"at_id": change.delivery, "at_fence": change.fence, "at_state": change.was.value}
    return {**new, **guard, "new_state": change.became.value, "new_reason": change.reason}


def _append_events(connection: Connection, found: Sequence[_Item], row: Callable[[_Item], dict[str, Any]]) -> None:
    for batch in _batches(found):
        insert_all(connection, ADD_EVENT, [row(one) for one in batch])


def _event_row(change: Change, now: datetime) -> dict[str, Any]:
    return {
        "delivery": change.delivery,
        "at": now,
        "was": (change.was or State.PLANNED).value,
        "became": change.became.value,
        "fence": change.fence,
        "reason": change.reason,
    }


def _note_row(told: Told, now: datetime) -> dict[str, Any]:
    state = told.state.value
    return {"delivery": told.delivery, "at": now, "was": state, "became": state, "fence": told.fence, "reason": told.words[:LONGEST_REASON]}


def _batches(found: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    """Yields them a few at a time: rows take several times the room of what they are made of."""
    for start in range(0, len(found), _BATCH):
        yield found[start : start + _BATCH]
