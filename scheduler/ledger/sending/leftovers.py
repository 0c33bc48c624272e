"""What deliveries that wait for no network any more have left elsewhere: things that are there only so that a network can fetch them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from scheduler.ledger.events import amend, find
from scheduler.ledger.sending.claims import ids_text
from scheduler.ledger.tables import DELIVERY
from scheduler.model.delivery import State

_ENDED = tuple(state.value for state in (State.CANCELLED, State.MISSED, State.SKIPPED, State.REFUSED, State.HELD, State.SENT))


@dataclass(frozen=True, slots=True)
class Leftover:
    """Is a delivery that nothing is fetched for now, and its ids of one kind that are still of something."""

    delivery: str
    fence: int
    state: State
    ids: Mapping[str, str]


def leftovers(connection: Connection, kind: str) -> tuple[Leftover, ...]:
    """Returns the deliveries that are out, ended or are held, with ids whose names have ``kind`` in them."""
    columns = (DELIVERY.c.id, DELIVERY.c.fence, DELIVERY.c.state, DELIVERY.c.ids)
    query = select(*columns).where(DELIVERY.c.state.in_(_ENDED), DELIVERY.c.ids.contains(kind, autoescape=True))
    found = ((row, {name: key for name, key in json.loads(row.ids).items() if kind in name and key}) for row in connection.execute(query))
    return tuple(Leftover(row.id, row.fence, State(row.state), ids) for row, ids in found if ids)


def clear(connection: Connection, left: Leftover, names: Iterable[str]) -> bool:
    """Writes that ids are of nothing any more; returns False, with nothing changed, where the delivery has moved on meanwhile."""
    row = find(connection, left.delivery, left.fence, left.state)
    if row is None:
        return False
    return amend(connection, left.delivery, left.fence, left.state, {"ids": ids_text({**json.loads(row.ids), **dict.fromkeys(names, "")})})
