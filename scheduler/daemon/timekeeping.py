"""The time that the engine acts on: the wall clock, unless it jumped and nobody knows yet whether it is right."""

import logging
import threading
from datetime import datetime, timedelta

from scheduler.clock import Clock
from scheduler.ledger import Ledger, LedgerError
from scheduler.ledger.remembering import JUMP

LOG = logging.getLogger(__name__)

FORWARD = timedelta(minutes=5)
BACKWARD = timedelta(seconds=30)
CONFIRMED_AFTER = 120.0
"""The seconds that a clock must run in step after a jump before what fell due by the jump alone is taken for due."""


class Timekeeper:
    """Compares the wall clock with the monotonic one; threads may share it.

    After a jump forward the time goes on from where it was, so that nothing falls due by the jump alone, until the
    clock is set back or has run in step for two minutes. A jump back only holds things up, which needs no guard.
    """

    def __init__(self, clock: Clock, ledger: Ledger) -> None:
        self._clock = clock
        self._ledger = ledger
        self._lock = threading.Lock()
        self._seen: tuple[datetime, float] | None = None
        self._behind = timedelta(0)
        self._since = 0.0

    def now(self) -> datetime:
        """Returns the time to act on, aware UTC."""
        with self._lock:
            wall, monotonic = self._clock.now(), self._clock.monotonic()
            if self._seen is not None:
                expected = self._seen[0] + timedelta(seconds=monotonic - self._seen[1])
                self._compare(wall, expected, monotonic)
            self._seen = (wall, monotonic)
            return wall - self._behind

    def _compare(self, wall: datetime, expected: datetime, monotonic: float) -> None:
        off = wall - expected
        if -BACKWARD <= off <= FORWARD:
            if self._behind and monotonic - self._since >= CONFIRMED_AFTER:
                LOG.warning("the clock has run in step for two minutes and is believed again")
                self._behind = timedelta(0)
            return
        self._behind = max(timedelta(0), self._behind + off)
        self._since = monotonic
        self._tell(expected, wall)

    def _tell(self, expected: datetime, wall: datetime) -> None:
        way = "forward" if wall > expected else "back"
        LOG.warning(
            "the clock of this machine jumped %s from %s to %s UTC; what falls due only by that waits until the clock is confirmed",
            way,
            f"{expected:%Y-%m-%d %H:%M:%S}",
            f"{wall:%Y-%m-%d %H:%M:%S}",
        )
        try:
            self._ledger.put(JUMP, [expected.isoformat(), wall.isoformat()])
        except LedgerError as error:
            LOG.warning("%s", error.message)
