"""What became late during a pause or an outage, and what a person decides about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from scheduler.ledger.agenda.reconciling import NEVER
from scheduler.ledger.events import Move, move
from scheduler.ledger.pauses import Scope
from scheduler.ledger.tables import DELIVERY
from scheduler.model.delivery import State

RECENT = timedelta(days=7)
"""What was missed longer ago than this is not offered again."""
_COLUMN = {Scope.ACCOUNT: DELIVERY.c.account, Scope.CAMPAIGN: DELIVERY.c.campaign}


@dataclass(frozen=True, slots=True)
class Late:
    """Is a delivery that was not sent in its time; ``due`` is aware UTC, ``due_local`` its wall-clock text."""

    delivery: str
    post: str
    part: str
    account: str
    due: datetime
    due_local: str
    reason: str


def missed(connection: Connection, scope: Scope, name: str, now: datetime) -> tuple[Late, ...]:
    """Returns what was missed within a week and could still go out, the oldest first."""
    query = select(DELIVERY).where(DELIVERY.c.state == State.MISSED.value, DELIVERY.c.due_utc > now - RECENT)
    if scope in _COLUMN:
        query = query.where(_COLUMN[scope] == name)
    rows = connection.execute(query.order_by(DELIVERY.c.due_utc, DELIVERY.c.id)).all()
    wanted = [row for row in rows if row.expires_at is None or row.expires_at > now]
    return tuple(Late(row.id, row.post, row.part, row.account, row.due_utc, row.due_local, row.reason) for row in wanted)


def let_go(connection: Connection, deliveries: Iterable[str], now: datetime) -> int:
    """Queues missed deliveries although they are late; returns how many. Each account still keeps the gap between two posts."""
    return sum(_moved(connection, delivery, State.QUEUED, "A person lets it go out late.", now) for delivery in deliveries)


def skip(connection: Connection, deliveries: Iterable[str], now: datetime) -> int:
    """Gives missed deliveries up for good, until their text or time is another one; returns how many."""
    return sum(
        _moved(connection, delivery, State.SKIPPED, "A person decided that it is not needed any more.", now) for delivery in deliveries
    )


def _moved(connection: Connection, delivery: str, became: State, reason: str, now: datetime) -> bool:
    row = connection.execute(select(DELIVERY).where(DELIVERY.c.id == delivery)).one_or_none()
    if row is None or row.state != State.MISSED.value:
        return False
    last = min((at for at in (row.expires_at, row.event_ends) if at is not None), default=NEVER)
    values = {"next_at": now, "late_at": last, "released": 1} if became is State.QUEUED else {"held_for": row.draft_fingerprint}
    return move(connection, Move(row.id, row.fence, State.MISSED, became, reason), now, values)
