"""The driver of the dispatcher port that hands deliveries to workers."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from scheduler.clock import Clock
from scheduler.daemon.fleet.jobs import STALLED_SECONDS, build_app, delivery_job, install
from scheduler.daemon.report import TickReport
from scheduler.ledger import Ledger, LedgerBusyError, LedgerError
from scheduler.ledger.history import Waiting
from scheduler.ledger.remembering import WORKERS

if TYPE_CHECKING:
    from scheduler.daemon.engine import Engine

LOG = logging.getLogger(__name__)

AHEAD = timedelta(seconds=5)
"""How long before they are due deliveries are handed out. Procrastinate keeps the order of an account's jobs, so a job for
later holds back one that comes after it and is due sooner: never longer than this."""

AGAIN_SECONDS = 30.0
"""After that long a delivery that still waits is handed out again; while its job waits too, that changes nothing."""

COUNT_SECONDS = 5.0
"""How often the workers are counted while something waits for them."""

_BATCH = 500
_LOOK = timedelta(seconds=1)
_ALIVE = "SELECT count(*) AS number FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %(seconds)s)"
_NOBODY = "nobody takes what is handed out: no worker runs; start one with  scheduler worker  on any machine that uses this database"


class Fleet:
    """Hands the ids of due deliveries to Procrastinate, from the one process that leads."""

    def __init__(self, app: App, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._handed: dict[str, tuple[datetime, float]] = {}
        self._counted: tuple[int, float] | None = None

    def dispatch(self, engine: "Engine", *, fresh: bool) -> TickReport:
        """Hands out what is due or nearly so and was not handed out before.

        Raises:
            SchedulerError: the folder cannot be read or the database not used.
        """
        if not engine.leads:
            self._handed.clear()
            return TickReport()
        new = self._new(engine)
        if new and fresh:
            engine.refresh()
            new = self._new(engine)
        try:
            for batch in _batches(new):
                self._hand_out(batch)
            self._count_workers(engine.ledger)
        except ConnectorException as error:
            raise LedgerBusyError(
                f"The database of the fleet does not answer: {error.__cause__}.", "See that it runs and can be reached."
            ) from error
        return TickReport(next_due=self._clock.now() + _LOOK if self._handed else None)

    def _count_workers(self, ledger: Ledger) -> None:
        """Writes down how many workers there are, and says it where there is none and something waits."""
        now = self._clock.monotonic()
        if self._counted is not None and now - self._counted[1] < COUNT_SECONDS:
            return
        before = self._counted[0] if self._counted else None
        number = int(self._app.connector.get_sync_connector().execute_query_one(_ALIVE, seconds=STALLED_SECONDS)["number"])
        self._counted = (number, now)
        if number != before:
            ledger.put(WORKERS, [str(number)])
            if number == 0:
                LOG.warning(_NOBODY)
            elif before == 0:
                LOG.info("workers have come: %d", number)

    def _new(self, engine: "Engine") -> list[Waiting]:
        waiting = engine.ledger.waiting(self._clock.now() + AHEAD)
        here = {item.delivery for item in waiting}
        self._handed = {delivery: when for delivery, when in self._handed.items() if delivery in here}
        limit = self._clock.monotonic() - AGAIN_SECONDS
        return [item for item in waiting if not self._was_handed(item, limit)]

    def _was_handed(self, item: Waiting, limit: float) -> bool:
        at, when = self._handed.get(item.delivery, (None, 0.0))
        return at == item.next_at and when > limit

    def _hand_out(self, batch: Sequence[Waiting]) -> None:
        jobs = [delivery_job(item.delivery, item.account, item.next_at) for item in batch]
        try:
            self._app.job_manager.batch_defer_jobs(jobs)
        except AlreadyEnqueued:
            # One of them still waits in the queue, and the whole batch was turned back.
            if len(batch) > 1:
                middle = len(batch) // 2
                self._hand_out(batch[:middle])
                self._hand_out(batch[middle:])
                return
        now = self._clock.monotonic()
        self._handed.update({item.delivery: (item.next_at, now) for item in batch})
        LOG.debug("handed out %d deliveries", len(batch))


def _batches(waiting: Sequence[Waiting]) -> Iterator[Sequence[Waiting]]:
    for start in range(0, len(waiting), _BATCH):
        yield waiting[start : start + _BATCH]


@contextmanager
def handing_out(ledger: Ledger, clock: Clock) -> Iterator[Fleet]:
    """Gives the driver for a shared ledger; Procrastinate's tables are made first where they are missing.

    Raises:
        LedgerError: the database does not answer or refuses.
    """
    connector = SyncPsycopgConnector(conninfo=ledger.dsn, min_size=1, max_size=2)
    app = build_app(connector, _carries_nothing)
    with app.open():
        install(connector)
        try:
            yield Fleet(app, clock)
        finally:
            with suppress(LedgerError):
                ledger.put(WORKERS, [])


def _carries_nothing(delivery: str) -> None:
    raise AssertionError(f"the process that hands out {delivery} does not carry it")
