"""The daemon's loop: it wakes at the next due time, after a change, and every 15 seconds in any case."""

import logging
import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from scheduler.clock import Clock
from scheduler.daemon.alarm import Alarm
from scheduler.daemon.dispatching import Dispatcher
from scheduler.daemon.engine import Engine
from scheduler.daemon.following import BeingSaved
from scheduler.daemon.housekeeping import Chore, do, kept
from scheduler.daemon.instance import Holder
from scheduler.daemon.report import TickReport
from scheduler.daemon.seats import seat_for
from scheduler.daemon.signals import on_end
from scheduler.daemon.watching import Watcher
from scheduler.ledger import LedgerError
from scheduler.ledger.remembering import TROUBLE
from scheduler.model.delivery import State
from scheduler.model.errors import SchedulerError

LOG = logging.getLogger(__name__)

SHORTEST_SLEEP = 0.5
UNSETTLED_SLEEP = 1.0
RESCAN_SECONDS = 30.0
AHEAD_SECONDS = 1.5
"""How long before something is due the folder is read, so that it goes out on the dot and not when reading ends."""
FRESH_SECONDS = 2.0
"""What was read so lately is what the folder says, unless a change was heard of since; a file is taken over no sooner than that."""


class Daemon:
    """Runs an engine until it is told to stop.

    ``state`` is the project's ``.scheduler`` folder, ``watched`` the files and folders whose changes matter. ``holder`` names
    this run; it must be the one whose ``owner`` the engine claims under.
    """

    def __init__(
        self, engine: Engine, clock: Clock, state: Path, watched: Sequence[Path], holder: Holder, dispatcher: Dispatcher | None = None
    ) -> None:
        self._engine = engine
        self._seat = seat_for(engine.ledger, state, clock, holder)
        engine.join(self._seat, dispatcher)
        self._clock = clock
        self._watched = watched
        self._holder = holder
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._changed = threading.Event()
        self._chores = threading.Event()
        self._scanned: float | None = None
        self._due: datetime | None = None
        self._unsettled = False
        self._moves_at: datetime | None = None
        self._leads = False
        self._said: str | None = None

    def stop(self) -> None:
        """Ends the loop after what is being sent; may be called from any thread, any number of times."""
        self._stop.set()
        self._engine.stop()
        self._wake.set()

    def run(self, chore: Chore | None = None) -> int:
        """Serves the folder until SIGTERM, SIGINT or :meth:`stop`, and does the chore every hour; returns the exit code 0.

        Raises:
            AlreadyRunningError: another process serves this folder.
            SchedulerError: the ledger cannot be used at the start.
        """
        with self._seat.taken(), on_end(self.stop), self._waking() as alarm, kept(chore, self._clock, lambda: self._leads, self._chores):
            self._elect()
            self._engine.recover(alone=not self._engine.ledger.is_shared)
            LOG.info("running as process %d; stop with Ctrl-C", self._holder.pid)
            while not self._stop.is_set():
                report = self._cycle()
                alarm.arm(report.next_due)
                self._clock.wait(self._wake, self._pause(report))
                self._wake.clear()
            LOG.info("stopped")
        return 0

    def run_once(self, chore: Chore | None = None) -> TickReport:
        """Recovers, sends what is due now, settles it, does the chore and returns what was done.

        Raises:
            AlreadyRunningError: another process serves this folder.
            SchedulerError: the folder or the ledger cannot be used.
        """
        with self._seat.taken(), on_end(self.stop):
            self._elect()
            recovered = self._engine.recover(alone=not self._engine.ledger.is_shared)
            self._engine.refresh()
            self._beat()
            report = self._engine.tick(fresh=False)
            if report.trouble is not None:
                raise report.trouble
            self._engine.keep_up()  # who changed the configuration meanwhile is told that what was left was not sent by it
            if self._leads:
                do(chore)
            return TickReport((*recovered, *report.done), report.next_due)

    @contextmanager
    def _waking(self) -> Iterator[Alarm]:
        alarm = Alarm(self._wake)
        watcher = Watcher(self._watched, self._changed, self._wake)
        alarm.start()
        watcher.start()
        try:
            yield alarm
        finally:
            watcher.stop()
            alarm.stop()

    def _elect(self) -> None:
        """Tries to lead where nobody does; a new leader reads the folder at once."""
        led, self._leads = self._leads, self._engine.elect()
        if self._leads and not led:
            self._changed.set()
            if self._engine.ledger.is_shared:
                LOG.info("this process looks after the folder now")

    def _cycle(self) -> TickReport:
        self._elect()
        try:
            self._look()
            self._beat()
        except SchedulerError as error:
            self._say(error)
            return TickReport(trouble=error)
        report = self._engine.tick(fresh=self._changed.is_set() or self._age() > FRESH_SECONDS)
        self._due = report.next_due
        if report.count(State.REFUSED):
            self._chores.set()  # its network is asked what it takes by now
        if report.trouble is None:
            self._be_well()
            self._back_up()
        else:
            self._say(report.trouble)
        return report

    def _back_up(self) -> None:
        """Copies the ledger once a day, as long as nothing else is to be done."""
        if not self._leads:
            return
        try:
            copy = self._engine.ledger.back_up(self._clock.now(), daily=True)
        except SchedulerError as error:
            self._say(error)
            return
        if copy is not None:
            LOG.info("copied the ledger to %s and verified the copy", copy)

    def _look(self) -> None:
        """Reads the folder where something changed, is being written, will be due soon or move, or was not looked at for a while."""
        if self._engine.keep_up():
            self._changed.set()
            self._chores.set()
        enough = FRESH_SECONDS if self._is_due_soon() else RESCAN_SECONDS
        if not (self._changed.is_set() or self._unsettled or self._age() >= enough or self._is_time_to_move()):
            return
        self._changed.clear()
        try:
            agenda = self._engine.refresh()
        except SchedulerError:
            self._changed.set()
            raise
        self._unsettled, self._moves_at = bool(agenda.unsettled), agenda.moves_at
        self._scanned = self._clock.monotonic()

    def _age(self) -> float:
        """Returns the seconds since the folder was read."""
        return math.inf if self._scanned is None else self._clock.monotonic() - self._scanned

    def _is_due_soon(self) -> bool:
        return self._due is not None and 0 < _seconds(self._due, self._clock.now()) <= AHEAD_SECONDS

    def _is_time_to_move(self) -> bool:
        return self._moves_at is not None and self._moves_at <= self._clock.now()

    def _beat(self) -> None:
        self._engine.ledger.beat(self._holder.alive_at(self._clock.now()))

    def _say(self, error: SchedulerError) -> None:
        """Logs trouble once, not every 15 seconds, and tells ``status`` of it; that a person saves a file is none."""
        if isinstance(error, BeingSaved):
            return
        if error.message == self._said:
            return
        self._said = error.message
        LOG.error("%s %s Nothing is sent until then; the scheduler tries again by itself.", error.message, error.hint)
        self._note([self._clock.now().isoformat(), error.message, error.hint])

    def _be_well(self) -> None:
        """Takes back the trouble that was told, by this run or by one before."""
        if self._said != "" and self._note([]):
            self._said = ""

    def _note(self, trouble: list[str]) -> bool:
        try:
            self._engine.ledger.put(TROUBLE, trouble)
        except LedgerError as error:
            # It is the ledger itself that is in trouble, as the log says.
            LOG.debug("%s", error.message)
            return False
        return True

    def _pause(self, report: TickReport) -> float:
        """Returns the seconds to wait, by the monotonic clock; the shortest keeps blocked deliveries from spinning."""
        if isinstance(report.trouble, BeingSaved):
            return SHORTEST_SLEEP
        if report.trouble is not None:
            return self._seat.patience / 3
        longest = UNSETTLED_SLEEP if self._unsettled else self._seat.patience
        if self._moves_at is not None:
            longest = max(SHORTEST_SLEEP, min(longest, _seconds(self._moves_at, self._clock.now())))
        if report.next_due is None:
            return longest
        until = _seconds(report.next_due, self._clock.now())
        return max(SHORTEST_SLEEP, min(longest, until - AHEAD_SECONDS if until > AHEAD_SECONDS else until))


def _seconds(at: datetime, now: datetime) -> float:
    return (at - now).total_seconds()
