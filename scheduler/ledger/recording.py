"""Bringing the ledger up to what the folder says, in one transaction."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from scheduler.ledger.batches import insert_all, run_for_each
from scheduler.ledger.events import ADD_EVENT, guarded_update
from scheduler.ledger.reconciling import FILE_COLUMNS, OWN_COLUMNS, Change, Rules, reconcile
from scheduler.ledger.sources import follow_files
from scheduler.ledger.tables import DELIVERY
from scheduler.ledger.trouble import LedgerBusyError
from scheduler.model.delivery import State
from scheduler.model.plan import Agenda

LOG = logging.getLogger(__name__)

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
_ADD_DELIVERY = insert(DELIVERY)


def record(connection: Connection, agenda: Agenda, now: datetime, rules: Rules, fault: Callable[[str], None]) -> Counter[State]:
    """Writes what the agenda changes; returns how many deliveries went to each state.

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
    _append_events(connection, [change for change in changes if change.is_event], now)
    _append_events(connection, [_as_moved(change) for change in changes if change.moved], now)
    return Counter(change.became for change in changes if change.is_event)


def _as_moved(change: Change) -> Change:
    LOG.warning("%s: %s", change.values["post"], change.moved)
    return replace(change, was=change.became, reason=change.moved)


def _insert_new(connection: Connection, changes: Sequence[Change]) -> None:
    for batch in _batches(changes):
        insert_all(connection, _ADD_DELIVERY, [_insert_row(change) for change in batch])


def _insert_row(change: Change) -> dict[str, Any]:
    return {**_BLANK, **change.values, "id": change.delivery, "state": change.became.value, "reason": change.reason}


def _update_known(connection: Connection, changes: Sequence[Change]) -> None:
    if not changes:
        return
    statement = guarded_update((*FILE_COLUMNS, "state", "reason", "next_at", "held_for", "released", "updated_at"))
    for batch in _batches(changes):
        if run_for_each(connection, statement, [_update_row(change) for change in batch]) != len(batch):
            raise LedgerBusyError("The ledger changed while the post files were being taken over.", "This is tried again at once.")


def _update_row(change: Change) -> dict[str, Any]:
    assert change.was is not None
    new = {f"new_{name}": value for name, value in change.values.items() if name != "created_at"}
    guard = {"at_id": change.delivery, "at_fence": change.fence, "at_state": change.was.value}
    return {**new, **guard, "new_state": change.became.value, "new_reason": change.reason}


def _append_events(connection: Connection, changes: Sequence[Change], now: datetime) -> None:
    for batch in _batches(changes):
        insert_all(connection, ADD_EVENT, [_event_row(change, now) for change in batch])


def _event_row(change: Change, now: datetime) -> dict[str, Any]:
    return {
        "delivery": change.delivery,
        "at": now,
        "was": (change.was or State.PLANNED).value,
        "became": change.became.value,
        "fence": change.fence,
        "reason": change.reason,
    }


def _batches(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    """Yields them a few at a time: rows take several times the room of what they are made of."""
    for start in range(0, len(changes), _BATCH):
        yield changes[start : start + _BATCH]
