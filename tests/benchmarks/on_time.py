"""How late 1,000 deliveries go out that are due in the same second: the daemon on SQLite, with a network that takes no time."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from time import process_time

from scheduler.clock import SystemClock
from scheduler.model.delivery import Delivery, Moment, State
from scheduler.model.network import Account
from scheduler.model.outcome import Absent, Outcome, Proof, Published
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.model.plan import Agenda, Entry
from scheduler.model.post import Part, Post, Variant
from tests.benchmarks.benchmark import Benchmark, Figures, Side, Value

COUNT = 1_000
ACCOUNTS = 10
AHEAD = timedelta(seconds=3)
PATIENCE = 240.0
CLOCK = SystemClock()


@dataclass
class Stopwatch:
    """Counts what went out, and how long after it was due; it is a network that says yes at once."""

    due: datetime
    lateness: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    finished: threading.Event = field(default_factory=threading.Event)

    def note(self) -> None:
        """Takes the time of one delivery."""
        self.lateness.append((CLOCK.now() - self.due).total_seconds())
        self.spent.append(process_time())
        if len(self.lateness) == COUNT:
            self.finished.set()

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        """Chooses an id."""
        del now
        return {"id": outgoing.delivery}

    def publish(self, envelope: Envelope, remember: object) -> Outcome:
        """Takes the time and says that the post is out."""
        del remember
        self.note()
        return Published(envelope.ids["id"])

    def find(self, envelope: Envelope) -> Proof:
        """Is never asked, as no answer is ever lost."""
        del envelope
        return Absent()

    def figures(self) -> Figures:
        """Returns the lateness of all, none missing."""
        assert self.finished.wait(PATIENCE), f"only {len(self.lateness)} of {COUNT} went out"
        hundredths = quantiles(self.lateness, n=100)
        return {
            "lateness p50": Value(hundredths[49], "s"),
            "lateness p99": Value(hundredths[98], "s"),
            "lateness max": Value(max(self.lateness), "s"),
            "processor time from the first to the last": Value(max(self.spent) - min(self.spent), "s"),
        }


def agenda(due: datetime) -> Agenda:
    """Returns 1,000 different posts, spread over the accounts of a large coalition."""
    accounts = [Account(name=f"account-{number}", network="noticeboard", live=True) for number in range(ACCOUNTS)]
    return Agenda(tuple(planned(number, accounts[number % ACCOUNTS], due) for number in range(COUNT)))


def planned(number: int, account: Account, due: datetime) -> Entry:
    """Returns the agenda's line for one post of that number."""
    text = f"Post number {number}: march on Saturday, 11:00, Workers’ Plaza. Bring a friend. ✊"
    variant = Variant(None, text, lines=(1,))
    part = Part(None, None, (variant,))
    post = Post(id=f"campaign/post-{number}", path=f"posts/campaign/post-{number}.md", sha256=f"{number:064}", parts=(part,))
    delivery = Delivery(post=post, part=part, variant=variant, account=account, due=Moment(due, "UTC", due))
    outgoing = Outgoing(delivery=delivery.id, account=account.name, network=account.network, text=text)
    return Entry(delivery=delivery, state=State.PLANNED, not_before=due, outgoing=outgoing)


def with_scheduler(folder: Path) -> Figures:
    """Runs the daemon itself: it wakes, looks at the folder's agenda, claims, freezes, sends and settles, all of it on the disk."""
    from scheduler.daemon import Daemon, Engine, Settings  # noqa: PLC0415 - the baseline's memory must not include ours
    from scheduler.daemon.instance import Holder  # noqa: PLC0415 - one side's memory must not include the other's
    from scheduler.ledger import open_ledger  # noqa: PLC0415 - one side's memory must not include the other's

    due = CLOCK.now() + AHEAD
    watch, wanted, holder = Stopwatch(due), agenda(due), Holder.here(CLOCK.now())
    publishers = {f"account-{number}": watch for number in range(ACCOUNTS)}
    state = folder / "ours"
    ledger = open_ledger(state / "ledger.sqlite", CLOCK)
    engine = Engine(ledger, CLOCK, publishers, lambda _now, _facts: wanted, Settings(owner=holder.owner))
    daemon = Daemon(engine, CLOCK, state, [], holder)

    def stop_when_finished() -> None:
        watch.finished.wait(PATIENCE)
        daemon.stop()

    threading.Thread(target=stop_when_finished, daemon=True).start()
    daemon.run()
    ledger.close()
    return watch.figures()


def with_apscheduler_alone(folder: Path, address: str = "") -> Figures:
    """Keeps one job for each post in APScheduler's own table, with the same care for the disk, and sends it when it fires.

    The table is in a file unless a database's address is given.
    """
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore  # noqa: PLC0415 - one side's memory must not include the other's
    from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415 - one side's memory must not include the other's

    store = SQLAlchemyJobStore(address or f"sqlite:///{folder / 'jobs.sqlite'}")
    if not address:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")  # it lasts; so does the library's default, synchronous FULL
    scheduler = BackgroundScheduler(timezone="UTC", jobstores={"default": store})
    scheduler.start(paused=True)
    began = CLOCK.now()
    jobs = [scheduler.add_job(send, "date", run_date=began + timedelta(days=1), misfire_grace_time=None) for _ in range(COUNT)]
    due = CLOCK.now() + AHEAD + 2 * (CLOCK.now() - began)
    WATCHES.append(Stopwatch(due))
    for job in jobs:
        job.reschedule("date", run_date=due)
    assert CLOCK.now() < due, "the jobs were not stored in time"
    scheduler.resume()
    figures = WATCHES[0].figures()
    scheduler.shutdown()
    return figures


WATCHES: list[Stopwatch] = []


def send() -> None:
    """Is the job: APScheduler finds it by its name."""
    WATCHES[0].note()


def nothing(_folder: Path) -> None:
    """Needs no input."""


BENCHMARK = Benchmark(
    title="1,000 deliveries due in one second",
    prepare=nothing,
    ours=Side("scheduler.daemon", with_scheduler),
    baseline=Side("APScheduler with one job for each post in its SQLAlchemy store", with_apscheduler_alone),
)
