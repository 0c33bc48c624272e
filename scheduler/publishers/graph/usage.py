"""How much of its calls Meta counts as used: what its headers say, and how long to wait before there are none left.

Source: "Rate Limits" of the Graph API: ``X-App-Usage``, ``X-Page-Usage`` and, by business, ``X-Business-Use-Case-Usage`` hold JSON with
``call_count``, ``total_time`` and ``total_cputime`` in percent; ``estimated_time_to_regain_access`` is in minutes.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from scheduler.clock import Clock
from scheduler.publishers.fields import lasting, number, tables, words

FULL = 90
"""Is the percentage from which posts wait, so that the last calls are left for those that are on their way."""

_HEADERS, _BY_BUSINESS = ("x-app-usage", "x-page-usage"), "x-business-use-case-usage"
_COUNTS = ("call_count", "total_time", "total_cputime")
_OF_OTHERS = ("ads", "custom_audience", "leadgen", "messenger", "whatsapp")
_LONGEST_HEADER = 20_000
_PAUSE, _THEN = timedelta(minutes=5), timedelta(minutes=10)
_LONGEST = timedelta(hours=24)
_USED_UP, _MOST = 100, 999


class Usage:
    """Is what was heard last; threads may share it. A header that is none is passed over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._percent: int | None = None
        self._until = 0.0
        self._next_pause = 0.0

    @property
    def percent(self) -> int | None:
        """Returns how much was used at the last answer; None where no answer has said it."""
        return self._percent

    def hear(self, headers: Mapping[str, str]) -> None:
        """Takes what an answer says; names of headers are in small letters."""
        found = list(_said(headers))
        if not found:
            return
        percent, regained = max(each for each, _ in found), max(wait for _, wait in found)
        with self._lock:
            self._percent = percent
            now = self._clock.monotonic()
            if regained or percent >= _USED_UP:
                self._until = max(self._until, now + (regained or _PAUSE).total_seconds())
            elif percent >= FULL and now >= self._next_pause:
                # One pause, then a while without: an app that others keep busy is slowed down and not stopped.
                self._until = now + _PAUSE.total_seconds()
                self._next_pause = self._until + _THEN.total_seconds()

    def rest(self) -> timedelta | None:
        """Returns how long posts should wait; None where they need not."""
        with self._lock:
            left = self._until - self._clock.monotonic()
        return timedelta(seconds=left) if left > 0 else None


def _said(headers: Mapping[str, str]) -> Iterator[tuple[int, timedelta]]:
    """Yields percentages with the time until the access comes back."""
    for name in _HEADERS:
        yield from _counted(_table(headers.get(name, "")))
    for rows in _table(headers.get(_BY_BUSINESS, "")).values():
        for row in tables(rows):
            if not words(row, "type").startswith(_OF_OTHERS):
                yield from _counted(row)


def _counted(row: Mapping[str, Any]) -> Iterator[tuple[int, timedelta]]:
    counts = [value for name in _COUNTS if (value := number(row, name)) is not None and value >= 0]
    wait = lasting(60 * (number(row, "estimated_time_to_regain_access") or 0))
    if counts:
        yield min(max(counts), _MOST), min(wait or timedelta(0), _LONGEST)


def _table(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text) if text and len(text) <= _LONGEST_HEADER else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
