"""What a crash left behind, and how a delivery in doubt is resolved: by proof, by a late answer or by a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import Connection, Row, bindparam, select, update

from scheduler.ledger.claims import envelope_of
from scheduler.ledger.events import Attempt, Move, keep, move
from scheduler.ledger.late import mark_late
from scheduler.ledger.settling import Settlement, doubted, published
from scheduler.ledger.tables import DELIVERY, Instant
from scheduler.ledger.trouble import LedgerError
from scheduler.model.delivery import State
from scheduler.model.outcome import Absent, Proof, Published, Uncertain
from scheduler.model.outgoing import Envelope

CRASHED = "The program stopped while this was being sent; the network is asked whether it went out."
CHECK_CAP = timedelta(hours=1)

_BUSY = select(DELIVERY).where(DELIVERY.c.state.in_((State.CLAIMED.value, State.SENDING.value)))
_UNCERTAIN = select(DELIVERY).where(DELIVERY.c.state == State.UNCERTAIN.value).order_by(DELIVERY.c.due_utc, DELIVERY.c.id)
_UNCERTAIN_NOW = _UNCERTAIN.where(DELIVERY.c.next_at <= bindparam("now", type_=Instant))


@dataclass(frozen=True, slots=True)
class Doubt:
    """Is a delivery of which nobody knows whether it is out, with what was frozen for it."""

    delivery: str
    account: str
    fence: int
    envelope: Envelope


def recover(connection: Connection, now: datetime, is_dead: Callable[[str], bool]) -> tuple[str, ...]:
    """Frees what dead processes held; returns the ids it touched.

    A claimed delivery is queued again, since nothing was sent. One in sending becomes uncertain and is looked after at
    once. A process is dead when ``is_dead`` says so of its name, or when its lease has run out.
    """
    touched = []
    for row in connection.execute(_BUSY).all():
        expired = row.lease_until is None or row.lease_until <= now
        if not expired and not is_dead(row.owner):
            continue
        if row.state == State.CLAIMED.value:
            free = {"owner": "", "lease_until": None}
            told = "The program stopped before anything was sent."
            if move(connection, Move(row.id, row.fence, State.CLAIMED, State.QUEUED, told), now, free):
                touched.append(row.id)
        elif doubted(connection, row, CRASHED, now).state is not None:
            connection.execute(update(DELIVERY).where(DELIVERY.c.id == row.id, DELIVERY.c.fence == row.fence).values(next_at=now))
            touched.append(row.id)
    return tuple(touched)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Is what every tick finds before it sends: what became missed, and the deliveries in doubt to look after."""

    missed: tuple[str, ...]
    doubts: tuple[Doubt, ...]


def sweep(connection: Connection, now: datetime) -> Sweep:
    """Takes up claims whose lease ran out, marks what is too late, and returns what needs a look."""
    recover(connection, now, lambda _owner: False)
    return Sweep(mark_late(connection, now), doubts(connection, now))


def doubts(connection: Connection, now: datetime | None) -> tuple[Doubt, ...]:
    """Returns the uncertain deliveries whose next look is due; with None, all of them."""
    query = _UNCERTAIN if now is None else _UNCERTAIN_NOW
    found = []
    for row in connection.execute(query, {} if now is None else {"now": now}).all():
        envelope = envelope_of(row)
        if envelope is not None:
            found.append(Doubt(row.id, row.account, row.fence, envelope))
    return tuple(found)


def resolve(connection: Connection, doubt: Doubt, proof: Proof, now: datetime) -> Settlement:
    """Writes what the network's own proof says: sent, queued again, or still uncertain until the next look."""
    ours = (DELIVERY.c.id == doubt.delivery, DELIVERY.c.fence == doubt.fence, DELIVERY.c.state == State.UNCERTAIN.value)
    row = connection.execute(select(DELIVERY).where(*ours)).one_or_none()
    if row is None:
        return Settlement(doubt.delivery, None)
    match proof:
        case Published():
            return published(connection, row, proof, now, step="check")
        case Absent():
            return _again(connection, row, "The network proves that it is not out; it is sent again.", now)
        case Uncertain():
            wait = min(CHECK_CAP, timedelta(minutes=1) * 2 ** min(row.checks, 10))
            values = {"checks": row.checks + 1, "next_at": now + wait, "reason": proof.reason}
            connection.execute(update(DELIVERY).where(*ours).values(values))
            return Settlement(row.id, State.UNCERTAIN, proof.reason)
        case _:
            assert_never(proof)


def _again(connection: Connection, row: Row[Any], reason: str, now: datetime, step: str = "check") -> Settlement:
    if not move(connection, Move(row.id, row.fence, State.UNCERTAIN, State.QUEUED, reason), now, {"next_at": now}):
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
    """Writes a person's word that an uncertain delivery is out.

    Raises:
        LedgerError: the delivery is not uncertain.
    """
    row = _uncertain(connection, delivery)
    published(connection, row, Published(row.remote_id, url), now, step="person")


def decide_not_sent(connection: Connection, delivery: str, now: datetime) -> None:
    """Writes a person's word that an uncertain delivery is not out; it is queued again and may still be too late.

    Raises:
        LedgerError: the delivery is not uncertain.
    """
    _again(connection, _uncertain(connection, delivery), "A person says that it is not out; it is sent again.", now, step="person")


def _uncertain(connection: Connection, delivery: str) -> Row[Any]:
    row = connection.execute(select(DELIVERY).where(DELIVERY.c.id == delivery)).one_or_none()
    if row is None:
        raise LedgerError(f"There is no delivery {delivery}.", "See `scheduler list` for the names.")
    if row.state != State.UNCERTAIN.value:
        raise LedgerError(
            f"The delivery {delivery} is {row.state}, so there is nothing to decide.", "Only an uncertain delivery needs a decision."
        )
    return row
