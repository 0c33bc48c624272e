"""Pausing everything, an account or a campaign, and what that means for a delivery."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Select, delete, insert, or_, select, update
from sqlalchemy.sql import ColumnElement

from scheduler.ledger.tables import DELIVERY, PAUSE


class Scope(StrEnum):
    """Says what a pause is about."""

    ALL = "all"
    ACCOUNT = "account"
    CAMPAIGN = "campaign"


@dataclass(frozen=True, slots=True)
class Pause:
    """Is one pause; ``name`` is empty where the scope is everything, ``since`` is aware UTC."""

    scope: Scope
    name: str
    reason: str
    since: datetime


def pause(connection: Connection, wanted: Pause) -> None:
    """Pauses, at once and for every process that uses this ledger; pausing again replaces the reason."""
    same = (PAUSE.c.scope == wanted.scope.value, PAUSE.c.name == wanted.name)
    changed = connection.execute(update(PAUSE).where(*same).values(reason=wanted.reason))
    if changed.rowcount == 0:
        row = {"scope": wanted.scope.value, "name": wanted.name, "reason": wanted.reason, "since": wanted.since}
        connection.execute(insert(PAUSE).values(row))


def resume(connection: Connection, scope: Scope, name: str) -> bool:
    """Ends a pause; returns False where there was none."""
    return connection.execute(delete(PAUSE).where(PAUSE.c.scope == scope.value, PAUSE.c.name == name)).rowcount == 1


def pauses(connection: Connection) -> tuple[Pause, ...]:
    """Returns the pauses in force, the oldest first."""
    rows = connection.execute(select(PAUSE).order_by(PAUSE.c.since, PAUSE.c.scope, PAUSE.c.name))
    return tuple(Pause(Scope(row.scope), row.name, row.reason, row.since) for row in rows)


def _is_paused() -> ColumnElement[bool]:
    # Lists that do not depend on the delivery are made once, not for each of thousands.
    return or_(_names(Scope.ALL).exists(), DELIVERY.c.account.in_(_names(Scope.ACCOUNT)), DELIVERY.c.campaign.in_(_names(Scope.CAMPAIGN)))


def _names(scope: Scope) -> Select[tuple[str]]:
    return select(PAUSE.c.name).where(PAUSE.c.scope == scope.value)


PAUSED = _is_paused()
"""The SQL condition that a delivery is paused; it is read in the transaction that claims."""
