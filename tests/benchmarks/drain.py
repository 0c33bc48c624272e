"""How many deliveries a second go out when hundreds are due at once: one process and four, on each ledger, and as a fleet.

The network says yes and takes no time; PostgreSQL waits for its disk. A file ledger has one process: a second one is refused.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from scheduler.clock import SystemClock
from tests.benchmarks.benchmark import Benchmark, Figures, Side, Value
from tests.benchmarks.on_time import COUNT as JOBS
from tests.benchmarks.on_time import nothing, with_apscheduler_alone
from tests.fleet.scene import Scene
from tests.servers import postgresql

COUNT = 400
ACCOUNTS = 20
AHEAD = timedelta(seconds=10)
PATIENCE = 110.0
CLOCK = SystemClock()
SQLITE = "SQLite, 1 process"


def drained(folder: Path, address: str, roles: Mapping[str, str]) -> Value:
    """Returns deliveries a second between the due time and the last result, with these processes."""
    folder.mkdir()
    scene = Scene(folder, address)
    due = CLOCK.now() + AHEAD
    try:
        scene.prepare([(f"post-{number}", f"key-{number % ACCOUNTS}", due) for number in range(COUNT)], port=0)
        for name, role in roles.items():
            scene.start(role, name)
        scene.wait(lambda: scene.all_sent(COUNT), PATIENCE, each=0.5)
        ledger = scene.ledger()
        last = max(fact.sent_at for fact in ledger.facts().deliveries.values() if fact.sent_at)
        ledger.close()
        return Value(COUNT / (last - due).total_seconds(), "deliveries/s")
    finally:
        scene.close()


def with_scheduler(folder: Path) -> Figures:
    """Runs the real daemons and workers."""
    found = {SQLITE: drained(folder / "sqlite", str(folder / "ledger.sqlite"), {"one": "daemon"})}
    for number in (1, 4):
        with postgresql.running(folder, durable=True) as address:
            found[f"PostgreSQL, {number} process{'es' * (number > 1)}"] = drained(
                folder / f"daemons-{number}", address, {f"daemon-{index}": "daemon" for index in range(number)}
            )
    for number in (1, 4):
        with postgresql.running(folder, durable=True) as address:
            found[f"fleet, {number} worker{'s' * (number > 1)}"] = drained(
                folder / f"fleet-{number}", address, {"hands": "fleet", **{f"worker-{index}": "worker" for index in range(number)}}
            )
    return found


def with_apscheduler(folder: Path) -> Figures:
    """Lets APScheduler fire jobs from its own table."""
    slowest = with_apscheduler_alone(folder)["lateness max"].value
    return {SQLITE: Value(JOBS / slowest, "deliveries/s")}


BENCHMARK = Benchmark(
    title="draining deliveries due at once",
    prepare=nothing,
    ours=Side("scheduler.daemon", with_scheduler),
    baseline=Side("APScheduler with one job for each post in its SQLAlchemy store", with_apscheduler),
)
