"""The whole program against every network, broken at every fault point in every way: a post is out once, or a person is asked.

The networks are emulators of ours, a real PDS of Bluesky and a real snac2. What readers see there is compared with ``show --json``.
"""

from collections.abc import Iterator

import pytest

from scheduler.daemon.faults import POINTS
from scheduler.publishers.discovery import known_networks
from tests.publishers.matrix.cells import ACTIONS, DATABASES, HEAD, STOPPED, Cell, Tally, features, few, points_of, row, stopped, whole
from tests.publishers.matrix.playing import WAYS, Ground, ground_in, play, steps_of
from tests.publishers.matrix.sites import SITES, TROUBLES
from tests.publishers.matrix.stopping import play_stopped

FEW = few()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground_in(tmp_path_factory.mktemp("matrix")) as made:
        yield made


@pytest.fixture(scope="module")
def tallies() -> Iterator[dict[str, Tally]]:
    """Collects what is counted, and prints it as a table in the end."""
    found: dict[str, Tally] = {}
    yield found
    total = Tally()
    for tally in found.values():
        total += tally
    print("\n".join(["", HEAD, *(row(name, tally) for name, tally in found.items()), row("all", total)]))
    for name, counted in (("broken", total.broken), ("troubles of the networks", total.troubles)):
        print(f"  {name}: {', '.join(f'{key} {number}' for key, number in sorted(counted.items()))}")


@pytest.mark.parametrize("cell", FEW, ids=str)
def test_whatever_breaks_a_post_is_out_once_or_a_person_is_asked(ground: Ground, cell: Cell) -> None:
    assert play(ground, cell).wrong == []


@pytest.mark.parametrize(
    ("site", "point", "asked"),
    [(site, point, asked) for site in ("instagram", "facebook") for point, asked in (("before_step", 0), ("after_step", 1))],
)
def test_whoever_takes_over_writes_the_first_comment_unless_it_may_still_come(ground: Ground, site: str, point: str, asked: int) -> None:
    tally = play(ground, Cell(site, "comment", point, "kill", "sqlite", 3))
    assert tally.wrong == []
    assert tally.counts["asked, out"] == asked


def test_every_network_way_of_posting_point_way_to_break_database_and_trouble_is_among_the_usual_cells() -> None:
    shown = set().union(*(features(cell) for cell in FEW))
    assert {name for kind, name, *_ in shown if kind == "site"} == set(SITES)
    assert {name for kind, name, *_ in shown if kind == "way"} == set(WAYS) - {STOPPED}
    assert {name for kind, name, *_ in shown if kind == "point"} == {"", *POINTS}
    assert {tuple(names) for kind, *names in shown if kind == "broken"} == {(action, base) for action in ACTIONS for base in DATABASES}
    assert {name for kind, name, *_ in shown if kind == "trouble"} == {"", *TROUBLES}


def test_every_network_of_the_release_that_is_not_a_folder_is_in_the_matrix() -> None:
    assert {site.network for site in SITES.values()} == {name for name, each in known_networks().items() if not each.facts.local}


@pytest.mark.parametrize("cell", [Cell("x", STOPPED, "before_step", "kill", "sqlite", 3)], ids=str)
def test_a_thread_that_is_refused_in_the_middle_and_breaks_is_told_rightly_and_gone_on_with(ground: Ground, cell: Cell) -> None:
    assert play_stopped(ground, cell).wrong == []


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name, site in SITES.items() if "thread" in site.ways])
def test_the_whole_matrix_of_a_thread_that_is_refused_in_the_middle(ground: Ground, tallies: dict[str, Tally], name: str) -> None:
    tally, steps = tallies.setdefault(f"{name}, stopped thread", Tally()), steps_of(ground, name, STOPPED)
    assert steps > 0
    for cell in stopped(SITES[name], steps):
        tally += play_stopped(ground, cell)
    assert tally.wrong == []


@pytest.mark.long
@pytest.mark.parametrize("name", SITES)
def test_the_whole_matrix_of_a_network(ground: Ground, tallies: dict[str, Tally], name: str) -> None:
    site, tally = SITES[name], tallies.setdefault(name, Tally())
    steps = {way: steps_of(ground, name, way) for way in site.ways}
    for cell in whole(site, steps):
        tally += play(ground, cell)
    assert tally.wrong == []
    assert tally.points == set(points_of(site, steps=any(steps.values())))
