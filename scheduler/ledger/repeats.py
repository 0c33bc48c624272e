"""Telling a post that comes again, as its author asked, from one that would go out twice."""

from datetime import timedelta

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, func

from scheduler.ledger.tables import Instant

APART = timedelta(hours=12)
"""How long ago the last time of a repeated post must be; what comes sooner is a mistake, however it was asked for."""


def is_repeat(twin: FromClause, itself: FromClause) -> ColumnElement[bool]:
    """Returns the condition that ``itself`` is a later occurrence of the post that ``twin`` is an earlier one of.

    The time before which ``twin`` must have gone out is the parameter ``lately``, aware UTC.
    """
    return and_(
        itself.c.occurrence != "",
        twin.c.occurrence != "",
        twin.c.occurrence != itself.c.occurrence,
        twin.c.post == itself.c.post,
        twin.c.part == itself.c.part,
        func.coalesce(twin.c.sent_at, twin.c.updated_at) <= bindparam("lately", type_=Instant),
    )
