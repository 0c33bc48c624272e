"""The time that the engine acts on: the wall clock, unless it jumped and nobody knows yet whether it is right."""

import logging
import threading
from datetime import datetime, timedelta

from scheduler.clock import Clock
from scheduler.ledger import Ledger, LedgerError
from scheduler.ledger.remembering import AHEAD, JUMP

LOG = logging.getLogger(__name__)

FORWARD = timedelta(minutes=5)
BACKWARD = timedelta(seconds=30)
CONFIRMED_AFTER = 120.0
"""The seconds that a clock must run in step after a jump before what fell due by the jump alone is taken for due."""


class Timekeeper:
    """Compares the wall clock with the monotonic one; threads may share it.

    After a jump forward the time goes on from where it was, so that nothing falls due by the jump alone, until the
    clock is set back or has run in step for two minutes. A jump back only holds things up, which needs no guard.
    ``owner`` begins with the names of the machine and of its last start, between slashes: a clock that is not believed
    yet is not believed by the next process of this machine either, which goes on counting where the last one ended.
    """

    def __init__(self, clock: Clock, ledger: Ledger, owner: str = "") -> None:
        self._clock = clock
        self._ledger = ledger
        machine, _, rest = owner.partition("/")
        self._key = f"{AHEAD}{machine if rest else ''}"
        self._boot = rest.partition("/")[0]
        self._lock = threading.Lock()
        self._seen: tuple[datetime, float] | None = None
        self._behind = timedelta(0)
        self._since = 0.0

    def now(self) -> datetime:
        """Returns the time to act on, aware UTC.

        Raises:
            LedgerError: the ledger cannot tell whether the clock was believed when the last process ended.
        """
        with self._lock:
            wall, monotonic = self._clock.now(), self._clock.monotonic()
            self._seen = self._seen or self._left(wall, monotonic)
            expected = self._seen[0] + timedelta(seconds=monotonic - self._seen[1])
            self._compare(wall, expected, monotonic)
            self._seen = (wall, monotonic)
            return wall - self._behind

    def _left(self, wall: datetime, monotonic: float) -> tuple[datetime, float]:
        """Returns the two clocks at the jump that the last process of this machine was not sure of, else as they are."""
        told = self._ledger.get(self._key)
        if not told:
            return wall, monotonic
        jumped, behind = datetime.fromisoformat(told[0]), timedelta(seconds=float(told[1]))
        if told[3] == self._boot and float(told[2]) <= monotonic:
            self._behind, self._since = behind, float(told[2])
            return jumped, self._since
        # The machine was started anew, so nothing tells how long it was off: it counts as no time at all.
        self._behind, self._since = max(timedelta(0), behind - max(timedelta(0), jumped - wall)), monotonic
        self._keep(wall)
        return wall, monotonic

    def _compare(self, wall: datetime, expected: datetime, monotonic: float) -> None:
        off = wall - expected
        if -BACKWARD <= off <= FORWARD:
            if self._behind and monotonic - self._since >= CONFIRMED_AFTER:
                LOG.warning("the clock has run in step for two minutes and is believed again")
                self._behind = timedelta(0)
                self._keep(wall)
            return
        self._behind = max(timedelta(0), self._behind + off)
        self._since = monotonic
        self._keep(wall)
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
            if wall < expected:
                self._ledger.clock_went_back(wall, expected - wall)
        except LedgerError as error:
            LOG.warning("%s", error.message)

    def _keep(self, wall: datetime) -> None:
        """Writes down for the next process how far the clock is ahead of what is believed, and since when."""
        behind = [wall.isoformat(), repr(self._behind.total_seconds()), repr(self._since), self._boot]
        try:
            self._ledger.put(self._key, behind if self._behind else [])
        except LedgerError as error:
            LOG.warning("%s", error.message)
