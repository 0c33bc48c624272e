"""The only reader of the time; everything else is handed a clock."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time: ``now`` is aware UTC, ``monotonic`` counts seconds and never goes back."""

    def now(self) -> datetime:
        """Returns the current instant, aware UTC."""
        ...

    def monotonic(self) -> float:
        """Returns seconds since an arbitrary start, unmoved by changes of the wall clock."""
        ...

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Waits until ``stop`` is set or the seconds have passed; returns whether it was set."""
        ...


class SystemClock:
    """Is the machine's own clock."""

    def now(self) -> datetime:
        """Returns the current instant, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Returns seconds since an arbitrary start."""
        return time.monotonic()

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Waits until ``stop`` is set or the seconds have passed."""
        return stop.wait(seconds)


class VirtualClock:
    """Is a clock that moves only when told to; waiting on it moves it at once. It is what ``rehearse`` runs on."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Returns the virtual instant, aware UTC."""
        return self._now

    def monotonic(self) -> float:
        """Returns the virtual seconds that have passed."""
        return self._monotonic

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Moves on by the seconds without waiting."""
        self.advance(timedelta(seconds=max(seconds, 0.0)))
        return stop.is_set()

    def advance(self, step: timedelta) -> None:
        """Moves both counts forward."""
        self._now += step
        self._monotonic += step.total_seconds()

    def advance_to(self, instant: datetime) -> None:
        """Moves forward to the instant; an instant in the past changes nothing."""
        if instant > self._now:
            self.advance(instant - self._now)

    def jump(self, step: timedelta) -> None:
        """Moves the wall clock alone, as a person or a time server would."""
        self._now += step
