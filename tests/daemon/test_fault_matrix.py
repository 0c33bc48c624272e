"""Every fault point, every ability, both databases, every way to end: the network's own account decides whether that was right.

A process is ended at the point; another engine takes up what it left, minutes and hours later on a virtual clock.
"""

import json
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from pathlib import Path

import psycopg
import pytest

from scheduler.clock import SystemClock, VirtualClock
from scheduler.daemon.faults import POINTS
from scheduler.ledger import Ledger, open_ledger
from scheduler.model.delivery import State
from scheduler.model.network import Recovery
from tests.daemon.matrix_driver import POSTS, engine_of
from tests.daemon.noticeboard import accepted
from tests.daemon.reader import Writer
from tests.servers import postgresql as postgresql_here

ROOT = Path(__file__).parents[2]
ACTIONS = ("kill", "exception", "stop", "end")
EACH = {"before_claim", "before_send", "after_step", "after_send", "after_settle"}
LOOKS = {"before_look", "after_look", "before_repeat", "after_repeat"}
LEASE = 2.0


@dataclass(frozen=True)
class Case:
    """Is one cell of the matrix."""

    point: str
    ability: Recovery
    database: str
    action: str

    @property
    def exists(self) -> bool:
        """Tells whether the point can be reached: only keys are repeated."""
        return "repeat" not in self.point or self.ability is Recovery.IDEMPOTENCY_KEY


@dataclass
class Tally:
    """Counts what became of the deliveries."""

    cases: int = 0
    deliveries: int = 0
    ended: int = 0
    duplicates: int = 0
    lost: int = 0
    falsely_sent: int = 0
    uncertain_out: int = 0
    uncertain_not_out: int = 0
    points: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        slowest = max(self.seconds, default=0.0)
        middle = sorted(self.seconds)[len(self.seconds) // 2] if self.seconds else 0.0
        return (
            f"cases {self.cases}  deliveries {self.deliveries}  ended {self.ended}  duplicates {self.duplicates}  lost {self.lost}"
            f"  falsely sent {self.falsely_sent}  uncertain, out {self.uncertain_out}, not out {self.uncertain_not_out}"
            f"  recovery p50 {middle:.2f} s, max {slowest:.2f} s  fault points {len(self.points)}/{len(POINTS)}"
        )


@dataclass
class Place:
    """Is where the cases run: a network in its own process, and PostgreSQL where there is one."""

    folder: Path
    port: int
    account: Path
    daemons: subprocess.Popen[str]
    postgresql: str | None = None
    number: int = 0

    def tell(self, told: object) -> tuple[int, int | None]:
        """Hands a line to the process that makes daemons; returns a daemon's id, and its exit code unless it stands still."""
        assert self.daemons.stdin is not None
        assert self.daemons.stdout is not None
        print(json.dumps(told), file=self.daemons.stdin, flush=True)
        pid, code = json.loads(self.daemons.stdout.readline())
        return pid, code

    def address(self, database: str) -> str:
        self.number += 1
        if database == "sqlite":
            return str(self.folder / f"ledger-{self.number}.sqlite")
        assert self.postgresql is not None
        name = f"matrix_{random.SystemRandom().getrandbits(48):x}"
        with psycopg.connect(self.postgresql.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f'CREATE SCHEMA "{name}"')
        return f"{self.postgresql}?options=-csearch_path%3D{name}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("matrix")
    account = folder / "accepted.jsonl"
    command = [sys.executable, "-m", "tests.daemon.noticeboard", str(account)]
    maker = [sys.executable, "-m", "tests.daemon.matrix_driver"]
    with (
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server,
        subprocess.Popen(maker, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemons,
    ):
        assert server.stdout is not None
        yield Place(folder, int(server.stdout.readline()), account, daemons)
        server.kill()
        daemons.kill()


def run(place: Place, cases: Iterable[Case]) -> Tally:
    tally = Tally()
    for case in cases:
        if case.exists:
            play(place, case, tally)
    print(f"\n{tally}")
    return tally


def play(place: Place, case: Case, tally: Tally) -> None:
    address, state = place.address(case.database), place.folder / f"state-{place.number}"
    before = accepted(place.account)
    losing = 1 if case.point in LOOKS else 0
    lease = LEASE if case.action == "stop" else 600.0
    number = 2 if case.point in EACH else 1
    fault = f"{case.point}:{case.action}:{number}"
    pid, code = place.tell([fault, str(state), address, place.port, case.ability, losing, lease])
    assert (code is None) == (case.action == "stop"), f"{case} ended with {code}"
    clock = SystemClock()
    if code is None:
        clock.wait(threading.Event(), LEASE * 1.1)
    # An exception in a step is the adapter's to survive: it leaves a doubt and the daemon goes on.
    hit = code == {"kill": -signal.SIGKILL, "exception": int(case.point != "after_step"), "end": 0, "stop": None}[case.action]
    began = clock.monotonic()
    ledger = open_ledger(address, clock, folder=state, durable=False, chance=random.Random(1))
    take_up(ledger, place, case, hours=0)
    if code is None:
        place.tell(pid)
    for hours in (2, 30):
        take_up(ledger, place, case, hours=hours)
    tally.seconds.append(clock.monotonic() - began)
    tally.ended += hit
    if hit:
        tally.points.add(case.point)
    else:
        tally.wrong.append(f"{case}: not reached, it ended with {code}")
    count(tally, case, ledger, accepted(place.account) - before)
    ledger.close()


def take_up(ledger: Ledger, place: Place, case: Case, hours: int) -> None:
    """Lets another engine work: at once after a death, after the lease where the first process only stands still."""
    clock = VirtualClock(SystemClock().now() + timedelta(hours=hours))
    stands = case.action == "stop"
    engine = engine_of(ledger, clock, Writer(place.port, case.ability), f"state-{place.number}", f"second-{hours}")
    engine.recover(alone=not stands)
    engine.refresh()
    for _ in range(2):
        assert engine.tick(fresh=False).trouble is None
        clock.advance(timedelta(minutes=4))


def count(tally: Tally, case: Case, ledger: Ledger, arrived: dict[str, int]) -> None:
    facts = ledger.facts().deliveries
    tally.cases += 1
    tally.deliveries += POSTS
    wrong = {
        "duplicates": [key for key, times in arrived.items() if times > 1],
        "lost": [key for key, fact in facts.items() if key not in arrived and fact.state not in {State.SENT, State.UNCERTAIN}],
        "falsely_sent": [key for key, fact in facts.items() if fact.state is State.SENT and key not in arrived],
    }
    wrong["lost"] += ["not recorded"] * (POSTS - len(facts))
    for name, found in wrong.items():
        setattr(tally, name, getattr(tally, name) + len(found))
        if found:
            tally.wrong.append(f"{case}: {name}")
    doubts = [key for key, fact in facts.items() if fact.state is State.UNCERTAIN]
    tally.uncertain_out += sum(key in arrived for key in doubts)
    tally.uncertain_not_out += sum(key not in arrived for key in doubts)
    if doubts and case.ability not in {Recovery.NONE, Recovery.READBACK}:
        tally.wrong.append(f"{case}: uncertain although the network can prove it")


SHORT = (
    *(
        Case(point, Recovery.CLIENT_ID, "sqlite", "kill")
        for point in ("record", "before_claim", "after_settle", "after_aside", "before_look")
    ),
    *(Case("before_send", ability, "sqlite", "kill") for ability in (Recovery.NONE, Recovery.READBACK)),
    Case("after_send", Recovery.IDEMPOTENCY_KEY, "sqlite", "kill"),
    Case("after_step", Recovery.TWO_PHASE, "sqlite", "exception"),
    Case("before_repeat", Recovery.IDEMPOTENCY_KEY, "sqlite", "kill"),
    Case("after_repeat", Recovery.IDEMPOTENCY_KEY, "sqlite", "end"),
    Case("after_look", Recovery.READBACK, "sqlite", "kill"),
)


def test_a_part_of_the_matrix_that_reaches_every_fault_point(place: Place) -> None:
    tally = run(place, SHORT)
    assert tally.wrong == []
    assert tally.points == set(POINTS)


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_whole_matrix(place: Place, database: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    actions = ("kill", "exception", "end") if database == "sqlite" else ACTIONS
    cases = [Case(*cell) for cell in product(POINTS, Recovery, [database], actions)]
    if database == "sqlite":
        tally = run(place, cases)
    else:
        with postgresql_here.running(tmp_path_factory.mktemp("postgresql")) as address:
            place.postgresql = address
            tally = run(place, cases)
    assert tally.wrong == []
    assert tally.points == set(POINTS)
