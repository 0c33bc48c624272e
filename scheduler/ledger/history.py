"""What the ledger knows, read only."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, and_, bindparam, func, insert, or_, select, update

from scheduler.ledger.agenda.moving import MOVED, OUT
from scheduler.ledger.agenda.sources import known_sources
from scheduler.ledger.events import Attempt
from scheduler.ledger.pauses import PAUSED
from scheduler.ledger.remembering import rests_of_looks
from scheduler.ledger.sending.parts import out_of
from scheduler.ledger.tables import ATTEMPT, DELIVERY, EVENT, HASHTAG, INSTANCE, Instant
from scheduler.model.delivery import REHEARSAL, Fact, Facts, State
from scheduler.model.outcome import Placed
from scheduler.model.outgoing import Outgoing

_FACT_COLUMNS = (
    DELIVERY.c.id,
    DELIVERY.c.post,
    DELIVERY.c.part,
    DELIVERY.c.account,
    DELIVERY.c.network,
    DELIVERY.c.occurrence,
    DELIVERY.c.campaign,
    DELIVERY.c.state,
    DELIVERY.c.due_utc,
    DELIVERY.c.zone,
    DELIVERY.c.reason,
    DELIVERY.c.sent_at,
    DELIVERY.c.url,
    DELIVERY.c.remote_id,
    DELIVERY.c.fingerprint,
    DELIVERY.c.held_for,
    DELIVERY.c.released,
    DELIVERY.c.hashtags,
)
_FACT_NAMES = tuple({"id": "delivery", "due_utc": "due"}.get(column.name, column.name) for column in _FACT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Event:
    """Is one change of state; ``at`` is aware UTC."""

    delivery: str
    at: datetime
    was: State
    became: State
    fence: int
    reason: str


@dataclass(frozen=True, slots=True)
class Instance:
    """Is one run of the program on this ledger; times are aware UTC."""

    owner: str
    host: str
    pid: int
    boot: str
    started_at: datetime
    last_tick: datetime


def facts(connection: Connection) -> Facts:
    """Returns everything that planning must know of the past."""
    known = {row[0]: _fact(row) for row in connection.execute(select(*_FACT_COLUMNS)).all()}
    used = {row.name: row.last_used for row in connection.execute(select(HASHTAG))}
    return Facts(known, used, known_sources(connection))


def _fact(row: Iterable[Any]) -> Fact:
    told = dict(zip(_FACT_NAMES, row, strict=True))
    told["part"], told["state"] = told["part"] or None, State(told["state"])
    told["released"], told["hashtags"] = bool(told["released"]), tuple(told["hashtags"].split())
    return Fact(**told)


def frozen(connection: Connection, delivery: str) -> Outgoing | None:
    """Returns what a delivery sent, or was about to; None where nothing was frozen."""
    payload = connection.execute(select(DELIVERY.c.payload).where(DELIVERY.c.id == delivery)).scalar()
    return Outgoing.from_json(payload) if payload else None


_READY = (DELIVERY.c.state == State.QUEUED.value, DELIVERY.c.next_at <= bindparam("now", type_=Instant), ~PAUSED)
_ORDER = (DELIVERY.c.next_at, DELIVERY.c.due_utc, DELIVERY.c.post, DELIVERY.c.part, DELIVERY.c.id)
_DUE = select(DELIVERY.c.id).where(*_READY).order_by(*_ORDER).limit(bindparam("most", type_=Integer))
_WAITING = (
    select(DELIVERY.c.id, DELIVERY.c.account, DELIVERY.c.next_at).where(*_READY).order_by(*_ORDER).limit(bindparam("most", type_=Integer))
)
_NEXT_QUEUED = select(func.min(DELIVERY.c.next_at)).where(DELIVERY.c.state == State.QUEUED.value, ~PAUSED)
_NEXT_LOOK = select(func.min(DELIVERY.c.next_at)).where(DELIVERY.c.state == State.UNCERTAIN.value)


def due(connection: Connection, now: datetime, limit: int) -> tuple[str, ...]:
    """Returns the queued deliveries to send now, the longest due first; paused ones are left out."""
    return tuple(connection.execute(_DUE, {"now": now, "most": limit}).scalars())


@dataclass(frozen=True, slots=True)
class Waiting:
    """Is a queued delivery that may be handed to a worker; ``next_at`` is aware UTC."""

    delivery: str
    account: str
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Is where one delivery stands, the fingerprint of what the folder last asked to be sent, when to try and when it is due; aware UTC."""

    state: State
    draft: str
    next_at: datetime
    due: datetime


def waiting(connection: Connection, until: datetime, limit: int) -> tuple[Waiting, ...]:
    """Returns the queued deliveries to send until then, the longest due first; paused ones are left out."""
    rows = connection.execute(_WAITING, {"now": until, "most": limit})
    return tuple(Waiting(row.id, row.account, row.next_at) for row in rows)


def standing(connection: Connection, delivery: str) -> Standing | None:
    """Returns where a delivery stands, or None where there is no such delivery."""
    columns = (DELIVERY.c.state, DELIVERY.c.draft_fingerprint, DELIVERY.c.next_at, DELIVERY.c.due_utc)
    row = connection.execute(select(*columns).where(DELIVERY.c.id == delivery)).one_or_none()
    return None if row is None else Standing(State(row.state), row.draft_fingerprint, row.next_at, row.due_utc)


def next_due(connection: Connection) -> datetime | None:
    """Returns when the next thing must be done: a delivery sent, or an uncertain one looked after; aware UTC."""
    found = (connection.execute(_NEXT_QUEUED).scalar(), connection.execute(_NEXT_LOOK).scalar())
    return min((at for at in found if at is not None), default=None)


def overdue(connection: Connection, now: datetime) -> int:
    """Returns how many queued deliveries should be out by now; back-off and gaps do not excuse them."""
    late = (DELIVERY.c.state == State.QUEUED.value, DELIVERY.c.not_before < now)
    return connection.execute(select(func.count()).select_from(DELIVERY).where(*late)).scalar_one()


def counts(connection: Connection) -> Counter[State]:
    """Returns the number of deliveries in each state."""
    rows = connection.execute(select(DELIVERY.c.state, func.count()).group_by(DELIVERY.c.state))
    return Counter({State(state): number for state, number in rows})


def rehearsed(connection: Connection) -> int:
    """Returns how many of the deliveries that are sent were only rehearsed."""
    mine = (DELIVERY.c.state == State.SENT.value, DELIVERY.c.remote_id.startswith(REHEARSAL))
    return connection.execute(select(func.count()).select_from(DELIVERY).where(*mine)).scalar_one()


def attempts(connection: Connection, post: str | None) -> tuple[Attempt, ...]:
    """Returns every attempt in the order it was written, of one post or of all."""
    query = select(ATTEMPT).order_by(ATTEMPT.c.id)
    if post is not None:
        query = query.join(DELIVERY).where(DELIVERY.c.post == post)
    names = ("delivery", "fence", "step", "started_at", "finished_at", "outcome", "reason", "remote_id", "url")
    rows = connection.execute(query)
    return tuple(Attempt(attempt=row.number, **{name: getattr(row, name) for name in names}) for row in rows)


def events(connection: Connection, delivery: str | None) -> tuple[Event, ...]:
    """Returns every change of state in the order it was written, of one delivery or of all."""
    query = select(EVENT).order_by(EVENT.c.id)
    if delivery is not None:
        query = query.where(EVENT.c.delivery == delivery)
    rows = connection.execute(query)
    return tuple(Event(row.delivery, row.at, State(row.was), State(row.became), row.fence, row.reason) for row in rows)


def moves(connection: Connection, since: datetime) -> tuple[Event, ...]:
    """Returns what was written of deliveries that got another time, and of those that were out by then, in the order it was written."""
    told = or_(EVENT.c.reason.startswith(MOVED), EVENT.c.reason.startswith(OUT))
    query = select(EVENT).where(EVENT.c.at >= since, EVENT.c.was == EVENT.c.became, told).order_by(EVENT.c.id)
    return tuple(Event(row.delivery, row.at, State(row.was), State(row.became), row.fence, row.reason) for row in connection.execute(query))


def beat(connection: Connection, instance: Instance) -> None:
    """Writes that a run of the program is alive."""
    changed = connection.execute(update(INSTANCE).where(INSTANCE.c.owner == instance.owner).values(last_tick=instance.last_tick))
    if changed.rowcount == 0:
        names = ("owner", "host", "pid", "boot", "started_at", "last_tick")
        connection.execute(insert(INSTANCE).values({name: getattr(instance, name) for name in names}))


def last_tick(connection: Connection) -> datetime | None:
    """Returns when any run of the program last looked for due deliveries; aware UTC."""
    found: datetime | None = connection.execute(select(func.max(INSTANCE.c.last_tick))).scalar()
    return found


def runs(connection: Connection, since: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Returns from when to when each run of the program was alive that was so after an instant; aware UTC, the oldest first."""
    query = select(INSTANCE.c.started_at, INSTANCE.c.last_tick).where(INSTANCE.c.last_tick > since).order_by(INSTANCE.c.started_at)
    return tuple((row.started_at, row.last_tick) for row in connection.execute(query))


@dataclass(frozen=True, slots=True)
class Line:
    """Is a delivery that is not finished, with what the ledger knows of why.

    Times are aware UTC, ``due_local`` is its wall-clock text; ``since`` is when it came to stand where it is, ``late_at`` is from when
    on it is not sent any more. ``out`` is what is out of a thread that is out in part.
    ``rests_until`` is until when its network asked not to be asked, where it ever did.
    """

    delivery: str
    post: str
    part: str
    account: str
    network: str
    campaign: str
    due: datetime
    due_local: str
    state: State
    reason: str
    not_before: datetime
    next_at: datetime
    attempts: int
    checks: int
    since: datetime
    zone: str
    late_at: datetime
    out: tuple[Placed, ...] = ()
    rests_until: datetime | None = None


_UNFINISHED = tuple(state.value for state in State if state not in {State.PLANNED, State.SENT, State.CANCELLED, State.SKIPPED})


def unfinished(connection: Connection, since: datetime | None = None) -> tuple[Line, ...]:
    """Returns every delivery that still waits for something or somebody, in order of due time.

    With ``since``, aware UTC, what went out from then on without all that belongs to it is among them: its reason says what lacks.
    """
    chosen: ColumnElement[bool] = DELIVERY.c.state.in_(_UNFINISHED)
    if since is not None:
        chosen = or_(chosen, and_(DELIVERY.c.state == State.SENT.value, DELIVERY.c.next_at >= since, DELIVERY.c.reason != ""))
    query = select(DELIVERY).where(chosen).order_by(DELIVERY.c.due_utc, DELIVERY.c.post, DELIVERY.c.account)
    rests = rests_of_looks(connection)
    return tuple(
        Line(
            delivery=row.id,
            post=row.post,
            part=row.part,
            account=row.account,
            network=row.network,
            campaign=row.campaign,
            due=row.due_utc,
            due_local=row.due_local,
            state=State(row.state),
            reason=row.reason,
            not_before=row.not_before,
            next_at=row.next_at,
            attempts=row.attempts,
            checks=row.checks,
            since=row.updated_at,
            zone=row.zone,
            late_at=row.late_at,
            out=out_of(row) if row.state != State.SENT.value else (),
            rests_until=rests.get(row.account),
        )
        for row in connection.execute(query)
    )
