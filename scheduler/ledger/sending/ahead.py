"""Handing deliveries over early: taking them, and what came of it.

``queued -> claimed -> sending -> handed -> sent``; back from ``handed`` to ``queued`` only once the network proves that it keeps
nothing any more, and to ``uncertain`` where it cannot tell whether it sent what it kept.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import Connection, Row, bindparam, or_, select

from scheduler.ledger.agenda.gaps import Gap
from scheduler.ledger.events import Move, keep, move, note
from scheduler.ledger.pauses import PAUSED, Pause, Scope, pause
from scheduler.ledger.remembering import LONGEST_REST
from scheduler.ledger.sending.claims import Claim, Wanted, begin_sending, taken_by
from scheduler.ledger.sending.keeping import BLANK, attempt_of, keeps
from scheduler.ledger.sending.repeats import twin_of
from scheduler.ledger.sending.settling import Settlement, doubted
from scheduler.ledger.sending.strays import went_astray
from scheduler.ledger.tables import DELIVERY, Instant
from scheduler.model.delivery import State
from scheduler.model.outcome import Handed, HandingOver, Refused, Uncertain
from scheduler.model.outgoing import Envelope

_SETTLED = frozenset({State.HANDED.value, State.SENT.value})
TRY_AGAIN = timedelta(hours=1)
"""How long after a network did not take it a delivery is handed over again, where there is still time."""
_OTHER = DELIVERY.alias("other")
_BUSY = (
    select(_OTHER.c.id)
    .where(_OTHER.c.account == DELIVERY.c.account, _OTHER.c.state.in_((State.CLAIMED.value, State.SENDING.value)))
    .correlate(DELIVERY)
    .exists()
)
# A clock that was ahead may have written a wait without end.
_RESTED = or_(
    DELIVERY.c.ahead_at.is_(None),
    DELIVERY.c.ahead_at <= bindparam("now", type_=Instant),
    DELIVERY.c.ahead_at > bindparam("never", type_=Instant),
)
_MAY_GO = (
    DELIVERY.c.state == State.QUEUED.value,
    DELIVERY.c.due_utc > bindparam("now", type_=Instant),
    DELIVERY.c.updated_at <= bindparam("quiet", type_=Instant),
    _RESTED,
    ~PAUSED,
)


def may_go(connection: Connection, wanted: Collection[str], now: datetime, quiet: timedelta) -> frozenset[str]:
    """Returns those of the deliveries that nothing speaks against handing over now; what changed within ``quiet`` waits."""
    told = {"now": now, "never": now + LONGEST_REST, "quiet": now - quiet}
    query = select(DELIVERY.c.id).where(DELIVERY.c.id.in_(wanted), *_MAY_GO, ~_BUSY)
    return frozenset(connection.execute(query, told).scalars())


def take_early(connection: Connection, wanted: Wanted, envelope: Envelope) -> Claim | None:
    """Claims a queued delivery before its time and begins to hand it over; None where something speaks against it.

    What repeats a post of the account is held, as it would be at its time.
    """
    told = {"now": wanted.now, "never": wanted.now + LONGEST_REST, "quiet": wanted.now}
    row = connection.execute(select(DELIVERY).where(DELIVERY.c.id == wanted.delivery, *_MAY_GO, ~_BUSY), told).one_or_none()
    if row is None or row.draft_fingerprint != wanted.fingerprint:
        return None
    twin = twin_of(connection, row, row.due_utc)
    if twin:
        move(connection, Move(row.id, row.fence, State.QUEUED, State.HELD, twin), wanted.now, {"held_for": row.draft_fingerprint})
        return None
    held = Claim(row.id, row.account, row.fence + 1, wanted.now + wanted.terms.lease, row.attempts)
    if not move(connection, Move(row.id, row.fence, State.QUEUED, State.CLAIMED), wanted.now, taken_by(held, wanted.terms)):
        return None
    begin_sending(connection, held, envelope, wanted.now)
    return held


def settle_early(connection: Connection, held: Claim, envelope: Envelope, outcome: HandingOver, now: datetime) -> Settlement:
    """Writes what came of handing a delivery over: its network keeps it, it waits for its time, or nobody knows.

    The state is None where the delivery was moved meanwhile: what the network keeps now is a stray, to be taken back by the caller.
    """
    row = connection.execute(select(DELIVERY).where(DELIVERY.c.id == held.delivery)).one()
    waits = {State.SENDING.value, State.UNCERTAIN.value} if isinstance(outcome, Handed) else {State.SENDING.value}
    if isinstance(outcome, Handed) and row.remote_id == outcome.remote_id and row.state in _SETTLED:
        return Settlement(row.id, State(row.state), row.reason)  # who took it over found this very post with the network
    if row.fence != held.fence or row.state not in waits:
        told = f"A late answer of attempt {held.fence} to handing it over changed nothing."
        note(connection, Move(row.id, held.fence, State(row.state), State(row.state), told), now, fence=held.fence)
        if isinstance(outcome, Handed):
            went_astray(connection, held, envelope, outcome, now)
        return Settlement(row.id, None, told)
    match outcome:
        case Handed():
            return keeps(connection, row, outcome, now, step="hand over")
        case Refused():
            return _not_taken(connection, row, outcome, now)
        case Uncertain():
            return doubted(connection, row, outcome, now)
        case _:
            assert_never(outcome)


def _not_taken(connection: Connection, row: Row[Any], outcome: Refused, now: datetime) -> Settlement:
    """Lets it go out at its time, as if nobody had tried; only trouble with the account is everybody's trouble."""
    again = now + max(TRY_AGAIN, min(outcome.retry_after or TRY_AGAIN, LONGEST_REST))
    told = f"It could not be handed over early: {outcome.reason} It goes out at its time from here."
    values = {**BLANK, "next_at": row.not_before, "ahead_at": again}
    if not move(connection, Move(row.id, row.fence, State.SENDING, State.QUEUED, told), now, values):
        return Settlement(row.id, None)
    if outcome.of_account:
        mend = f"{outcome.reason} Put that right, then:  scheduler resume --account {row.account}"
        pause(connection, Pause(Scope.ACCOUNT, row.account, mend, now))
    keep(connection, attempt_of(row, now, "hand over", outcome))
    return Settlement(row.id, State.QUEUED, told)


def doubt_since(connection: Connection, gap: Gap, ahead: Mapping[str, timedelta], now: datetime) -> tuple[str, ...]:
    """Marks what may have been handed over after a copy was made that is now the ledger; ``ahead`` is how early accounts do so."""
    rows = connection.execute(
        select(DELIVERY).where(
            DELIVERY.c.state == State.QUEUED.value,
            DELIVERY.c.account.in_(tuple(ahead)),
            DELIVERY.c.updated_at <= gap.copied_at,
            DELIVERY.c.due_utc > gap.copied_at,
        )
    ).all()
    perhaps = [row for row in rows if row.due_utc - ahead[row.account] <= gap.restored_at]
    moves = (Move(row.id, row.fence, State.QUEUED, State.UNCERTAIN, gap.reason) for row in perhaps)
    return tuple(made.delivery for made in moves if move(connection, made, now, {"next_at": now, "checks": 0}))
