"""Guards are broken one at a time, from the outside, and the test that is there for each must fail.

``pytest tests/daemon/test_mutants.py -s`` breaks those of every run, with ``-m long`` all of them.
"""

from collections.abc import Iterator, Sequence

import pytest

from scheduler.clock import SystemClock
from tests.daemon.breaking import FAILED, PASSED, Edit, Workshop, workshop
from tests.daemon.mutants import MUTANTS, USUAL, Mutant

SOME = tuple(mutant for mutant in MUTANTS if mutant.is_usual)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with workshop(tmp_path_factory.mktemp("broken")) as made:
        yield made


def caught(shop: Workshop, mutants: Sequence[Mutant]) -> list[str]:
    """Returns the names of those that were noticed, and prints each with its catcher."""
    catchers = sorted({mutant.catcher for mutant in mutants})
    assert shop.outcome((), catchers) == PASSED, shop.log.read_text("utf-8")
    clock, noticed = SystemClock(), []
    print()
    for mutant in mutants:
        began = clock.monotonic()
        outcome = shop.outcome(mutant.edits, [mutant.catcher])
        said = {PASSED: "LIVES", FAILED: "caught"}.get(outcome, f"cannot be run ({outcome})")
        print(f"{said:7} {clock.monotonic() - began:5.1f} s  {mutant.name}: {mutant.catcher.partition('::')[2]}", flush=True)
        assert outcome in {PASSED, FAILED}, shop.log.read_text("utf-8")
        noticed += [mutant.name] if outcome == FAILED else []
    print(f"{len(noticed)} of {len(mutants)} broken guards caught")
    return noticed


def test_the_guards_that_matter_most_are_missed_when_they_are_broken(shop: Workshop) -> None:
    assert len(SOME) == len(USUAL)
    assert caught(shop, SOME) == [mutant.name for mutant in SOME]


def test_every_guard_still_stands_where_it_is_broken(shop: Workshop) -> None:
    for mutant in MUTANTS:
        with shop.broken(mutant.edits):
            pass


@pytest.mark.long
def test_every_broken_guard_is_noticed(shop: Workshop) -> None:
    assert caught(shop, MUTANTS) == [mutant.name for mutant in MUTANTS]


def test_a_guard_that_moved_is_reported(shop: Workshop) -> None:
    with pytest.raises(AssertionError, match="new place"):
        shop.outcome([Edit("ledger/sending/claims.py", "there is no such line", "")], [])
