"""The worker's side: takes jobs, sends each delivery through the engine, and comes back when the database was away."""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from psycopg import Error
from psycopg_pool import PoolTimeout

from scheduler.clock import Clock
from scheduler.daemon.engine import Engine
from scheduler.daemon.fleet.jobs import DELIVERIES, HEARTBEAT_SECONDS, HOUSEKEEPING, STALLED_SECONDS, build_app, install
from scheduler.daemon.signals import on_end

LOG = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""How often the queue is asked by itself: jobs handed out ahead of time become due without a notice."""

_RETRY_SECONDS = 2.0


class Worker:
    """Carries deliveries, ``at_once`` of them side by side, until it is stopped."""

    def __init__(self, engine: Engine, clock: Clock, at_once: int) -> None:
        self._engine = engine
        self._clock = clock
        self._at_once = at_once
        self._stop = threading.Event()
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Ends the work after what is being sent; may be called from any thread, any number of times."""
        self._stop.set()
        self._engine.stop()
        with self._lock:
            if self._running is not None:
                loop, task = self._running
                loop.call_soon_threadsafe(task.cancel)

    def run(self) -> None:
        """Works until SIGTERM, SIGINT or :meth:`stop`.

        Raises:
            LedgerError: the database does not answer at the start.
        """
        dsn = self._engine.ledger.dsn
        first = SyncPsycopgConnector(conninfo=dsn, min_size=1, max_size=1)
        with App(connector=first).open():
            install(first)
        with on_end(self.stop):
            LOG.info("working, %d deliveries at once; stop with Ctrl-C", self._at_once)
            while not self._stop.is_set():
                try:
                    asyncio.run(self._work(dsn))
                except (ConnectorException, Error, PoolTimeout) as error:
                    LOG.warning("the database of the fleet does not answer (%s); trying again", error)
                    self._clock.wait(self._stop, _RETRY_SECONDS)
        LOG.info("stopped")

    async def _work(self, dsn: str) -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="delivery") as threads:
            loop.set_default_executor(threads)
            app = build_app(PsycopgConnector(conninfo=dsn, min_size=2, max_size=max(4, self._at_once)), self._engine.deliver)
            async with app.open_async():
                task = asyncio.create_task(
                    app.run_worker_async(
                        queues=[DELIVERIES, HOUSEKEEPING],
                        concurrency=self._at_once,
                        fetch_job_polling_interval=POLL_SECONDS,
                        update_heartbeat_interval=HEARTBEAT_SECONDS,
                        stalled_worker_timeout=STALLED_SECONDS,
                        delete_jobs="successful",
                        install_signal_handlers=False,
                    )
                )
                with self._lock:
                    self._running = (loop, task)
                if self._stop.is_set():
                    task.cancel()
                try:
                    await task
                except asyncio.CancelledError:
                    if not self._stop.is_set():
                        raise
                finally:
                    with self._lock:
                        self._running = None
