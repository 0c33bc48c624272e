"""Facts about the ledger itself, by name: a clock that jumped, a copy that was put back."""

import json
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, literal, select

from scheduler.ledger.reconciling import Gap
from scheduler.ledger.tables import DELIVERY, META

_GET = select(META.c.value).where(META.c.key == bindparam("wanted"))
RESTORED = "restored"
JUMP = "clock_jump"
_SPENT = "spent:"
SPENT = select(META.c.value).where(META.c.key == literal(_SPENT) + DELIVERY.c.account).correlate(DELIVERY).scalar_subquery()
"""The column that says until when a delivery's account must send nothing."""
WORKERS = "fleet_workers"
"""How many workers the daemon of a fleet sees; nothing where it is not told."""
TROUBLE = "trouble"
"""What keeps the daemon from its work: since when (RFC 3339), the sentence and the next step; empty where nothing does."""


def spent(connection: Connection, account: str, until: datetime) -> None:
    """Writes until when an account must send nothing, since its network's budget for it is used up; aware UTC."""
    put(connection, f"{_SPENT}{account}", [until.isoformat()])


def spent_until(told: str | None) -> datetime | None:
    """Returns what :func:`spent` wrote, from the column :data:`SPENT`."""
    return None if told is None else datetime.fromisoformat(json.loads(told)[0])


def put(connection: Connection, key: str, value: list[str]) -> None:
    """Writes a fact in place of the one before; as a few texts."""
    connection.execute(delete(META).where(META.c.key == key))
    connection.execute(insert(META).values(key=key, value=json.dumps(value)))


def get(connection: Connection, key: str) -> list[str] | None:
    """Returns a fact, or None."""
    found = connection.execute(_GET, {"wanted": key}).scalar()
    told: list[str] | None = None if found is None else json.loads(found)
    return told


def gap(connection: Connection) -> Gap | None:
    """Returns the time this ledger knows nothing of, where it was put back from a copy."""
    found = get(connection, RESTORED)
    return None if found is None else Gap(*(datetime.fromisoformat(text) for text in found))
