"""The moment that a plan is made for, which knows how long its answers stay true."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


class Present:
    """Is now, for planning: it can be compared with other times and tells the day, and nothing else.

    Each answer stays the same until a moment that follows from the question; :attr:`until` is the first of these. What was made by these
    answers alone is therefore made the same at every time from ``at`` until then. Times are aware UTC.
    """

    __slots__ = ("_at", "_until")

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._until = datetime.max.replace(tzinfo=UTC)

    @property
    def until(self) -> datetime:
        """Returns the first moment at which an answer given so far may be another one."""
        return self._until

    def __lt__(self, other: datetime) -> bool:
        """Tells whether now is before that time."""
        return not self >= other

    def __le__(self, other: datetime) -> bool:
        """Tells whether now is at that time or before it."""
        return not self > other

    def __ge__(self, other: datetime) -> bool:
        """Tells whether now is at that time or after it."""
        self._changes_at(other)
        return self._at >= other

    def __gt__(self, other: datetime) -> bool:
        """Tells whether now is after that time."""
        self._changes_at(other)
        return self._at > other

    def day(self, zone: str, ahead: timedelta = timedelta(0)) -> date:
        """Returns the day that it is in a zone, or will be in that long."""
        info = ZoneInfo(zone)
        day = (self._at + ahead).astimezone(info).date()
        # A zone may pass midnight twice, where clocks go back over it; the first time counts.
        midnight = datetime.combine(day + timedelta(days=1), time(), info)
        self._changes_at(min(midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1)) - ahead)
        return day

    def itself(self) -> datetime:
        """Returns the time itself; what is made with it holds at no other time."""
        self._until = self._at
        return self._at

    def _changes_at(self, other: datetime) -> None:
        if self._at <= other < self._until:
            self._until = other
