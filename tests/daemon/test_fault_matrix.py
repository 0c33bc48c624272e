"""Every fault point, every ability, both databases, every way to end: the network's own account decides whether that was right.

A process is ended at the point; another one takes up what it left, minutes and hours later on a clock of its own.
"""

import ast
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

import scheduler
from scheduler.clock import SystemClock
from scheduler.daemon.faults import POINTS
from scheduler.model.delivery import State
from scheduler.model.network import Recovery
from tests.daemon.matrix import ACTIONS, LEASE, Case, Place, Tally, arrived_since, count, place_in, run
from tests.daemon.matrix_driver import Order
from tests.daemon.noticeboard import accepted
from tests.servers import postgresql as postgresql_here

AT_ONCE = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
"""The minutes after the end at which another process works, until everything is settled."""

LATER = (120.0, 1800.0)
CLOCK = SystemClock()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place_in(tmp_path_factory.mktemp("matrix")) as made:
        yield made


def play(place: Place, case: Case, tally: Tally) -> None:
    before, order = accepted(place.account), place.order(case)
    pid, code = place.start(replace(order, fault=case.fault, losing=case.losing, minutes=(0.0, case.minutes)))
    if case.was_hit(code):
        tally.points.add(case.point)
        tally.broken[case.action] += 1
    else:
        tally.wrong.append(f"{case}: not reached, it ended with {code}")
    stands = code is None
    if stands:
        CLOCK.wait(threading.Event(), LEASE * 1.1)
    began = CLOCK.monotonic()
    settled = None
    if stands and case.database == "sqlite":
        _, refused = place.start(replace(order, minutes=(0.0,)))
        if refused != 1:
            tally.wrong.append(f"{case}: a second process on the same file ended with {refused}")
    else:
        settled = take_up(place, order, case.minutes)
    tally.worked.append(CLOCK.monotonic() - began)
    if stands:
        place.let_go_on(pid)
        settled = take_up(place, order, case.minutes) if settled is None else settled
    if settled is not None:
        tally.settled.append(settled)
    place.start(replace(order, minutes=LATER))
    count(tally, case, place.states(order), arrived_since(place, before))


def take_up(place: Place, order: Order, since: float) -> float | None:
    """Lets another process work; returns the seconds of its clock until all was settled, or None where it never was."""
    done = 0
    for minutes in AT_ONCE:
        _, code = place.start(replace(order, minutes=(since + minutes,)))
        assert code == 0, f"the process that takes up ended with {code}"
        done = sum(state is State.SENT for state in place.states(order).values())
        if done == len(place.states(order)):
            return minutes * 60
    return None


SHORT = (
    *(
        Case(point, Recovery.CLIENT_ID, "sqlite", "kill")
        for point in ("record", "before_claim", "after_settle", "after_aside", "before_look")
    ),
    *(Case("before_send", ability, "sqlite", "kill") for ability in (Recovery.NONE, Recovery.READBACK)),
    Case("before_step", Recovery.NONE, "sqlite", "kill"),
    Case("after_send", Recovery.IDEMPOTENCY_KEY, "sqlite", "kill"),
    Case("after_step", Recovery.TWO_PHASE, "sqlite", "exception"),
    Case("before_repeat", Recovery.IDEMPOTENCY_KEY, "sqlite", "kill"),
    Case("after_repeat", Recovery.IDEMPOTENCY_KEY, "sqlite", "end"),
    Case("after_look", Recovery.READBACK, "sqlite", "kill"),
)


def test_a_part_of_the_matrix_that_reaches_every_fault_point(place: Place) -> None:
    tally = run(place, SHORT, "a part", play)
    assert tally.wrong == []
    assert tally.points == set(POINTS)


def test_every_fault_point_that_is_compiled_in_is_known_to_the_matrix() -> None:
    assert set(compiled_in(Path(scheduler.__file__).parent)) == set(POINTS)


def compiled_in(folder: Path) -> Iterator[str]:
    """Yields the names that ``fault(...)`` is called with anywhere in the program."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "fault":
                assert isinstance(node.args[0], ast.Constant), f"{path}: the name of a fault point is not a word"
                yield str(node.args[0].value)


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_whole_matrix(place: Place, database: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    cases = [Case(*cell) for cell in product(POINTS, Recovery, [database], ACTIONS)]
    if database == "sqlite":
        tally = run(place, cases, database, play)
    else:
        with postgresql_here.running(tmp_path_factory.mktemp("postgresql")) as address:
            place.postgresql = address
            tally = run(place, cases, database, play)
    assert tally.wrong == []
    assert tally.points == set(POINTS)
