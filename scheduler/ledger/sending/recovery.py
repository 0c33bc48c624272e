"""What a crash left behind, and how a delivery in doubt is resolved: by proof, by a late answer or by a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import Connection, Row, bindparam, select

from scheduler.ledger.agenda.reconciling import NEVER
from scheduler.ledger.events import Attempt, Move, amend, find, keep, move
from scheduler.ledger.remembering import SPENT, no_look_before
from scheduler.ledger.sending.claims import envelope_of
from scheduler.ledger.sending.late import mark_late
from scheduler.ledger.sending.parts import out_of, standing
from scheduler.ledger.sending.settling import Settlement, doubted, halted, published, rested
from scheduler.ledger.sending.strays import decided
from scheduler.ledger.tables import DELIVERY, Instant
from scheduler.ledger.trouble import LedgerError
from scheduler.model.delivery import State
from scheduler.model.network import Recovery
from scheduler.model.outcome import Absent, Halted, Proof, Published, Uncertain
from scheduler.model.outgoing import Envelope

CRASHED = "The program stopped while this was being sent; the network is asked whether it went out."
UNCALLED = "It stopped before the call that would have published it, so it is not out; it is sent."
CHECK_CAP = timedelta(hours=1)
DECIDE = "Look at the account, then decide with  scheduler resolve."
SETTLE = timedelta(minutes=2)
LOOKS = 3
"""A list of posts lags behind: only what is missing from it so often, and so long after the call, is not there."""
_CERTAIN = frozenset({Recovery.CLIENT_ID, Recovery.TWO_PHASE})

_BUSY = select(DELIVERY).where(DELIVERY.c.state.in_((State.CLAIMED.value, State.SENDING.value)))
_UNCERTAIN = (
    select(DELIVERY, SPENT.label("spent"))
    .where(DELIVERY.c.state == State.UNCERTAIN.value, DELIVERY.c.next_at <= bindparam("latest", type_=Instant))
    .order_by(DELIVERY.c.due_utc, DELIVERY.c.id)
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Is a delivery of which nobody knows whether it is out, with what was frozen for it."""

    delivery: str
    account: str
    fence: int
    envelope: Envelope
    first_attempt_at: datetime | None = None
    attempts: int = 0


def recover(connection: Connection, now: datetime, is_dead: Callable[[str], bool]) -> tuple[str, ...]:
    """Frees what dead processes held; returns the ids it touched.

    A claimed delivery is queued again, since nothing was sent. One in sending becomes uncertain and is looked after at
    once. A process is dead when ``is_dead`` says so of its name; when only its lease has run out, it may wake up yet and
    send, which is kept as ``unproven``.
    """
    touched = []
    for row in connection.execute(_BUSY).all():
        expired, dead = row.lease_until is None or row.lease_until <= now, is_dead(row.owner)
        if not expired and not dead:
            continue
        if row.state == State.CLAIMED.value:
            free = {"owner": "", "lease_until": None}
            told = "The program stopped before anything was sent."
            if move(connection, Move(row.id, row.fence, State.CLAIMED, State.QUEUED, told), now, free):
                touched.append(row.id)
        elif doubted(connection, row, Uncertain(CRASHED), now).state is not None:
            amend(connection, row.id, row.fence, State.UNCERTAIN, {"next_at": now, "unproven": int(not dead)})
            touched.append(row.id)
    return tuple(touched)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Is what every tick finds before it sends: what became missed, and the deliveries in doubt to look after."""

    missed: tuple[str, ...]
    doubts: tuple[Doubt, ...]


def sweep(connection: Connection, now: datetime, is_dead: Callable[[str], bool]) -> Sweep:
    """Takes up claims of the dead and those whose lease ran out, marks what is too late, and returns what needs a look."""
    recover(connection, now, is_dead)
    for row in connection.execute(_UNCERTAIN, {"latest": now}).all():
        if (until := no_look_before(row.spent, now)) is not None:
            amend(connection, row.id, row.fence, State.UNCERTAIN, {"next_at": until})
    return Sweep(mark_late(connection, now), doubts(connection, now))


def doubts(connection: Connection, now: datetime, *, early: bool = False) -> tuple[Doubt, ...]:
    """Returns the uncertain deliveries whose next look is due; with ``early``, also those whose next look is planned for later.

    Where a network asked an account to wait with such looks, none is due before the end of that.
    """
    latest = NEVER if early else now
    rows = connection.execute(_UNCERTAIN, {"latest": latest}).all()
    found = ((row, envelope_of(row)) for row in rows if no_look_before(row.spent, now) is None)
    return tuple(
        Doubt(row.id, row.account, row.fence, envelope, row.first_attempt_at, row.attempts)
        for row, envelope in found
        if envelope is not None
    )


def resolve(connection: Connection, doubt: Doubt, proof: Proof, now: datetime, recovery: Recovery) -> Settlement:
    """Writes what the network's own proof says: sent, queued again, or still uncertain until the next look.

    ``recovery`` is what the network can prove: what is not found there counts as absent only where that proves something.
    """
    row = find(connection, doubt.delivery, doubt.fence, State.UNCERTAIN)
    if row is None:
        return Settlement(doubt.delivery, None)
    match proof:
        case Published():
            return published(connection, row, proof, now, step="check")
        case Absent():
            return _absent(connection, row, proof, now, recovery)
        case Uncertain():
            return _look_again(connection, row, proof, now)
        case Halted():
            return halted(connection, row, proof, now, step="check")
        case _:
            assert_never(proof)


def _absent(connection: Connection, row: Row[Any], proof: Absent, now: datetime, recovery: Recovery) -> Settlement:
    if proof.is_uncalled:
        # Ids are kept only while it is being sent: who still means to begin the call cannot do so any more.
        return _again(connection, row, UNCALLED, now)
    doubtful = _why_absence_proves_nothing(row, now, recovery)
    if doubtful:
        return _look_again(connection, row, Uncertain(doubtful), now)
    return _again(connection, row, "The network proves that it is not out; it is sent again.", now)


def _look_again(connection: Connection, row: Row[Any], doubt: Uncertain, now: datetime) -> Settlement:
    wait = rested(connection, row, min(CHECK_CAP, timedelta(minutes=1) * 2 ** min(row.checks, 10)), doubt.retry_after, now)
    values = {"checks": row.checks + 1, "next_at": now + wait, "reason": doubt.reason, **standing(row, doubt.out)}
    amend(connection, row.id, row.fence, State.UNCERTAIN, values)
    return Settlement(row.id, State.UNCERTAIN, doubt.reason)


def _why_absence_proves_nothing(row: Row[Any], now: datetime, recovery: Recovery) -> str:
    """Returns why "it is not there" is no proof yet, or an empty text where it is."""
    if recovery in _CERTAIN:
        return ""
    if recovery is Recovery.NONE:
        return f"{row.account} cannot tell whether it is out. {DECIDE}"
    if row.unproven:
        return f"It is not there, but the machine that was sending it may still do so. {DECIDE}"
    looks = row.checks + 1
    if looks < LOOKS or now - (row.sending_since or now) < SETTLE:
        return f"It was not found when looked for {looks} time{'' if looks == 1 else 's'}; lists are slow, so it is looked for again."
    return ""


def _again(connection: Connection, row: Row[Any], reason: str, now: datetime, step: str = "check") -> Settlement:
    values: dict[str, Any] = {"next_at": max(now, row.not_before), "unproven": 0}
    if step == "person":
        values |= {"released": 1, "late_at": min((at for at in (row.expires_at, row.event_ends) if at is not None), default=NEVER)}
    if row.state == State.REFUSED.value:
        values |= {"attempts": 0, "first_attempt_at": None}
    if not move(connection, Move(row.id, row.fence, State(row.state), State.QUEUED, reason), now, values):
        return Settlement(row.id, None)
    keep(connection, _look(row, now, step, "absent", reason))
    return Settlement(row.id, State.QUEUED, reason)


def _look(row: Row[Any], now: datetime, step: str, outcome: str, reason: str) -> Attempt:
    return Attempt(
        delivery=row.id,
        attempt=row.attempts,
        fence=row.fence,
        step=step,
        started_at=now,
        finished_at=now,
        outcome=outcome,
        reason=reason,
    )


def decide_sent(connection: Connection, delivery: str, url: str, now: datetime) -> None:
    """Writes a person's word that an uncertain delivery is out, or all of a thread whose rest was refused.

    Raises:
        LedgerError: the delivery is neither uncertain nor a thread that is out in part.
    """
    row = _decidable(connection, delivery, State.UNCERTAIN, State.REFUSED)
    out = out_of(row)
    if row.state == State.REFUSED.value and not out:
        _decidable(connection, delivery, State.UNCERTAIN)
    decided(connection, row.id)
    published(connection, row, Published(row.remote_id or (out[0].remote_id if out else ""), url), now, step="person")


def decide_not_sent(connection: Connection, delivery: str, now: datetime) -> None:
    """Writes a person's word that a delivery is not out; it is queued again and may go out late, unless it is over.

    One that was refused is tried anew, as if it had not been tried yet. Of a thread that is out in part only the rest is sent.

    Raises:
        LedgerError: the delivery is neither uncertain nor refused.
    """
    row = _decidable(connection, delivery, State.UNCERTAIN, State.REFUSED)
    decided(connection, row.id)
    told = "A person says that it is not out; it is sent." if row.state == State.UNCERTAIN.value else "A person asks for another try."
    if out_of(row):
        told = "A person asks for the rest of the thread, below what is out."
    _again(connection, row, told, now, step="person")


def _decidable(connection: Connection, delivery: str, *states: State) -> Row[Any]:
    row = connection.execute(select(DELIVERY).where(DELIVERY.c.id == delivery)).one_or_none()
    if row is None:
        raise LedgerError(f"There is no delivery {delivery}.", "See  scheduler list  for the names.")
    if State(row.state) not in states:
        raise LedgerError(
            f"The delivery {delivery} is {row.state}, so there is nothing to decide.",
            "scheduler queue  shows what needs a person's word.",
        )
    return row
