"""Lengths of time as people write them: ``30m``, ``2s``, ``1h 30m``, ``2 days``."""

import re
from datetime import time, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DIGITS = 6  # of a number: more seconds than that are hours, and more of anything longer are years
_LONGEST = timedelta(days=3650)
_PIECE = re.compile(r"(\d+)\s*(weeks?|days?|hours?|minutes?|seconds?|min|[smhdw])\s*", re.IGNORECASE)


def duration(text: str) -> timedelta:
    """Returns the length of time; raises ValueError with a sentence where it is none."""
    rest, total = text.strip(), timedelta(0)
    if not rest:
        raise ValueError(_explain(text))
    while rest:
        match = _PIECE.match(rest)
        if match is None:
            raise ValueError(_explain(text))
        word = match[2].lower()
        unit = _UNITS.get(word) or (word if word.endswith("s") else word + "s")
        if len(match[1]) <= _DIGITS:
            total += timedelta(**{unit: int(match[1])})
        if len(match[1]) > _DIGITS or total > _LONGEST:
            raise ValueError(f"“{text}” is longer than anybody can wait")
        rest = rest[match.end() :]
    return total


def _explain(text: str) -> str:
    return f"“{text}” is not a length of time; write 30m, 2h or 45s"


def clock_range(text: str) -> tuple[time, time]:
    """Returns the two ends of ``22:00-07:00``; raises ValueError with a sentence where it is none."""
    match = re.fullmatch(r"\s*(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})\s*", text)
    if match is None:
        raise ValueError(f"“{text}” is not a stretch of the day; write 22:00-07:00")
    return clock_time(match[1]), clock_time(match[2])


def clock_time(text: str) -> time:
    """Returns the time of ``9:05`` or ``09:05``; raises ValueError with a sentence where it is none."""
    match = re.fullmatch(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*", text)
    if match is None:
        raise ValueError(f"“{text}” is not a time of day; write 09:30")
    return time(int(match[1]), int(match[2]))
