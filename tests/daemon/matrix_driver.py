"""The processes of the fault matrix, each forked from this one so that none waits for Python to start.

A line of JSON on the input, an :class:`Order`, starts one; the answer is its process id and how it ended: its exit code, 3 where the
point that was to break it was never reached, ``null`` where it stands still. A line with a process id lets that one go on and answers
when it ended.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from procrastinate import App, SyncPsycopgConnector
from procrastinate.jobs import Job

from scheduler.clock import Clock, SystemClock
from scheduler.daemon import Daemon, Engine, Settings, faults
from scheduler.daemon.dispatching import Dispatcher
from scheduler.daemon.faults import armed_point
from scheduler.daemon.fleet.carrying import Worker
from scheduler.daemon.fleet.handing import handing_out
from scheduler.daemon.fleet.jobs import HOUSEKEEPING, REQUEUE, delivery_job
from scheduler.daemon.instance import Holder
from scheduler.daemon.seats import SharedSeat
from scheduler.ledger import Ledger, LedgerError, open_ledger
from scheduler.model.errors import SchedulerError
from scheduler.model.network import Abilities, Recovery
from scheduler.model.plan import Agenda
from scheduler.model.settings import Policy
from tests.daemon.reader import Writer
from tests.ledger.making import NOON, agenda, entry

ACCOUNT = "hall"
POSTS = 3
PATIENT = Policy(late_after=timedelta(days=30_000))
BACK = timedelta(days=-3)
"""The time of all processes lies back, so that jobs for a day ahead are not in the future of the database, whose clock nobody moves."""

NOT_REACHED = 3
IDLE_SECONDS = 60.0


@dataclass(frozen=True)
class Order:
    """Is what a process does: its role, what breaks it, and the minutes after the beginning of the case at which it works.

    ``daemon`` sends by itself, ``hands`` hands out to a fleet, ``worker`` carries; with ``again`` it carries everything once more, as
    a worker does that takes over the jobs of one that died.
    """

    role: str
    address: str
    folder: str
    port: int
    ability: str
    fault: str = ""
    losing: int = 0
    lease: float = 600.0
    minutes: tuple[float, ...] = (0.0, 0.0)
    again: bool = False

    @classmethod
    def read(cls, text: str) -> "Order":
        data = json.loads(text)
        return cls(**{**data, "minutes": tuple(data["minutes"])})

    def text(self) -> str:
        return json.dumps(asdict(self))


class Shifted(SystemClock):
    """Is the machine's clock, some time away from it."""

    def __init__(self, minutes: float) -> None:
        self.by = timedelta(minutes=minutes)

    def now(self) -> datetime:
        return super().now() + BACK + self.by

    def monotonic(self) -> float:
        return super().monotonic() + self.by.total_seconds()


def posts(case: str) -> Agenda:
    return agenda(*(entry(f"{case}-{number}", account=ACCOUNT, due=NOON.replace(year=2026, minute=number)) for number in range(POSTS)))


def engine_of(ledger: Ledger, clock: Clock, order: Order, writer: Writer, owner: str) -> Engine:
    abilities = {ACCOUNT: Abilities(recovery=writer.ability, key_window=timedelta(hours=1))}
    settings = Settings(owner=owner, policy=PATIENT, workers=1, lease=timedelta(seconds=order.lease), abilities=abilities)
    return Engine(ledger, clock, {ACCOUNT: writer}, lambda _now, _facts: posts(Path(order.folder).name), settings)


def work(order: Order) -> None:
    """Does what the order says, at each of its times."""
    clock = Shifted(0)
    ledger = open_ledger(order.address, clock, folder=Path(order.folder))
    holder = Holder.here(clock.now())
    engine = engine_of(ledger, clock, order, Writer(order.port, Recovery(order.ability), order.losing), holder.owner)
    if armed_point() == "after_aside":
        fail_once(ledger)
    try:
        for minutes in order.minutes:
            clock.by = timedelta(minutes=minutes)
            ROLES[order.role](order, engine, clock, holder)
    finally:
        ledger.close()


def fail_once(ledger: Ledger) -> None:
    """Makes the disk of the ledger full for a moment."""
    settle, failing = ledger.settle, [True]

    def fail(*arguments: object) -> object:
        if failing and failing.pop():
            raise LedgerError("The ledger cannot be written: its disk is full.")
        return settle(*arguments)  # type: ignore[arg-type]  # handed through

    ledger.settle = fail  # type: ignore[method-assign, assignment]  # a disk that is full for a moment


def send(order: Order, engine: Engine, clock: Clock, holder: Holder, dispatcher: Dispatcher | None = None) -> None:
    Daemon(engine, clock, Path(order.folder), [], holder, dispatcher).run_once()


def hand(order: Order, engine: Engine, clock: Clock, holder: Holder) -> None:
    with handing_out(engine.ledger, clock) as fleet:
        send(order, engine, clock, holder, fleet)


def carry(order: Order, engine: Engine, clock: Clock, holder: Holder) -> None:
    """Carries what is in the queue, until nothing is."""
    dsn = engine.ledger.dsn
    requeue = Job(queue=HOUSEKEEPING, task_name=REQUEUE, task_kwargs={"timestamp": 0}, lock=None, queueing_lock=None)
    again = (
        [delivery_job(item.delivery.id, ACCOUNT, item.not_before) for item in posts(Path(order.folder).name).entries] if order.again else []
    )
    app = App(connector=SyncPsycopgConnector(conninfo=dsn, min_size=1, max_size=1))
    with app.open():
        app.job_manager.batch_defer_jobs([requeue, *again])
    seat = SharedSeat(engine.ledger, holder)
    with seat.taken():
        engine.join(seat)
        worker = Worker(engine, clock, 1)
        watch = threading.Thread(target=stop_when_idle, args=(dsn, worker.stop), daemon=True)
        watch.start()
        worker.run()


def stop_when_idle(dsn: str, stop: Callable[[], None]) -> None:
    clock, never = SystemClock(), threading.Event()
    limit = clock.monotonic() + IDLE_SECONDS
    left = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND NOT (scheduled_at > now())"
    with psycopg.connect(dsn, autocommit=True) as connection:
        while clock.monotonic() < limit and connection.execute(left).fetchone() != (0,):
            clock.wait(never, 0.1)
    stop()


ROLES = {"daemon": send, "hands": hand, "worker": carry}


def child(order: Order) -> int:
    faults._ARMED = faults._read(order.fault)  # noqa: SLF001 - what the environment says at the start of a process of its own
    code = 0
    try:
        work(order)
    except faults.FaultError:
        return 1
    except SchedulerError as error:
        print(f"{order.role} {order.fault}: {error.message} {error.hint}", file=sys.stderr, flush=True)
        code = error.exit_code
    armed = faults._ARMED  # noqa: SLF001 - as above
    return NOT_REACHED if armed is not None and armed.left > 0 else code


def follow(pid: int) -> None:
    _, status = os.waitpid(pid, os.WUNTRACED)
    print(json.dumps([pid, None if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)]), flush=True)


def serve() -> None:
    for line in sys.stdin:
        if line.strip().isdigit():
            os.kill(int(line), signal.SIGCONT)
            follow(int(line))
            continue
        pid = os.fork()
        if not pid:
            os._exit(child(Order.read(line)))
        follow(pid)


if __name__ == "__main__":
    serve()
