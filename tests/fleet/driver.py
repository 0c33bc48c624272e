"""One process of many on one ledger: `python -m tests.fleet.driver FOLDER daemon|once|fleet|worker|engine NAME`.

FOLDER/run.json is a :class:`Run`; each line of FOLDER/plan.txt is a post: ``name account due text``. The posts go over HTTP to a receiver.
"""

import json
import logging
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from scheduler.clock import Clock, SystemClock
from scheduler.daemon import Daemon, Engine, Settings
from scheduler.daemon.fleet.starting import carry, dispatcher_for
from scheduler.daemon.instance import Holder
from scheduler.ledger import open_ledger
from scheduler.model.delivery import Facts
from scheduler.model.errors import SchedulerError
from scheduler.model.plan import Agenda
from scheduler.model.settings import Policy
from tests.fleet.publisher import HttpPublisher, YesPublisher
from tests.ledger.making import agenda, entry
from tests.loopback import refuse_other_machines


@dataclass(frozen=True)
class Run:
    """Is what all processes of a run share: where the ledger and the network are, and how fast their time goes.

    Port 0 is a network that says yes and takes no time.
    """

    address: str
    port: int
    accounts: tuple[str, ...]
    began: str
    speed: float = 1.0
    lost_names: float = 0.0
    at_once: int = 8
    lease: float = 600.0

    def write(self, folder: Path) -> None:
        (folder / "run.json").write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Run":
        data = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        return cls(**{**data, "accounts": tuple(data["accounts"])})


class QuickClock:
    """Is the machine's clock, on which every second since ``began`` counts as many, the same ones in every process.

    A quick one starts two days back, so that it stays behind the clock of the database, which a fleet's jobs wait for.
    """

    def __init__(self, began: datetime, speed: float) -> None:
        self._began = began
        self._speed = speed
        self._clock = SystemClock()

    def now(self) -> datetime:
        start = self._began if self._speed == 1 else self._began - timedelta(days=2)
        return start + (self._clock.now() - self._began) * self._speed

    def monotonic(self) -> float:
        return self._clock.monotonic() * self._speed

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        return self._clock.wait(stop, seconds / self._speed)


@lru_cache(maxsize=2)
def plan(text: str) -> Agenda:
    entries = []
    for line in text.splitlines():
        name, account, due, words = line.split(" ", 3)
        entries.append(entry(name, account=account, due=datetime.fromisoformat(due), text=words))
    return agenda(*entries)


def main(folder: Path, role: str, name: str) -> int:
    sys.addaudithook(refuse_other_machines)
    logging.basicConfig(level=logging.INFO, format=f"{name} %(message)s")
    for chatty in ("procrastinate", "apscheduler", "httpx", "watchfiles", "psycopg", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        serve(folder, role, name)
    except SchedulerError as error:
        print(f"{error.message} {error.hint}", file=sys.stderr)
        return error.exit_code
    return 0


def serve(folder: Path, role: str, name: str) -> None:
    run = Run.read(folder)
    clock = QuickClock(datetime.fromisoformat(run.began), run.speed)
    state = folder / f"state-{name}" if run.address.startswith("postgresql") else folder / "state"

    def read(now: datetime, facts: Facts) -> Agenda:
        del now, facts
        return plan((folder / "plan.txt").read_text(encoding="utf-8"))

    publishers = {account: HttpPublisher(run.port, lost_names=run.lost_names) if run.port else YesPublisher() for account in run.accounts}
    ledger = open_ledger(run.address, clock, folder=state)
    holder = Holder.here(clock.now())
    policy = Policy(late_after=timedelta(days=3))
    settings = Settings(owner=holder.owner, policy=policy, workers=run.at_once, lease=timedelta(seconds=run.lease))
    engine = Engine(ledger, clock, publishers, read, settings)
    try:
        if role == "engine":
            work_without_a_daemon(engine, clock, folder / "plan.txt")
            return
        if role == "worker":
            carry(engine, clock, holder, run.at_once)
            return
        with dispatcher_for(ledger, clock, fleet=role == "fleet") as dispatcher:
            daemon = Daemon(engine, clock, state, [folder / "plan.txt"], holder, dispatcher)
            daemon.run_once() if role == "once" else daemon.run()
    finally:
        ledger.close()


def work_without_a_daemon(engine: Engine, clock: Clock, written: Path) -> None:
    """Ticks as several daemons would if a file ledger let them, and reads the plan when it was written anew; until it is killed."""
    never = threading.Event()
    logging.getLogger(__name__).info("running as process of a file ledger that others use too")
    seen = 0
    while True:
        changed = written.stat().st_mtime_ns
        if changed != seen:
            engine.refresh()
            seen = changed
        engine.tick(fresh=False)
        clock.wait(never, 0.2)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "one"))
