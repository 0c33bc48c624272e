"""What 100,000 queued deliveries cost: putting them into the ledger, holding them, and a tick with nothing due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.clock import SystemClock
from scheduler.model.delivery import Facts
from scheduler.model.network import Account
from scheduler.model.plan import Agenda
from tests.benchmarks.benchmark import Benchmark, Figures, Side, Value, timed
from tests.benchmarks.on_time import Stopwatch, nothing, planned

COUNT = 100_000
ACCOUNTS = 100
SHARE = 10
"""The baseline loads a tenth, since it takes minutes; its time is multiplied, its memory is not."""

CLOCK = SystemClock()


@dataclass(frozen=True)
class Still:
    """Is a folder in which nothing changes: what reading it takes is another benchmark's matter."""

    wanted: Agenda

    def __call__(self, _now: datetime, _facts: Facts) -> Agenda:
        """Returns the same as before."""
        return self.wanted

    def holds(self, _now: datetime) -> bool:
        """Tells that it is the same."""
        return True


def with_scheduler(folder: Path) -> Figures:
    """Records a folder's worth of posts for next year, looks twice more, and ticks."""
    from scheduler.daemon import Engine, Settings  # noqa: PLC0415 - the baseline's memory must not include ours
    from scheduler.ledger import open_ledger  # noqa: PLC0415 - one side's memory must not include the other's

    due = CLOCK.now() + timedelta(days=365)
    accounts = [Account(name=f"account-{number}", network="noticeboard", live=True) for number in range(ACCOUNTS)]
    wanted = Agenda(tuple(planned(number, accounts[number % ACCOUNTS], due) for number in range(COUNT)))
    watch = Stopwatch(due)
    ledger = open_ledger(folder / "ours" / "ledger.sqlite", CLOCK)
    engine = Engine(ledger, CLOCK, {account.name: watch for account in accounts}, Still(wanted), Settings(owner="bench"))
    figures = {"load": timed(engine.refresh), "whole look that finds nothing changed": timed(engine.refresh)}
    figures["look with nothing changed"] = timed(engine.refresh, times=5)
    figures["tick with nothing due"] = timed(lambda: engine.tick(fresh=False), times=5)
    assert not watch.lateness
    size = (folder / "ours" / "ledger.sqlite").stat().st_size
    ledger.close()
    return {**figures, "ledger on disk": Value(size / 1024**2, "MiB")}


def with_apscheduler(folder: Path) -> Figures:
    """Puts a tenth of them into APScheduler's own table, one by one as its interface has it, and asks it what is due."""
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore  # noqa: PLC0415 - one side's memory must not include the other's
    from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415 - one side's memory must not include the other's

    store = SQLAlchemyJobStore(f"sqlite:///{folder / 'jobs.sqlite'}")
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")  # it lasts; so does the library's default, synchronous FULL
    scheduler = BackgroundScheduler(timezone="UTC", jobstores={"default": store})
    scheduler.start(paused=True)
    due = CLOCK.now() + timedelta(days=365)

    def load() -> None:
        for _ in range(COUNT // SHARE):
            scheduler.add_job(nothing, "date", run_date=due, args=[folder])

    seconds = timed(load).value * SHARE
    tick = timed(lambda: store.get_due_jobs(CLOCK.now()), times=5)
    scheduler.shutdown()
    return {"load": Value(seconds, "s"), "tick with nothing due": tick}


BENCHMARK = Benchmark(
    title="100,000 deliveries queued",
    prepare=nothing,
    ours=Side("scheduler.daemon", with_scheduler),
    baseline=Side(
        "APScheduler, one job for each of 10,000 posts in its SQLAlchemy store, time of loading multiplied by ten", with_apscheduler
    ),
)
