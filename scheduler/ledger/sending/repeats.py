"""Telling a post that comes again, as its author asked, from one that would go out twice."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, and_, bindparam, func, or_, select

from scheduler.ledger.tables import DELIVERY, Instant
from scheduler.model.delivery import REHEARSAL, State

MEMORY = timedelta(days=90)
"""How long an equal post on the same account counts as the same post."""

APART = timedelta(hours=12)
"""How long ago the last time of a repeated post must be; what comes sooner is a mistake, however it was asked for."""


def around(now: datetime) -> dict[str, datetime]:
    """Returns the parameters that the conditions of this module need, for a post that goes out at that time."""
    return {"since": now - MEMORY, "lately": now - APART, "soon": now + APART}


def is_repeat(twin: FromClause, itself: FromClause) -> ColumnElement[bool]:
    """Returns the condition that ``itself`` is a later occurrence of the post that ``twin`` is an earlier one of.

    The time before which ``twin`` must have gone out is the parameter ``lately``, aware UTC; what its network keeps may also
    be due after the parameter ``soon``. See :func:`around`.
    """
    lately = bindparam("lately", type_=Instant)
    return and_(
        itself.c.occurrence != "",
        twin.c.occurrence != "",
        twin.c.occurrence != itself.c.occurrence,
        twin.c.post == itself.c.post,
        twin.c.part == itself.c.part,
        or_(
            and_(twin.c.state != State.HANDED.value, func.coalesce(twin.c.sent_at, twin.c.updated_at) <= lately),
            and_(twin.c.state == State.HANDED.value, or_(twin.c.due_utc <= lately, twin.c.due_utc >= bindparam("soon", type_=Instant))),
        ),
    )


_OTHER = DELIVERY.alias("other")
_STANDS = tuple(state.value for state in (State.SENT, State.SENDING, State.UNCERTAIN, State.HANDED))
# A fingerprint names the account too, and what is claimed is what was recorded last. `coalesce` keeps SQLite from walking
# through everything ever sent by the index on states.
_IS_TWIN = (
    _OTHER.c.fingerprint == DELIVERY.c.draft_fingerprint,
    _OTHER.c.id != DELIVERY.c.id,
    func.coalesce(_OTHER.c.state, "").in_(_STANDS),
    func.coalesce(_OTHER.c.sent_at, _OTHER.c.updated_at) > bindparam("since", type_=Instant),
    ~is_repeat(_OTHER, DELIVERY),
)
HAS_TWIN = select(_OTHER.c.id).where(*_IS_TWIN).correlate(DELIVERY).exists()
_TWIN = (
    select(_OTHER.c.post, _OTHER.c.state, _OTHER.c.sent_at, _OTHER.c.url)
    .join(DELIVERY, DELIVERY.c.id == bindparam("itself"))
    .where(*_IS_TWIN, or_(bindparam("rehearsed") == 1, _OTHER.c.state != State.SENT.value, ~_OTHER.c.remote_id.startswith(REHEARSAL)))
    .limit(1)
)


def twin_of(connection: Connection, row: Row[Any], now: datetime, *, rehearsed: bool = False) -> str:
    """Returns why an equal post of this account, out or perhaps out, forbids this one; empty where nothing does.

    What was rehearsed forbids nothing but another rehearsal.
    """
    same = {"itself": row.id, "rehearsed": int(rehearsed), **around(now)}
    twin = connection.execute(_TWIN, same).first()
    if twin is None:
        return ""
    if twin.state == State.HANDED.value:
        return (
            f"The same text and pictures from {twin.post} are handed over already: the network of {row.account} sends them at their time."
        )
    if twin.state != State.SENT.value:
        return f"The same text and pictures from {twin.post} may already be out on {row.account}; settle that one first."
    where = f" as {twin.url}" if twin.url else ""
    return f"Already published: {twin.post} brought the same text and pictures to {row.account} on {twin.sent_at:%Y-%m-%d}{where}."
