"""Facts about the ledger itself, by name: a clock that jumped, a ledger that was set back."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, literal, select

from scheduler.ledger.agenda.gaps import Gap
from scheduler.ledger.tables import DELIVERY, META

_GET = select(META.c.value).where(META.c.key == bindparam("wanted"))
RESTORED = "restored"
_EARLIER = ("", "", "", "copy")
"""What earlier releases did not write: when the folder was read since, and how the ledger came to be set back."""
JUMP = "clock_jump"
AHEAD = "clock_ahead:"
"""Before the name of a machine: how far its clock is ahead of what is believed, and by which clock that is counted; empty once believed."""
_SPENT, _LOOKS = "spent:", "looks"
SPENT = select(META.c.value).where(META.c.key == literal(_SPENT) + DELIVERY.c.account).correlate(DELIVERY).scalar_subquery()
"""The column that says until when a delivery's account must send nothing."""
WORKERS = "fleet_workers"
"""How many workers the daemon of a fleet sees; nothing where it is not told."""
TROUBLE = "trouble"
"""What keeps the daemon from its work: since when (RFC 3339), the sentence and the next step; empty where nothing does."""
OFFERED_SINCE = "offered_since"
"""The keys of what the ledger of before had offered for networks to fetch, and this one, made of a copy, knows nothing of."""
MOVING = "moving"
"""When the next deliveries get another time (RFC 3339), and how many; empty where none is about to."""


LONGEST_REST = timedelta(hours=48)
"""Nothing that a network says keeps an account waiting for longer."""


def spent(connection: Connection, account: str, now: datetime, rest: timedelta, *, looks: bool = False) -> None:
    """Writes for how long an account must send nothing from now on, since its network's budget for it is used up.

    With ``looks`` the network asked that of looks at what became of a post, too.
    """
    put(connection, f"{_SPENT}{account}", [(now + rest).isoformat(), now.isoformat(), *([_LOOKS] if looks else [])])


def spent_until(connection: Connection, account: str, told: str | None, now: datetime) -> datetime:
    """Returns until when an account must send nothing, by what :func:`spent` wrote, as the column :data:`SPENT` tells it.

    What a clock wrote that was ahead is counted from now on, so that no wait is longer than the network said.
    """
    if told is None:
        return now
    until, since, looks = _rest(told)
    if since <= now:
        return until
    spent(connection, account, now, until - since, looks=looks)
    return now + (until - since)


def no_look_before(told: str | None, now: datetime) -> datetime | None:
    """Returns until when an account's network must not be asked what became of a post, by the column :data:`SPENT`; None where it may be.

    What a clock wrote that was ahead holds nothing up.
    """
    if told is None:
        return None
    until, since, looks = _rest(told)
    return until if looks and since <= now < until else None


def rests_of_looks(connection: Connection) -> Mapping[str, datetime]:
    """Returns by account until when its network asked not to be asked what became of posts, whether that is over or not."""
    told = connection.execute(select(META.c.key, META.c.value).where(META.c.key.startswith(_SPENT)))
    found = {key.removeprefix(_SPENT): _rest(value) for key, value in told}
    return {account: until for account, (until, _, looks) in found.items() if looks}


def _rest(told: str) -> tuple[datetime, datetime, bool]:
    """Returns until when an account rests, since when, and whether looks rest, too."""
    until, *written = json.loads(told)
    end = datetime.fromisoformat(until)
    return end, datetime.fromisoformat(written[0]) if written else end - LONGEST_REST, _LOOKS in written


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
    """Returns the time this ledger knows nothing of, where it was set back."""
    found = get(connection, RESTORED)
    if found is None:
        return None
    copied_at, restored_at, read_at, cause = (*found, *_EARLIER[len(found) :])
    return Gap(datetime.fromisoformat(copied_at), datetime.fromisoformat(restored_at), is_first=not read_at, cause=cause)


def put_gap(connection: Connection, gap: Gap, now: datetime) -> None:
    """Writes which time this ledger knows nothing of."""
    read_at = "" if gap.is_first else now.isoformat()
    put(connection, RESTORED, [gap.copied_at.isoformat(), gap.restored_at.isoformat(), read_at, gap.cause])


def folder_was_read(connection: Connection, gap: Gap, now: datetime) -> None:
    """Writes that the folder was read since the ledger was set back: what is written from now on is new."""
    put_gap(connection, replace(gap, is_first=False), now)
