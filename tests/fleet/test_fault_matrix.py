"""The fault matrix on a fleet: the process that hands out is broken, or the one that carries, and others take up what it left."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

import psycopg
import pytest

from scheduler.clock import SystemClock
from scheduler.daemon.faults import POINTS
from scheduler.model.delivery import State
from scheduler.model.network import Recovery
from tests.daemon.matrix import ACTIONS, LEASE, LOOKS, Case, Place, Tally, arrived_since, count, place_in, run
from tests.daemon.matrix_driver import Order
from tests.daemon.noticeboard import accepted

ROLES = {"hands": ("record", *sorted(LOOKS)), "worker": tuple(point for point in POINTS if point != "record")}
"""Which points each process passes: only the one that hands out records, only those that carry send."""

AT_ONCE = ((0.0,), (1.0, 3.0, 6.0, 12.0))
LATER = ((90.0, 180.0), (1800.0,))
"""The minutes after the end at which the others work; after each group what was handed out is carried."""

CLOCK = SystemClock()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, postgresql_server: str) -> Iterator[Place]:
    with place_in(tmp_path_factory.mktemp("fleet-matrix")) as made:
        made.postgresql = postgresql_server
        yield made


def play(place: Place, case: Case, tally: Tally) -> None:
    before, order = accepted(place.account), place.order(case)
    pid, code = place.start(begin(place, case, order))
    if case.was_hit(code):
        tally.points.add(case.point)
        tally.broken[case.action] += 1
    else:
        tally.wrong.append(f"{case}: not reached, it ended with {code}")
    if code is None:
        CLOCK.wait(threading.Event(), LEASE * 1.1)
    began = CLOCK.monotonic()
    settled = take_up(place, order, [tuple(case.minutes + minutes for minutes in group) for group in AT_ONCE], case.minutes)
    tally.worked.append(CLOCK.monotonic() - began)
    if settled is not None:
        tally.settled.append(settled)
    if code is None:
        place.let_go_on(pid)
    take_up(place, order, LATER, case.minutes)
    count(tally, case, place.states(order), arrived_since(place, before))


def begin(place: Place, case: Case, order: Order) -> Order:
    """Lets everything happen that comes before the process which is broken; returns what that one is told."""
    broken = replace(order, fault=case.fault, losing=case.losing, minutes=(0.0,))
    if case.role == "hands" and case.point not in LOOKS:
        return broken
    hand_out(place, order, (0.0,))
    if case.point not in LOOKS:
        return broken
    place.start(replace(order, role="worker", losing=case.losing, minutes=(0.0,)))
    return replace(broken, losing=0, minutes=(case.minutes,), again=case.role == "worker")


def hand_out(place: Place, order: Order, minutes: tuple[float, ...]) -> None:
    _, code = place.start(replace(order, role="hands", minutes=minutes))
    assert code == 0, f"the process that hands out ended with {code}"


def take_up(place: Place, order: Order, groups: Iterable[tuple[float, ...]], since: float) -> float | None:
    """Lets others work at these minutes; returns the seconds of their clock until all was settled, or None where it never was."""
    for minutes in groups:
        age(order)
        hand_out(place, order, minutes)
        _, code = place.start(replace(order, role="worker", minutes=minutes[-1:]))
        assert code == 0, f"the worker that takes up ended with {code}"
        states = place.states(order).values()
        if states and all(state is State.SENT for state in states):
            return (minutes[-1] - since) * 60
    return None


def age(order: Order) -> None:
    """Makes the last sign of life of every worker an old one."""
    with psycopg.connect(order.address.replace("+psycopg", ""), autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('procrastinate_workers')").fetchone() != (None,):
            connection.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'")


def cells(ability: Recovery) -> list[Case]:
    return [
        Case(point, ability, "postgresql", action, role) for role, points in ROLES.items() for point, action in product(points, ACTIONS)
    ]


def test_a_part_of_the_matrix_on_a_fleet(place: Place) -> None:
    short = (
        Case("after_send", Recovery.READBACK, "postgresql", "kill", "worker"),
        Case("record", Recovery.CLIENT_ID, "postgresql", "kill", "hands"),
        Case("before_repeat", Recovery.IDEMPOTENCY_KEY, "postgresql", "kill", "worker"),
    )
    assert run(place, short, "fleet, a part", play).wrong == []


@pytest.mark.long
@pytest.mark.parametrize("ability", list(Recovery))
def test_the_whole_matrix_on_a_fleet(place: Place, ability: Recovery) -> None:
    tally = run(place, cells(ability), f"fleet, {ability}", play)
    assert tally.wrong == []
    assert tally.points == {point for point in POINTS if "repeat" not in point or ability is Recovery.IDEMPOTENCY_KEY}
