"""Posts that a network keeps for a sender that had lost its claim: facts until they are proved gone, or a person decides.

Somebody else has the delivery by then, so that what the network keeps may go out as a second one.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import Connection, Row, delete, select

from scheduler.ledger.events import Move, amend, move, note
from scheduler.ledger.remembering import put
from scheduler.ledger.sending.claims import Claim, ids_text
from scheduler.ledger.sending.settling import Settlement, published
from scheduler.ledger.tables import DELIVERY, META
from scheduler.model.delivery import State
from scheduler.model.outcome import Absent, Handed, Published, Uncertain, Verdict
from scheduler.model.outgoing import Envelope, Outgoing

_KEY = "stray:"
TRY_AGAIN, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_BUSY = frozenset({State.SENT, State.CLAIMED, State.SENDING, State.HANDED})
"""Where a delivery is in other hands, so that what went astray is another post."""


@dataclass(frozen=True, slots=True)
class Stray:
    """Is a post that its network keeps, or has sent, beside the delivery that it was made for; times are aware UTC.

    ``told`` is what a person was told about it, ``tries`` how often it was tried in vain to take it back, ``next_at`` when to try again.
    """

    delivery: str
    account: str
    remote_id: str
    url: str
    payload: str
    ids: str
    since: datetime
    next_at: datetime
    tries: int = 0
    told: str = ""

    @property
    def envelope(self) -> Envelope:
        """Returns what was handed over, with the id under which the network keeps it."""
        return Envelope(Outgoing.from_json(self.payload), json.loads(self.ids)).kept_under(self.remote_id)

    @property
    def where(self) -> str:
        """Returns where a person finds it."""
        return self.url or f"{self.account} ({self.remote_id})"


def went_astray(connection: Connection, held: Claim, envelope: Envelope, outcome: Handed, now: datetime) -> None:
    """Writes that a network keeps what must not go out."""
    text, ids = envelope.outgoing.to_json(), ids_text(envelope.ids)
    _write(connection, Stray(held.delivery, held.account, outcome.remote_id, outcome.url, text, ids, now, now))


def strays(connection: Connection) -> tuple[Stray, ...]:
    """Returns what networks keep or sent that must not be there, the longest known first."""
    found = connection.execute(select(META.c.value).where(META.c.key.startswith(_KEY, autoescape=True))).scalars()
    return tuple(sorted((_read(text) for text in found), key=lambda stray: (stray.since, stray.remote_id)))


def chased(connection: Connection, stray: Stray, found: Verdict, now: datetime) -> Settlement:
    """Writes what came of taking it back: it is gone, it went out, or the network could not be asked."""
    row = connection.execute(select(DELIVERY).where(DELIVERY.c.id == stray.delivery)).one()
    if isinstance(found, Published) and row.state == State.SENT.value and row.remote_id == found.remote_id:
        _forget(connection, stray)  # it is the very post that the delivery became
        return Settlement(row.id, None)
    match found:
        case Absent():
            return _gone(connection, stray, row, now)
        case Published() if State(row.state) not in _BUSY:
            return _is_out(connection, stray, row, found, now)
        case Published():
            told = f"What {stray.account} was handed before is out as well, at {found.url or stray.where}."
        case Uncertain():
            told = f"{stray.account} may send it a second time: what was handed over before could not be taken back. {found.reason}"
        case _:
            assert_never(found)
    return _stays(connection, replace(stray, told=told), row, stray.told, now)


def _is_out(connection: Connection, stray: Stray, row: Row[Any], found: Published, now: datetime) -> Settlement:
    """Writes that nobody needs to send the delivery any more: its network did."""
    _forget(connection, stray)
    done = published(connection, row, found, now, step="late answer")
    fingerprint = stray.envelope.outgoing.fingerprint
    amend(connection, row.id, row.fence, State.SENT, {"payload": stray.payload, "fingerprint": fingerprint})
    return done


def _stays(connection: Connection, stray: Stray, row: Row[Any], told_before: str, now: datetime) -> Settlement:
    """Writes what a person must know, and keeps a delivery that is to go out from here from doing so meanwhile."""
    state, told = State(row.state), stray.told
    wait = min(LONGEST_WAIT, TRY_AGAIN * 2 ** min(stray.tries, 10))
    _write(connection, replace(stray, tries=stray.tries + 1, next_at=now + wait))
    if state is State.QUEUED and move(connection, Move(row.id, row.fence, state, State.UNCERTAIN, told), now, {"next_at": now + wait}):
        return Settlement(row.id, State.UNCERTAIN, told)
    if state is State.UNCERTAIN and row.reason == told_before:
        amend(connection, row.id, row.fence, state, {"reason": told})
    if told != told_before:
        note(connection, Move(row.id, row.fence, state, state, told), now, fence=row.fence)
    return Settlement(row.id, state, told)


def taken_over(connection: Connection, delivery: str, remote_id: str) -> None:
    """Forgets what turned out to be the very post that the network is to send."""
    connection.execute(delete(META).where(META.c.key == _key(delivery, remote_id)))


def decided(connection: Connection, delivery: str) -> int:
    """Forgets what is known beside a delivery, since a person has looked after it; returns how much it was."""
    return sum(_forget(connection, stray) for stray in strays(connection) if stray.delivery == delivery)


def removed(connection: Connection, delivery: str, now: datetime) -> int:
    """Writes a person's word that what went astray is gone from its network; returns how much was known of."""
    known = [stray for stray in strays(connection) if stray.delivery == delivery]
    for stray in known:
        chased(connection, stray, Absent(), now)
    return len(known)


def _gone(connection: Connection, stray: Stray, row: Row[Any], now: datetime) -> Settlement:
    _forget(connection, stray)
    told, state = f"What {stray.account} was handed before is gone there.", State(row.state)
    # It waited for nothing but this.
    if state is State.UNCERTAIN and stray.told and row.reason == stray.told:
        is_free = move(connection, Move(row.id, row.fence, state, State.QUEUED, told), now, {"next_at": max(now, row.not_before)})
        return Settlement(row.id, State.QUEUED if is_free else None, told)
    note(connection, Move(row.id, row.fence, state, state, told), now, fence=row.fence)
    return Settlement(row.id, None, told)


def _read(text: str) -> Stray:
    told = json.loads(text)[0]
    data = json.loads(told)
    return Stray(**{**data, "since": datetime.fromisoformat(data["since"]), "next_at": datetime.fromisoformat(data["next_at"])})


def _write(connection: Connection, stray: Stray) -> None:
    data = {**asdict(stray), "since": stray.since.isoformat(), "next_at": stray.next_at.isoformat()}
    put(connection, _key(stray.delivery, stray.remote_id), [json.dumps(data)])


def _forget(connection: Connection, stray: Stray) -> int:
    return connection.execute(delete(META).where(META.c.key == _key(stray.delivery, stray.remote_id))).rowcount


def _key(delivery: str, remote_id: str) -> str:
    return f"{_KEY}{delivery}:{remote_id}"
