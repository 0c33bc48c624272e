"""Wall-clock times and the instants they name, on both sides of a clock change."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scheduler.model.delivery import Moment


@dataclass(frozen=True, slots=True)
class Gap:
    """Is a wall-clock time that does not exist, because clocks jump over it; ``earlier`` and ``later`` are the neighbours that do."""

    earlier: datetime
    later: datetime


def resolve(local: datetime, zone: str) -> Moment | Gap:
    """Returns the instant that a wall-clock time names in an IANA zone.

    Where clocks go back and the time happens twice, ``local.fold`` chooses: 0 the first, 1 the second. ``local`` is naive.
    """
    info = ZoneInfo(zone)
    utc = local.replace(tzinfo=info).astimezone(UTC)
    back = utc.astimezone(info)
    if back.replace(tzinfo=None) != local.replace(fold=0):
        # zoneinfo reads a skipped time with the offset before the jump (fold 0) or after it (fold 1): the two neighbours.
        later = back.replace(tzinfo=None)
        earlier = local.replace(tzinfo=info, fold=1).astimezone(UTC).astimezone(info).replace(tzinfo=None)
        return Gap(min(earlier, later), max(earlier, later))
    return Moment(back, zone, utc)


def at_instant(utc: datetime, zone: str) -> Moment:
    """Returns the moment of an instant, shown in the zone; ``utc`` is aware."""
    return Moment(utc.astimezone(ZoneInfo(zone)), zone, utc.astimezone(UTC))


def happens_twice(moment: Moment) -> bool:
    """Tells whether the wall-clock time of the moment names two instants, because clocks go back."""
    first, second = (moment.local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first != second
