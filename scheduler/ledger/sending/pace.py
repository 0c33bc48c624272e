"""How fast an account may post: its network's budget, gaps, an hourly limit and quiet hours; decided in the transaction that claims."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, func, select

from scheduler.ledger.events import amend
from scheduler.ledger.remembering import spent_until
from scheduler.ledger.tables import DELIVERY, Instant
from scheduler.model.delivery import State
from scheduler.model.settings import Kind, Policy
from scheduler.planning.times.lateness import after_quiet

HOUR = timedelta(hours=1)
AHEAD = timedelta(minutes=5)
"""What went out later than this from now was sent by a clock that was ahead, and says nothing about the pace."""

_LAST_SENT = select(func.max(DELIVERY.c.sent_at)).where(
    DELIVERY.c.account == bindparam("account"),
    DELIVERY.c.state == State.SENT.value,
    DELIVERY.c.sent_at < bindparam("before", type_=Instant),
)
_SENT_SINCE = (
    select(DELIVERY.c.sent_at)
    .where(
        DELIVERY.c.account == bindparam("account"),
        DELIVERY.c.state == State.SENT.value,
        DELIVERY.c.sent_at > bindparam("since", type_=Instant),
        DELIVERY.c.sent_at < bindparam("before", type_=Instant),
    )
    .order_by(DELIVERY.c.sent_at.desc())
    .limit(1)
    .offset(bindparam("skipped", type_=Integer))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Is how a claim is made: by whom, for how long, and at what pace an account may post.

    What is later than ``late_after``, which goes by the kind of the post, keeps ``catch_up_gap`` from the account's last post.
    ``most_per_hour`` of 0 is no limit.
    """

    owner: str
    lease: timedelta = timedelta(minutes=10)
    minimum_gap: timedelta = timedelta(0)
    late_after: timedelta = timedelta(minutes=30)
    catch_up_gap: timedelta = timedelta(minutes=5)
    most_per_hour: int = 0
    quiet_hours: tuple[time, time] | None = None

    @classmethod
    def under(cls, policy: Policy, account: str, kind: Kind, owner: str, lease: timedelta) -> "Terms":
        """Returns the terms that a project's policy asks for, for posts of that kind and account."""
        pace = policy.pace(account)
        return cls(
            owner=owner,
            lease=lease,
            minimum_gap=pace.minimum_gap,
            late_after=policy.lateness(kind).after,
            catch_up_gap=policy.catch_up_gap,
            most_per_hour=pace.most_per_hour,
            quiet_hours=pace.quiet_hours,
        )


def too_soon(connection: Connection, row: Row[Any], now: datetime, terms: Terms) -> bool:
    """Tells whether the account's pace or the quiet hours forbid it now, having moved the delivery to when they allow it."""
    allowed = max(_allowed(connection, row, now, terms))
    if allowed <= now:
        return False
    amend(connection, row.id, row.fence, State.QUEUED, {"next_at": allowed, "updated_at": now})
    return True


def _allowed(connection: Connection, row: Row[Any], now: datetime, terms: Terms) -> Iterator[datetime]:
    """Yields the instants before which it may not go out."""
    yield after_quiet(now, row.zone, terms.quiet_hours)
    yield spent_until(connection, row.account, row.spent, now)
    gap = max(terms.minimum_gap, terms.catch_up_gap) if now > row.due_utc + terms.late_after else terms.minimum_gap
    if gap:
        last = connection.execute(_LAST_SENT, {"account": row.account, "before": now + AHEAD}).scalar()
        yield last + gap if last is not None else now
    if terms.most_per_hour:
        hour = {"account": row.account, "since": now - HOUR, "before": now + AHEAD, "skipped": terms.most_per_hour - 1}
        oldest = connection.execute(_SENT_SINCE, hour).scalar()
        yield oldest + HOUR if oldest is not None else now
