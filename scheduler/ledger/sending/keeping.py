"""What networks keep until its time: looking whether they sent it, and taking it back before that."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import Connection, Row, select, update

from scheduler.ledger.events import Attempt, Move, amend, find, keep, move, note
from scheduler.ledger.pauses import PAUSED
from scheduler.ledger.sending.claims import envelope_of, ids_text
from scheduler.ledger.sending.recovery import DECIDE, LOOKS, SETTLE, Doubt
from scheduler.ledger.sending.settling import Settlement, published
from scheduler.ledger.sending.strays import taken_over
from scheduler.ledger.tables import DELIVERY
from scheduler.model.delivery import State
from scheduler.model.outcome import Absent, Handed, Published, Refused, Uncertain, Verdict, Whereabouts
from scheduler.model.outgoing import KEPT_AS, Envelope

AFTERWARDS = timedelta(minutes=2)
"""How long after its time a network is asked whether it sent what it kept."""
OVERDUE = timedelta(minutes=10)
"""What a network has not sent so long after its time is taken back, and goes out from here as the late policy says."""
LOOK_AGAIN = timedelta(minutes=1)
_GONE = "Its network does not keep it any more and does not show it: somebody removed it there, or it was not sent."
_LONGEST_LOOK = timedelta(hours=1)
_FREE: dict[str, Any] = {"owner": "", "lease_until": None}
BLANK: dict[str, Any] = {
    "payload": None,
    "payload_sha256": "",
    "ids": "{}",
    "fingerprint": "",
    "remote_id": "",
    "url": "",
    "attempts": 0,
    "checks": 0,
    "first_attempt_at": None,
    "unproven": 0,
    **_FREE,
}
"""What a delivery is that the network knows nothing of: whatever was made for it there is not used again."""

_KEPT = (
    select(DELIVERY, PAUSED.label("is_paused")).where(DELIVERY.c.state == State.HANDED.value).order_by(DELIVERY.c.due_utc, DELIVERY.c.id)
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Is a delivery that its network keeps until ``due``; times are aware UTC.

    ``told`` is what a person was told about it, ``look_at`` when it is looked for, ``ahead_at`` when to try again to take it back.
    """

    delivery: str
    post: str
    account: str
    fence: int
    due: datetime
    due_local: str
    late_at: datetime
    envelope: Envelope
    url: str
    told: str
    is_paused: bool
    look_at: datetime
    ahead_at: datetime | None


def kept(connection: Connection) -> tuple[Kept, ...]:
    """Returns everything that networks keep, in order of due time."""
    return tuple(
        Kept(
            delivery=row.id,
            post=row.post,
            account=row.account,
            fence=row.fence,
            due=row.due_utc,
            due_local=row.due_local,
            late_at=row.late_at,
            envelope=envelope,
            url=row.url,
            told=row.reason,
            is_paused=bool(row.is_paused),
            look_at=row.next_at,
            ahead_at=row.ahead_at,
        )
        for row in connection.execute(_KEPT).all()
        if (envelope := envelope_of(row)) is not None
    )


def looked(connection: Connection, item: Kept, found: Whereabouts, now: datetime) -> Settlement:
    """Writes where the network's copy stands once its time has passed: it is out, still kept, or nobody knows."""
    row = find(connection, item.delivery, item.fence, State.HANDED)
    match found:
        case _ if row is None:
            return Settlement(item.delivery, None)
        case Published():
            return _is_out(connection, row, found, now)
        case Handed():
            return _look_later(connection, row, item.told, now)
        case Absent():
            return _gone(connection, row, now)
        case Uncertain():
            if now > max(item.late_at, item.due + OVERDUE):
                return _ask(connection, row, found.reason, now, {})
            return _look_later(connection, row, found.reason, now)
        case _:
            assert_never(found)


def taken_back(connection: Connection, item: Kept, found: Verdict, why: str, now: datetime) -> Settlement:
    """Writes what came of taking a delivery back: it is ours again, it was out already, or the network still keeps it."""
    row = find(connection, item.delivery, item.fence, State.HANDED)
    if row is None:
        return Settlement(item.delivery, None)
    if isinstance(found, Published):
        return _is_out(connection, row, found, now)
    if isinstance(found, Uncertain):
        return tell(connection, item, why, now, again=now + LOOK_AGAIN)
    values = {**BLANK, "next_at": max(now, row.not_before), "ahead_at": now + LOOK_AGAIN}
    if not move(connection, Move(row.id, row.fence, State.HANDED, State.QUEUED, why), now, values):
        return Settlement(row.id, None)
    # What was held for being the same as this may go now.
    same = (DELIVERY.c.state == State.HELD.value, DELIVERY.c.account == row.account, DELIVERY.c.held_for == row.fingerprint)
    connection.execute(update(DELIVERY).where(*same).values(held_for=""))
    keep(connection, attempt_of(row, now, "take back", found, why))
    return Settlement(row.id, State.QUEUED, why)


def tell(connection: Connection, item: Kept, told: str, now: datetime, *, again: datetime | None = None) -> Settlement:
    """Writes what a person must know of a delivery that its network keeps; an empty text takes it back."""
    is_kept = amend(connection, item.delivery, item.fence, State.HANDED, {"reason": told, "ahead_at": again})
    if is_kept and told and told != item.told:
        note(connection, Move(item.delivery, item.fence, State.HANDED, State.HANDED, told), now, fence=item.fence)
        return Settlement(item.delivery, State.HANDED, told)
    return Settlement(item.delivery, None)


def resolve_early(connection: Connection, doubt: Doubt, found: Whereabouts, now: datetime) -> Settlement:
    """Writes what the network says of a delivery whose handing over was left without an answer.

    What is not in its lists is not there only after several looks, and only where nobody may still be handing it over.
    """
    row = find(connection, doubt.delivery, doubt.fence, State.UNCERTAIN)
    match found:
        case _ if row is None:
            return Settlement(doubt.delivery, None)
        case Published():
            return _is_out(connection, row, found, now)
        case Handed():
            return keeps(connection, row, found, now, step="check")
        case Absent() if doubt.envelope.kept_as:
            return _gone(connection, row, now)
        case Absent():
            return _not_there(connection, row, now)
        case Uncertain():
            return _look_later(connection, row, found.reason, now)
        case _:
            assert_never(found)


def _not_there(connection: Connection, row: Row[Any], now: datetime) -> Settlement:
    if row.unproven:
        return _look_later(connection, row, f"It is not there, but the machine that handed it over may still do so. {DECIDE}", now)
    if row.checks + 1 < LOOKS or now - (row.sending_since or now) < SETTLE:
        return _look_later(connection, row, "The network does not list it; lists are slow, so it is looked for again.", now)
    told = "The network proves that it does not keep it; it is handed over again, or goes out at its time."
    values = {**BLANK, "next_at": max(now, row.not_before), "ahead_at": None}
    if not move(connection, Move(row.id, row.fence, State.UNCERTAIN, State.QUEUED, told), now, values):
        return Settlement(row.id, None)
    keep(connection, attempt_of(row, now, "check", Absent(), told))
    return Settlement(row.id, State.QUEUED, told)


def _is_out(connection: Connection, row: Row[Any], found: Published, now: datetime) -> Settlement:
    """Writes that the network sent it, which it did at its time, whenever that is seen here."""
    done = published(connection, row, found, now, step="check")
    amend(connection, row.id, row.fence, State.SENT, {"sent_at": min(now, row.due_utc)})
    return done


def _look_later(connection: Connection, row: Row[Any], told: str, now: datetime) -> Settlement:
    wait = min(_LONGEST_LOOK, LOOK_AGAIN * 2 ** min(row.checks, 10))
    amend(connection, row.id, row.fence, State(row.state), {"checks": row.checks + 1, "next_at": now + wait, "reason": told})
    return Settlement(row.id, State(row.state), told)


def _gone(connection: Connection, row: Row[Any], now: datetime) -> Settlement:
    """Leaves it to a person whether it was out before it was removed; nothing is left that the network could be asked for."""
    return _ask(connection, row, _GONE, now, {"payload": None, "ids": "{}", "attempts": 0})


def _ask(connection: Connection, row: Row[Any], told: str, now: datetime, values: Mapping[str, Any]) -> Settlement:
    reason = f"{told} {DECIDE}"
    made = Move(row.id, row.fence, State(row.state), State.UNCERTAIN, reason)
    if not move(connection, made, now, {"checks": 0, "next_at": now + LOOK_AGAIN, **values}):
        return Settlement(row.id, None)
    keep(connection, attempt_of(row, now, "check", Uncertain(told)))
    return Settlement(row.id, State.UNCERTAIN, reason)


def keeps(connection: Connection, row: Row[Any], found: Handed, now: datetime, *, step: str) -> Settlement:
    """Writes that the network keeps it, and under which id."""
    values = {"remote_id": found.remote_id, "url": found.url, "next_at": row.due_utc + AFTERWARDS, "checks": 0, "ahead_at": None, **_FREE}
    ids = ids_text({**json.loads(row.ids), KEPT_AS: found.remote_id})
    if not move(connection, Move(row.id, row.fence, State(row.state), State.HANDED), now, {**values, "ids": ids, "unproven": 0}):
        return Settlement(row.id, None)
    taken_over(connection, row.id, found.remote_id)
    keep(connection, attempt_of(row, now, step, found))
    return Settlement(row.id, State.HANDED)


def attempt_of(row: Row[Any], now: datetime, step: str, found: Handed | Refused | Uncertain | Absent, reason: str = "") -> Attempt:
    """Returns a try to hand it over, to take it back or to look for it."""
    handed = found if isinstance(found, Handed) else Handed("")
    told = found.reason if isinstance(found, Refused | Uncertain) else reason
    return Attempt(
        delivery=row.id,
        attempt=row.attempts,
        fence=row.fence,
        step=step,
        started_at=(row.sending_since or now) if step == "hand over" else now,
        finished_at=now,
        outcome=type(found).__name__.lower(),
        reason=told,
        remote_id=handed.remote_id,
        url=handed.url,
    )
