"""The fault matrix: cells, where they are played, and what came of them by the network's own account."""

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from scheduler.daemon.faults import POINTS
from scheduler.ledger import open_ledger
from scheduler.model.delivery import State
from scheduler.model.network import Recovery
from tests.daemon.matrix_driver import NOT_REACHED, POSTS, Order, Shifted
from tests.daemon.noticeboard import accepted

ROOT = Path(__file__).parents[2]
ACTIONS = ("kill", "exception", "stop", "end")
EACH = frozenset({"before_claim", "before_send", "before_step", "after_step", "after_send", "after_settle"})
"""Points that every delivery passes: the second one is broken, so that one is out and one still waits."""

LOOKS = frozenset({"before_look", "after_look", "before_repeat", "after_repeat"})
IN_FLIGHT = frozenset({"before_claim", "after_step", "after_send", "after_settle"}) | LOOKS
"""Points where only the network can tell whether a post is out: a result is written down in one step with the next claim of its account.

Before the step that announces the visible call the ledger knows that there was none.
"""

LEASE = 2.0
_ENDS: dict[str, set[int | None]] = {"kill": {-signal.SIGKILL}, "exception": {0, 1}, "stop": {None}, "end": {0}}


@dataclass(frozen=True)
class Case:
    """Is one cell of the matrix; ``role`` is that of the process which is broken."""

    point: str
    ability: Recovery
    database: str
    action: str
    role: str = "daemon"

    @property
    def exists(self) -> bool:
        """Tells whether the point can be reached: only keys are repeated."""
        return "repeat" not in self.point or self.ability is Recovery.IDEMPOTENCY_KEY

    @property
    def losing(self) -> int:
        """Returns how many answers get lost: a look needs a doubt."""
        return int(self.point in LOOKS)

    @property
    def lease(self) -> float:
        return LEASE if self.action == "stop" else 600.0

    @property
    def minutes(self) -> float:
        """Returns when the process is broken: a doubt is looked into later, and a key is only looked for when nobody knows it any more."""
        if self.point not in LOOKS:
            return 0.0
        return 65.0 if self.point == "after_look" and self.ability is Recovery.IDEMPOTENCY_KEY else 2.0

    @property
    def fault(self) -> str:
        return f"{self.point}:{self.action}:{2 if self.point in EACH else 1}"

    def was_hit(self, code: int | None) -> bool:
        """Tells whether a process that ended so was broken at its point."""
        # Where a result could not be written, the process ends with the sentence that says so.
        ends = {0, 1} if self.point == "after_aside" and self.action == "end" else _ENDS[self.action]
        return code != NOT_REACHED and code in ends

    def may_doubt(self) -> bool:
        """Tells whether a person may have to decide: where nothing can tell, and where a process that stands still may yet send."""
        if self.ability is Recovery.NONE:
            return self.point in IN_FLIGHT
        if self.ability is Recovery.IDEMPOTENCY_KEY:
            return self.point == "after_look"
        return self.ability is Recovery.READBACK and self.action == "stop"


@dataclass
class Tally:
    """Counts what became of the deliveries."""

    cases: int = 0
    deliveries: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    lost: int = 0
    falsely_sent: int = 0
    uncertain: Counter[tuple[str, bool]] = field(default_factory=Counter)
    points: set[str] = field(default_factory=set)
    settled: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        doubts = ", ".join(f"{name} {'out' if out else 'not out'} {number}" for (name, out), number in sorted(self.uncertain.items()))
        return (
            f"cells {self.cases}  deliveries {self.deliveries}  broken {sum(self.broken.values())}"
            f" ({', '.join(f'{name} {number}' for name, number in sorted(self.broken.items()))})\n"
            f"  duplicates {self.duplicates}  lost {self.lost}  falsely sent {self.falsely_sent}  uncertain: {doubts or 'none'}\n"
            f"  all settled after, by the scheduler's clock: {spread(self.settled)}; work of taking up: {spread(self.worked)}\n"
            f"  fault points {len(self.points)}/{len(POINTS)}  wrong {len(self.wrong)}"
        )


def spread(seconds: list[float]) -> str:
    """Returns the middle, the 95th of a hundred and the longest."""
    if not seconds:
        return "nothing to measure"
    ranked = sorted(seconds)
    return f"p50 {ranked[len(ranked) // 2]:.1f} s, p95 {ranked[int(len(ranked) * 0.95)]:.1f} s, max {ranked[-1]:.1f} s"


@dataclass
class Place:
    """Is where the cells are played: a network in its own process, and PostgreSQL where there is one."""

    folder: Path
    port: int
    account: Path
    processes: subprocess.Popen[str]
    postgresql: str | None = None
    number: int = 0

    def order(self, case: Case) -> Order:
        """Returns what a process of the case is told, on a new ledger."""
        self.number += 1
        state = self.folder / f"state-{self.number}"
        return Order(case.role, self._address(case), str(state), self.port, case.ability, lease=case.lease)

    def start(self, order: Order) -> tuple[int, int | None]:
        """Runs a process; returns its id and its exit code, or None where it stands still."""
        return self._tell(order.text())

    def let_go_on(self, pid: int) -> int | None:
        """Lets a process that stands still go on to its end; returns its exit code."""
        return self._tell(str(pid))[1]

    def _tell(self, line: str) -> tuple[int, int | None]:
        assert self.processes.stdin is not None
        assert self.processes.stdout is not None
        print(line, file=self.processes.stdin, flush=True)
        pid, code = json.loads(self.processes.stdout.readline())
        return pid, code

    def _address(self, case: Case) -> str:
        if case.database == "sqlite":
            return str(self.folder / f"ledger-{self.number}.sqlite")
        assert self.postgresql is not None
        name = f"matrix_{random.SystemRandom().getrandbits(48):x}"
        with psycopg.connect(self.postgresql.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f'CREATE SCHEMA "{name}"')
        # A process that stands still in the middle of writing holds up all others for as long as the database lets it: half a minute,
        # and here, where that is what happens, less.
        patience = (
            f"%20-cidle_in_transaction_session_timeout%3D{int(LEASE * 1000)}" if (case.point, case.action) == ("record", "stop") else ""
        )
        return f"{self.postgresql}?options=-csearch_path%3D{name}{patience}"

    def states(self, order: Order) -> dict[str, State]:
        """Returns where each delivery stands."""
        ledger = open_ledger(order.address, Shifted(0), folder=Path(order.folder))
        try:
            return {name: fact.state for name, fact in ledger.facts().deliveries.items()}
        finally:
            ledger.close()


@contextmanager
def place_in(folder: Path) -> Iterator[Place]:
    """Gives a place with a network and a process that makes daemons and workers."""
    account = folder / "accepted.jsonl"
    with ExitStack() as stack, (folder / "processes.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.daemon.noticeboard", str(account)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        stack.callback(_end, server)
        maker = subprocess.Popen(
            [sys.executable, "-m", "tests.daemon.matrix_driver"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        stack.callback(_end, maker)
        stack.callback(os.killpg, maker.pid, signal.SIGKILL)  # those that stand still with it
        assert server.stdout is not None
        yield Place(folder, int(server.stdout.readline()), account, maker)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


def count(tally: Tally, case: Case, states: dict[str, State], arrived: Counter[str]) -> None:
    """Adds what the network accepted and what the ledger says of it."""
    tally.cases += 1
    tally.deliveries += POSTS
    wrong = {
        "duplicates": [key for key, times in arrived.items() if times > 1],
        "lost": [key for key, state in states.items() if key not in arrived and state not in {State.SENT, State.UNCERTAIN}],
        "falsely_sent": [key for key, state in states.items() if state is State.SENT and key not in arrived],
    }
    wrong["lost"] += ["not recorded"] * (POSTS - len(states))
    for name, found in wrong.items():
        setattr(tally, name, getattr(tally, name) + len(found))
        if found:
            tally.wrong.append(f"{case}: {name}")
    doubts = [key for key, state in states.items() if state is State.UNCERTAIN]
    tally.uncertain.update((case.ability.value, key in arrived) for key in doubts)
    if doubts and not case.may_doubt():
        tally.wrong.append(f"{case}: uncertain although it can be known")
    unsettled = sorted({state.value for state in states.values() if state not in {State.SENT, State.UNCERTAIN}})
    if unsettled:
        tally.wrong.append(f"{case}: still {', '.join(unsettled)}")


def arrived_since(place: Place, before: Counter[str]) -> Counter[str]:
    """Returns how often each delivery became visible since."""
    return accepted(place.account) - before


def run(place: Place, cases: Iterable[Case], title: str, play: Callable[[Place, Case, Tally], None]) -> Tally:
    """Plays the cases that exist and prints what was counted."""
    tally = Tally()
    for case in cases:
        if case.exists:
            play(place, case, tally)
    print(f"\nfault matrix, {title}: {tally}", flush=True)
    for line in tally.wrong:
        print(f"  wrong: {line}")
    return tally
