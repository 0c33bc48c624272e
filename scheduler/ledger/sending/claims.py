"""Taking a delivery for sending, and freezing what will be sent.

Every guard stands in the transaction that claims, so that a pause, an edit or another process is seen at once.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from scheduler.ledger.events import GUARD, Move, Moving, amend, find, move, move_all
from scheduler.ledger.pauses import PAUSED
from scheduler.ledger.remembering import SPENT
from scheduler.ledger.sending.late import too_late
from scheduler.ledger.sending.pace import Terms, too_soon
from scheduler.ledger.sending.parts import why_changed
from scheduler.ledger.sending.repeats import HAS_TWIN, around, twin_of
from scheduler.ledger.tables import DELIVERY, Instant
from scheduler.ledger.trouble import LostClaimError
from scheduler.model.delivery import State
from scheduler.model.outgoing import PLACE, Envelope, Outgoing, as_json

BROKE_OFF = "The ledger broke off as this was about to be sent; nothing was sent."


_OTHER = DELIVERY.alias("other")
_ACCOUNT_IS_SENDING = (
    select(_OTHER.c.id)
    .where(_OTHER.c.account == DELIVERY.c.account, _OTHER.c.state.in_((State.CLAIMED.value, State.SENDING.value)))
    .correlate(DELIVERY)
    .exists()
)
_FREE_COLUMNS = (
    DELIVERY.c.id,
    DELIVERY.c.post,
    DELIVERY.c.account,
    DELIVERY.c.fence,
    DELIVERY.c.draft_fingerprint,
    DELIVERY.c.reason,
    DELIVERY.c.attempts,
    DELIVERY.c.first_attempt_at,
    DELIVERY.c.due_utc,
    DELIVERY.c.due_local,
    DELIVERY.c.late_at,
    DELIVERY.c.late_state,
    DELIVERY.c.event_ends,
    DELIVERY.c.zone,
    DELIVERY.c.next_at,
    DELIVERY.c.expires_at,
    DELIVERY.c.payload,
    DELIVERY.c.ids,
)
# `coalesce` keeps SQLite from walking through all that is due by the index on states, where a few are asked for by their names.
_FREE: Select[Any] = select(*_FREE_COLUMNS, HAS_TWIN.label("has_twin"), SPENT.label("spent")).where(
    DELIVERY.c.id.in_(bindparam("wanted", expanding=True)),
    func.coalesce(DELIVERY.c.state, "") == State.QUEUED.value,
    DELIVERY.c.next_at <= bindparam("now", type_=Instant),
    ~PAUSED,
    ~_ACCOUNT_IS_SENDING,
)


_DOUBTED: Select[Any] = select(*_FREE_COLUMNS).where(
    *GUARD,
    DELIVERY.c.late_at >= bindparam("now", type_=Instant),
    ~PAUSED,
    ~_ACCOUNT_IS_SENDING,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Is the right to send one delivery; every later write carries its ``fence``.

    ``frozen`` is what an earlier attempt froze, ``attempts`` how many there were.
    """

    delivery: str
    account: str
    fence: int
    lease_until: datetime
    attempts: int
    frozen: Envelope | None = None
    first_attempt_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Is what a sender would send next: ``fingerprint`` is that of the content, ``now`` is aware UTC.

    One that is ``rehearsed`` leaves this machine no more than those rehearsed before it did.
    """

    delivery: str
    fingerprint: str
    now: datetime
    terms: Terms
    rehearsed: bool = False


def claim(connection: Connection, wanted: Wanted) -> Claim | None:
    """Returns the claim on a queued delivery, or None where something speaks against sending it now.

    A delivery that is too late becomes missed, one that repeats a post of the last 90 days is held, one that comes
    too soon after the account's last post waits.
    """
    row, is_now = next(_free(connection, [wanted]), (None, False))
    if row is None or not is_now:
        return None
    held = _claim_of(row, wanted)
    made = Move(row.id, row.fence, State.QUEUED, State.CLAIMED)
    return held if move(connection, made, wanted.now, taken_by(held, wanted.terms)) else None


Taken = tuple[Claim, Envelope]
"""The right to send, and what is sent: the first byte may leave once the transaction that gave it is committed."""


def take(connection: Connection, wanted: Sequence[tuple[Wanted, Envelope]]) -> Mapping[str, Taken | None]:
    """Claims deliveries of different accounts and begins to send them in one step; returns them by delivery.

    It is None for what must not go out now; what is not in it at all is paused, or another process sends for that account.
    What an earlier attempt froze is sent as it is where the post is still the same, with its ids; otherwise the envelope given.

    Raises:
        LostClaimError: one of them was moved meanwhile; the transaction must not be committed.
    """
    asked = {one.delivery: (one, envelope) for one, envelope in wanted}
    found: dict[str, Taken | None] = {}
    moves = []
    for row, is_now in _free(connection, [one for one, _ in asked.values()]):
        one, envelope = asked[row.id]
        found[row.id] = None
        if not is_now:
            continue
        held = _claim_of(row, one)
        changed = why_changed(held.frozen, envelope)
        if changed:
            move(connection, Move(row.id, row.fence, State.QUEUED, State.HELD, changed), one.now, {"held_for": row.draft_fingerprint})
            continue
        is_same = held.frozen is not None and _is_same(held.frozen, envelope)
        chosen = held.frozen.from_here if held.frozen is not None and is_same else envelope.after(held.frozen)
        values = {**taken_by(held, one.terms), **_frozen(held, chosen, one.fingerprint, one.now)}
        moves.append(Moving(Move(row.id, row.fence, State.QUEUED, State.SENDING), one.now, values, by=State.CLAIMED))
        found[row.id] = (held, chosen)
    move_all(connection, moves)
    return found


def _free(connection: Connection, wanted: Iterable[Wanted]) -> Iterator[tuple[Row[Any], bool]]:
    """Yields the rows of what nobody else sends and whether each may be sent now, one for an account.

    What must wait or be set aside has been moved instead.
    """
    asked = {one.delivery: one for one in wanted}
    now = min((one.now for one in asked.values()), default=None)
    if now is None:
        return
    same = {"wanted": list(asked), "now": now, **around(now)}
    busy = set()
    for row in connection.execute(_FREE, same).all():
        one = asked[row.id]
        # Another process may have read the folder since: what is sent is what was recorded last.
        is_same = row.draft_fingerprint == one.fingerprint and row.account not in busy
        is_now = is_same and not _set_aside(connection, row, one) and not too_soon(connection, row, one.now, one.terms)
        if is_now:
            busy.add(row.account)
        yield row, is_now


def _is_same(frozen: Envelope, envelope: Envelope) -> bool:
    """Tells whether what was frozen is what would be sent now, to the same place."""
    is_there = frozen.is_rehearsed == envelope.is_rehearsed and frozen.is_for(envelope.ids.get(PLACE, frozen.ids.get(PLACE, "")))
    return is_there and frozen.outgoing == envelope.outgoing


def _claim_of(row: Row[Any], wanted: Wanted) -> Claim:
    lease_until = wanted.now + wanted.terms.lease
    return Claim(row.id, row.account, row.fence + 1, lease_until, row.attempts, envelope_of(row), row.first_attempt_at)


def taken_by(held: Claim, terms: Terms) -> dict[str, Any]:
    """Returns the columns that say who has a delivery."""
    return {"fence": held.fence, "owner": terms.owner, "lease_until": held.lease_until}


def _set_aside(connection: Connection, row: Row[Any], wanted: Wanted) -> bool:
    """Tells whether the delivery must not go out any more, having written down why."""
    now = wanted.now
    late = too_late(row, now)
    if late:
        return move(connection, late, now)
    twin = twin_of(connection, row, now, rehearsed=wanted.rehearsed) if row.has_twin else ""
    if twin:
        return move(connection, Move(row.id, row.fence, State.QUEUED, State.HELD, twin), now, {"held_for": row.draft_fingerprint})
    return False


def envelope_of(row: Row[Any]) -> Envelope | None:
    """Returns what was frozen for a delivery, or None where nothing was."""
    return Envelope(Outgoing.from_json(row.payload), json.loads(row.ids)) if row.payload else None


def take_again(connection: Connection, wanted: Wanted, fence: int) -> Taken | None:
    """Takes an uncertain delivery to repeat the very same call, which the network recognises by its key; None where it must not be.

    A pause, another sending of the account or its lateness forbids it; then the network is only asked.
    """
    row = connection.execute(
        _DOUBTED, {"at_id": wanted.delivery, "at_fence": fence, "at_state": State.UNCERTAIN.value, "now": wanted.now}
    ).one_or_none()
    frozen = envelope_of(row) if row is not None else None
    if row is None or frozen is None:
        return None
    held = _claim_of(row, wanted)
    told = "The same call is repeated under the same key, which the network recognises."
    made = Move(row.id, row.fence, State.UNCERTAIN, State.SENDING, told)
    values = {**taken_by(held, wanted.terms), "attempts": held.attempts + 1}
    return (held, frozen) if move(connection, made, wanted.now, values) else None


def give_back(connection: Connection, wanted: Wanted) -> bool:
    """Queues a delivery again that a process may have taken without being told so; only for one that it has not sent."""
    # The end of the lease tells that very claim from a later one of the same process.
    taken = (DELIVERY.c.owner == wanted.terms.owner, DELIVERY.c.lease_until == wanted.now + wanted.terms.lease)
    mine = (DELIVERY.c.id == wanted.delivery, DELIVERY.c.state == State.SENDING.value, *taken)
    row = connection.execute(select(DELIVERY.c.fence, DELIVERY.c.attempts).where(*mine)).one_or_none()
    if row is None:
        return False
    free = {"owner": "", "lease_until": None, "attempts": row.attempts - 1}
    return move(connection, Move(wanted.delivery, row.fence, State.SENDING, State.QUEUED, BROKE_OFF), wanted.now, free)


def begin_sending(connection: Connection, held: Claim, envelope: Envelope, now: datetime) -> None:
    """Freezes bytes and ids; once this is committed, and not before, the first byte may leave.

    Raises:
        LostClaimError: the claim is no longer ours; nothing may be sent.
    """
    frozen = _frozen(held, envelope, envelope.outgoing.fingerprint, now)
    if now >= held.lease_until or not move(connection, Move(held.delivery, held.fence, State.CLAIMED, State.SENDING), now, frozen):
        raise LostClaimError("The delivery was taken over by another process before it was sent.", "Nothing was sent from here.")


def _frozen(held: Claim, envelope: Envelope, fingerprint: str, now: datetime) -> dict[str, Any]:
    payload = envelope.outgoing.to_json()
    return {
        "payload": payload,
        "payload_sha256": hashlib.sha256(payload.encode()).hexdigest(),
        "ids": ids_text(envelope.after(held.frozen).ids),
        "fingerprint": fingerprint,
        "sending_since": now,
        "first_attempt_at": held.first_attempt_at or now,
        "attempts": held.attempts + 1,
    }


def remember(connection: Connection, held: Claim, name: str, value: str, lease_until: datetime) -> None:
    """Commits an id that the network gave in an invisible step, and holds on to the delivery until then for the next one.

    Raises:
        LostClaimError: the claim is no longer ours; no further step may be made.
    """
    row = find(connection, held.delivery, held.fence, State.SENDING)
    known = {} if row is None else {"ids": ids_text({**json.loads(row.ids), name: value}), "lease_until": lease_until}
    if not known or not amend(connection, held.delivery, held.fence, State.SENDING, known):
        raise LostClaimError("The delivery was taken over by another process while it was being sent.")


def ids_text(ids: Mapping[str, str]) -> str:
    """Returns ids as the ledger keeps them."""
    return as_json(dict(ids))


def release(connection: Connection, held: Claim, now: datetime) -> bool:
    """Gives a claim back before anything was sent."""
    free = {"owner": "", "lease_until": None}
    return move(connection, Move(held.delivery, held.fence, State.CLAIMED, State.QUEUED, "given back unsent"), now, free)


def hold(connection: Connection, held: Claim, fingerprint: str, reason: str, now: datetime) -> bool:
    """Holds a claimed delivery until its content is another one; for what the engine finds out before sending."""
    free = {"owner": "", "lease_until": None, "held_for": fingerprint}
    return move(connection, Move(held.delivery, held.fence, State.CLAIMED, State.HELD, reason), now, free)
