"""The engine: one tick looks what is due and sends it, and may be run at any time, any number of times."""

import logging
import random
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from scheduler.clock import Clock
from scheduler.daemon.ahead import Ahead
from scheduler.daemon.delivering import Courier, Unsaved
from scheduler.daemon.dispatching import Dispatcher, Embedded
from scheduler.daemon.doubting import Doubting
from scheduler.daemon.following import Follows, Outfit, Unchanging
from scheduler.daemon.lookback import Lookback
from scheduler.daemon.looking import MakeAgenda, Outlook
from scheduler.daemon.report import Done, Settings, TickReport
from scheduler.daemon.seats import Alone, Seat
from scheduler.daemon.timekeeping import Timekeeper
from scheduler.ledger import Ledger
from scheduler.model.delivery import State
from scheduler.model.errors import SchedulerError
from scheduler.model.plan import Agenda, Entry
from scheduler.publishers.contract import Publisher
from scheduler.publishers.rehearsal import Rehearsal

LOG = logging.getLogger(__name__)

_UNFINISHED = frozenset({State.CLAIMED, State.SENDING, State.UNCERTAIN})
EARLY_SECONDS = 6.0
"""How long before its time a delivery may be handed over, the difference between two machines' clocks included."""


class Engine:
    """Turns agendas into deliveries. Threads may call it; ticks do not overlap."""

    def __init__(self, ledger: Ledger, clock: Clock, publishers: Mapping[str, Publisher], agenda: MakeAgenda, settings: Settings) -> None:
        self.ledger = ledger
        self.clock = clock
        self.time = Timekeeper(clock, ledger, settings.owner)
        self._unsaved = Unsaved(ledger)
        self._lookback = Lookback(ledger, clock)
        self._follows: Follows = Unchanging()
        self._fitting = threading.Lock()
        self._wear(Outfit(publishers, agenda, settings))
        self._seat: Seat = Alone()
        self._alone = False
        self._leads = True
        self._dispatcher: Dispatcher = Embedded()
        self._ticking = threading.Lock()
        self._reading = threading.Lock()
        self._stopping = threading.Event()

    def _wear(self, outfit: Outfit) -> None:
        """Works by other settings from now on; what is waiting to be written stays."""
        ledger, clock, settings, publishers = self.ledger, self.clock, outfit.settings, outfit.publishers
        self._outfit = outfit
        self._publishers = publishers
        self._settings = settings
        self._outlook = Outlook(ledger, clock, outfit.agenda, settings.policy)
        is_current = partial(self._is_worn, outfit)
        self._courier = Courier(ledger, clock, settings, publishers, self._unsaved, self._lookback, is_current)
        self._ahead = Ahead(ledger, clock, settings, publishers, self._courier)
        self._doubts = Doubting(ledger, clock, settings, publishers, self._courier, self._ahead)

    def _is_worn(self, outfit: Outfit) -> bool:
        return self._outfit is outfit and self._follows.holds()

    def follow(self, follows: Follows) -> None:
        """Keeps up with a configuration that may change; to be called before anything is done."""
        self._follows = follows

    def keep_up(self) -> bool:
        """Takes over what the configuration says now; returns whether that is something else.

        Raises:
            SchedulerError: it is being saved, or broken, or cannot be worked by; nothing may be sent.
        """
        with self._fitting:
            outfit = self._follows.look()
            if outfit is not None:
                self._wear(outfit)
            return outfit is not None

    @property
    def owner(self) -> str:
        """Returns the name under which this engine claims."""
        return self._settings.owner

    def join(self, seat: Seat, dispatcher: Dispatcher | None = None) -> None:
        """Takes a place beside other processes, and perhaps another way for deliveries to travel; it does not lead until elected."""
        self._seat = seat
        self._leads = False
        self._dispatcher = dispatcher or self._dispatcher

    @property
    def leads(self) -> bool:
        """Tells whether this engine leads, as of the last :meth:`elect`."""
        return self._leads

    def elect(self) -> bool:
        """Returns whether this engine leads: whether the ledger follows its folder, and doubts are looked after here."""
        self._leads = self._seat.leads()
        return self._leads

    def stop(self) -> None:
        """Makes a running tick end after the deliveries that are being sent."""
        self._stopping.set()

    def recover(self, *, alone: bool = False) -> tuple[Done, ...]:
        """Takes up what a crash left: results put aside, claims of dead processes, deliveries in doubt.

        ``alone`` says that no other process uses this ledger, so that every claim of another name is dead.

        Raises:
            LedgerError: the ledger cannot be written.
        """
        self.ledger.reserve()
        self._look_back()
        self.ledger.replay()
        now = self.clock.now()
        self.ledger.clock_went_back(now)
        self._alone = alone
        self._ahead.recover(now)
        touched = self.ledger.recover(now, self._is_dead)
        if touched:
            LOG.warning("the last run ended in the middle of %d deliveries; they are being taken up", len(touched))
        return self._doubts.look_after(self.ledger.doubts(now, early=True))

    def _look_back(self) -> None:
        """Begins anew where the ledger was set back since it was used last from here."""
        if self._lookback.is_set_back():
            self._outlook.forget()
            self._ahead.recover(self.clock.now())

    def _is_dead(self, owner: str) -> bool:
        return owner != self.owner and (self._alone or self._seat.is_dead(owner))

    def refresh(self) -> Agenda:
        """Reads the folder and, where this engine leads, makes the ledger follow it.

        Raises:
            SchedulerError: the folder cannot be read, or the ledger not written; then nothing changed.
        """
        self._look_back()
        self.keep_up()
        agenda = self._outlook.look(self.time.now(), leads=self._leads)
        self._ahead.follow(agenda)
        return agenda

    def tick(self, *, fresh: bool = True) -> TickReport:
        """Sends what is due and settles it; trouble is reported, not raised.

        With ``fresh`` the folder is read again before anything is sent, so that the last edit wins.
        """
        with self._ticking:
            done: list[Done] = []
            try:
                next_due = self._work(done, fresh=fresh)
                return TickReport(tuple(done), next_due)
            except SchedulerError as error:
                return TickReport(tuple(done), None, error)

    def _work(self, done: list[Done], *, fresh: bool) -> datetime | None:
        self._look_back()
        done.extend(self._unsaved.save())
        self.keep_up()
        if self._leads:
            self._keep_house(done)
        report = self._dispatcher.dispatch(self, fresh=fresh)
        done.extend(report.done)
        if report.trouble is not None:
            raise report.trouble
        next_due = report.next_due or self.ledger.next_due()
        if self._leads:
            done.extend(self._ahead.work(self.time.now(), next_due))
        self._lookback.keep()
        return next_due

    def _keep_house(self, done: list[Done]) -> None:
        if self.ledger.is_shared:
            self.ledger.replay()  # another process of this folder may have ended with results that it could not write
        now = self.time.now()
        swept = self.ledger.sweep(now, self._is_dead)
        done.extend(Done(delivery, State.MISSED) for delivery in swept.missed)
        done.extend(self._doubts.look_after(swept.doubts))

    def send_due(self, *, fresh: bool) -> TickReport:
        """Sends what is due from this process; with ``fresh`` the folder is read first.

        Raises:
            SchedulerError: the folder cannot be read or the ledger not used.
        """
        if (fresh or not self._outlook.has_looked) and self.ledger.due(self.time.now(), limit=1):
            self.refresh()
        ready = self._outlook.ready
        queues: dict[str, list[Entry]] = {}
        for delivery in self.ledger.due(self.time.now()):
            if delivery in ready:
                entry = ready[delivery]
                queues.setdefault(entry.delivery.account.name, []).append(entry)
        if queues:
            self.ledger.reserve()
        found = list(queues.values())
        if self.ledger.is_shared:
            # Processes that wake at the same moment begin with different accounts, instead of queueing up for the same one.
            random.shuffle(found)
        reports = list(self._in_parallel(found))
        trouble = next((report.trouble for report in reports if report.trouble is not None), None)
        return TickReport(tuple(done for report in reports for done in report.done), None, trouble)

    def deliver(self, delivery: str) -> Done | None:
        """Sends one delivery by its id, after a look at what an earlier try left; None where it is not to be sent from here now.

        Any number of threads and processes may call it, with any id and any number of times.

        Raises:
            SchedulerError: the folder cannot be read or the ledger not used.
        """
        self._look_back()
        self._unsaved.save()
        self.keep_up()
        standing = self.ledger.standing(delivery)
        if standing is not None and standing.state in _UNFINISHED:
            self._take_up(delivery)
            standing = self.ledger.standing(delivery)
        if standing is None or standing.state is not State.QUEUED or not self._is_time(standing.next_at):
            return None
        entry = self._freshly_read(delivery, standing.draft)
        if entry is None or entry.delivery.due.utc != standing.due:
            LOG.info("%s: the folder here does not say what the ledger has; left to others", delivery)
            return None
        self.ledger.reserve()
        report = self._send_queue([entry])
        if report.trouble is not None:
            raise report.trouble
        return report.done[0] if report.done else None

    def _is_time(self, next_at: datetime) -> bool:
        """Tells whether a delivery may go; where it was handed over a little early, waits until it may."""
        early = (next_at - self.clock.now()).total_seconds()
        if 0 < early <= EARLY_SECONDS:
            self.clock.wait(self._stopping, early)
        return not self._stopping.is_set() and early <= EARLY_SECONDS

    def _take_up(self, delivery: str) -> None:
        """Ends the doubt about one delivery, where the process that had it is dead and its time to be looked at has come."""
        self.ledger.recover(self.clock.now(), self._seat.is_dead)
        self._doubts.look_after(doubt for doubt in self.ledger.doubts(self.clock.now()) if doubt.delivery == delivery)

    def _freshly_read(self, delivery: str, draft: str) -> Entry | None:
        """Returns the entry with the content that was recorded last, reading the folder where the last look at it is old."""
        with self._reading:
            if self._outlook.is_old() or self._outlook.asked(delivery, draft) is None:
                self.refresh()
            return self._outlook.asked(delivery, draft)

    def _in_parallel(self, queues: Iterable[list[Entry]]) -> Iterable[TickReport]:
        """Returns one report for each account; deliveries of one account go out one after the other."""
        found = list(queues)
        if self._settings.workers == 1 or len(found) < 2:  # noqa: PLR2004 - one account needs no pool
            return [self._send_queue(queue) for queue in found]
        with ThreadPoolExecutor(self._settings.workers, thread_name_prefix="account") as pool:
            return list(pool.map(self._send_queue, found))

    def _send_queue(self, queue: list[Entry]) -> TickReport:
        done: list[Done] = []
        courier = self._courier
        try:
            for entry, answer in courier.deliver(self._while_all_is_well(queue, courier), self.time.now):
                done.append(answer)
                _tell(entry, answer, rehearsed=isinstance(self._publishers.get(entry.delivery.account.name), Rehearsal))
        except SchedulerError as error:
            return TickReport(tuple(done), None, error)
        return TickReport(tuple(done))

    def _while_all_is_well(self, queue: Iterable[Entry], courier: Courier) -> Iterator[Entry]:
        """Yields what to send next, until this engine is stopped, a result could not be written or the configuration changed."""
        for entry in queue:
            if self._stopping.is_set() or self._unsaved:
                return
            if not courier.is_current():
                return
            yield entry


def _tell(entry: Entry, answer: Done, *, rehearsed: bool) -> None:
    became = "rehearsed, nothing was sent" if rehearsed and answer.state is State.SENT else answer.state
    reason = f": {answer.reason}" if answer.reason else ""
    level = logging.INFO if answer.state is State.SENT and not answer.reason else logging.WARNING
    LOG.log(level, "%s on %s: %s%s", entry.delivery.post.id, entry.delivery.account.name, became, reason)
