"""A clock that was set back: waits that it wrote while it was ahead, and the age of calls in doubt."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from scheduler.ledger.events import amend
from scheduler.ledger.remembering import LONGEST_REST, SPENT, spent_until
from scheduler.ledger.sending.recovery import CHECK_CAP
from scheduler.ledger.tables import DELIVERY, Instant
from scheduler.model.delivery import State

_OWN = (DELIVERY.c.id, DELIVERY.c.fence, DELIVERY.c.state, DELIVERY.c.next_at)
_WAITING = select(*_OWN, DELIVERY.c.not_before, DELIVERY.c.updated_at).where(
    DELIVERY.c.state == State.QUEUED.value,
    DELIVERY.c.next_at > bindparam("now", type_=Instant),
    DELIVERY.c.next_at > DELIVERY.c.not_before,
)
_DOUBTED = select(*_OWN, DELIVERY.c.first_attempt_at, DELIVERY.c.account, SPENT.label("spent")).where(
    DELIVERY.c.state.in_((State.SENDING.value, State.UNCERTAIN.value))
)


def count_anew(connection: Connection, now: datetime, by: timedelta) -> None:
    """Makes no wait longer than it was meant, and no call in doubt younger than it is.

    ``by`` is how far the clock went back, where that was seen. The age of a call that seems to lie ahead is unknown, so
    that it is not repeated under its key.
    """
    for row in connection.execute(_WAITING, {"now": now}).all():
        # What is written by a clock that is right lies behind; a wait that the pace decided may have been long before.
        meant = row.next_at - row.updated_at if row.updated_at > now else LONGEST_REST
        again = max(row.not_before, now + max(timedelta(0), min(meant, LONGEST_REST)))
        if again < row.next_at:
            amend(connection, row.id, row.fence, State.QUEUED, {"next_at": again})
    for doubt in connection.execute(_DOUBTED).all():
        spent_until(connection, doubt.account, doubt.spent, now)
        first = doubt.first_attempt_at - by if doubt.first_attempt_at is not None else None
        known = first if first is not None and first <= now else None
        look = min(doubt.next_at, now + CHECK_CAP)
        if (known, look) != (doubt.first_attempt_at, doubt.next_at):
            amend(connection, doubt.id, doubt.fence, State(doubt.state), {"next_at": look, "first_attempt_at": known})
