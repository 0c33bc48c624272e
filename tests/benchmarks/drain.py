"""How many deliveries a second go out when hundreds are due at once: one process and several, on each ledger, and as a fleet.

The network says yes and takes no time; both databases wait for their disk. Time runs from the due time, when all processes have long
been running. A file ledger has one daemon, as a second one is refused: there, four engines without a daemon's lock show the ledger's part.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.clock import SystemClock
from tests.benchmarks.benchmark import Benchmark, Figures, Side, Value
from tests.benchmarks.on_time import COUNT as JOBS
from tests.benchmarks.on_time import WATCHES, nothing, with_apscheduler_alone
from tests.fleet.scene import Scene
from tests.servers import postgresql

COUNT = 400
ACCOUNTS = 20
AHEAD = timedelta(seconds=6)
LONG_AHEAD = timedelta(days=1)
PATIENCE = 200.0
CLOCK = SystemClock()
SQLITE = "SQLite, {}"


def drained(folder: Path, address: str, roles: Mapping[str, str]) -> Value:
    """Returns deliveries a second between the due time and the last result, with these processes."""
    folder.mkdir()
    scene = Scene(folder, address)
    try:
        scene.prepare(posts(CLOCK.now() + LONG_AHEAD), port=0)
        for name, role in roles.items():
            scene.start(role, name)
        scene.wait(lambda: all(is_running(folder / f"{name}.log") for name in roles) and scene.counts().total() == COUNT, PATIENCE)
        due = CLOCK.now() + AHEAD
        scene.prepare(posts(due), port=0)
        scene.wait(lambda: scene.all_sent(COUNT), PATIENCE, each=0.5)
        ledger = scene.ledger()
        last = max(fact.sent_at for fact in ledger.facts().deliveries.values() if fact.sent_at)
        ledger.close()
        return Value(COUNT / (last - due).total_seconds(), "deliveries/s")
    finally:
        scene.close()


def posts(due: datetime) -> list[tuple[str, str, datetime]]:
    """Returns the posts of a busy minute, the same ones at whatever time they are due."""
    return [(f"post-{number}", f"key-{number % ACCOUNTS}", due) for number in range(COUNT)]


def is_running(log: Path) -> bool:
    """Tells whether a process has said that it is at work."""
    return log.exists() and any(words in log.read_text(encoding="utf-8") for words in ("running as process", "deliveries at once"))


def with_scheduler(folder: Path) -> Figures:
    """Runs the real daemons and workers."""
    found = {
        SQLITE.format("1 process"): drained(folder / "sqlite-1", str(folder / "one.sqlite"), {"one": "daemon"}),
        SQLITE.format("4 processes"): drained(folder / "sqlite-4", str(folder / "four.sqlite"), crew("engine", 4)),
    }
    for number in (1, 4):
        with postgresql.running(folder, durable=True) as address:
            found[f"PostgreSQL, {number} process{'es' * (number > 1)}"] = drained(folder / f"pg-{number}", address, crew("daemon", number))
    for number in (1, 2, 4):
        with postgresql.running(folder, durable=True) as address:
            roles = {"hands": "fleet", **crew("worker", number)}
            found[f"fleet, {number} worker{'s' * (number > 1)}"] = drained(folder / f"fleet-{number}", address, roles)
    return found


def crew(role: str, number: int) -> dict[str, str]:
    """Returns that many processes of a role, by name."""
    return {f"{role}-{index}": role for index in range(number)}


def with_apscheduler(folder: Path) -> Figures:
    """Lets APScheduler fire jobs from its own table."""
    slowest = with_apscheduler_alone(folder)["lateness max"].value
    WATCHES.clear()
    with postgresql.running(folder, durable=True) as address:
        slowest_there = with_apscheduler_alone(folder, address)["lateness max"].value
    return {
        SQLITE.format("1 process"): Value(JOBS / slowest, "deliveries/s"),
        "PostgreSQL, 1 process": Value(JOBS / slowest_there, "deliveries/s"),
    }


BENCHMARK = Benchmark(
    title="draining deliveries due at once",
    prepare=nothing,
    ours=Side("scheduler.daemon", with_scheduler),
    baseline=Side("APScheduler with one job for each post in its SQLAlchemy store", with_apscheduler),
)
