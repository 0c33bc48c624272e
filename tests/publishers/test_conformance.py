"""Every network is held to the whole suite: nobody leaves a case out by writing it over, and what is left out has a reason."""

import inspect

import pytest

from scheduler.publishers.discovery import known_networks
from tests.publishers import test_instagram, test_made_up, test_threads
from tests.publishers.conformance import Conformance
from tests.publishers.emulated import Emulated
from tests.publishers.folders import InFolder
from tests.publishers.keeping import Keeping
from tests.publishers.staging import suites
from tests.publishers.suite import Suite
from tests.publishers.wired import Wired

SUITES = sorted(
    (kind for kind in suites(Conformance) if kind.__name__.startswith("Test")),  # type: ignore[type-abstract] # only its subclasses are made
    key=lambda kind: f"{kind.network} {kind.__name__}",
)
PARTS = {Emulated, InFolder, Wired, Keeping}
CASES = {name for name in dir(Conformance) if name.startswith("test_")}


def test_every_network_has_the_suite() -> None:
    assert len(CASES) >= 20
    assert {kind.network for kind in SUITES} == {*known_networks(), "noticeboard"}
    assert {kind.network for kind in SUITES if issubclass(kind, Keeping)} == {
        name for name, adapter in known_networks().items() if adapter.facts.abilities.hand_over is not None
    }
    print()
    for kind in SUITES:
        print(f"{kind.network:<12}{kind.__module__.rpartition('.')[2]}.{kind.__name__}")


@pytest.mark.parametrize("kind", SUITES, ids=lambda kind: f"{kind.network}-{kind.__name__}")
def test_no_network_writes_a_case_of_the_suite_over(kind: type[Suite]) -> None:
    own = {name for part in kind.__mro__ if part not in Conformance.__mro__ for name in vars(part)}
    assert own & CASES == set()
    assert {name for name in dir(kind) if name.startswith("test_")} >= CASES
    assert all(reason.endswith(".") for reason in kind.lacks.values())
    for hook in ("lacking", "needs_answers", "needs_proof", "needs_polls", "settle", "holds", "as_shown", "envelope", "prepared"):
        assert hook not in own, f"{hook} is the suite's"


def test_the_suite_of_a_made_up_network_is_about_ten_lines() -> None:
    lines = [line for line in inspect.getsource(test_made_up.TestMadeUp).splitlines() if line.strip()]
    assert len(lines) <= 12
    assert issubclass(test_threads.TestThreads, test_instagram.Hosted)
