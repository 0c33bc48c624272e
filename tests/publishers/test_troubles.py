"""What becomes of a post in every trouble of every network, as the whole program has it: run after run, and under a daemon.

A cell is a network and a trouble: where the post stands after the first run, what a person is told, and what comes of it when the
trouble is over. ``pytest -s -m long tests/publishers/test_troubles.py`` prints all of them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from scheduler.model.delivery import State
from scheduler.model.network import Recovery
from scheduler.publishers.discovery import known_networks
from tests.cli.running import inside
from tests.publishers import test_bluesky
from tests.publishers.matrix.cells import Cell
from tests.publishers.matrix.playing import TAKE_UP, Ground, Project, ground_in, take_up
from tests.publishers.matrix.process import Order
from tests.publishers.matrix.sites import LOST, SITES, TROUBLES, Piece, Site, emulated, of
from tests.publishers.posts import jpeg
from tests.publishers.test_instagram import bad_host

PLACES = {"picture unreachable": "nobody", "picture missing": "missing", "picture slow": "slow", "picture wrong type": "html"}
"""Are the troubles with the address of a picture, and the host that makes them."""

ALL = (*TROUBLES, "quota", *PLACES)
HOUR = 3600.0
LIFE = 3 * HOUR
OVER = {
    "expired": "a new secret",
    **dict.fromkeys(PLACES, "the address works"),
    "picture wrong type": "another picture, and resolve --not-sent",
}
"""Is what ends a trouble that does not end by itself."""


@dataclass(frozen=True)
class Met:
    """Is what became of the post in one cell."""

    state: str
    why: str
    step: str
    asks: bool
    later: str
    out: int


def why_not(site: Site, trouble: str) -> str:
    """Returns why a network cannot have a trouble; nothing where it can."""
    facts = known_networks()[site.network].facts
    if site.name == "snac":
        return "A real server; what it answers is that of GoToSocial, whose emulator is tried."
    if not trouble.startswith("picture"):
        return ""
    if "picture" not in site.ways and "carousel" not in site.ways:
        return facts.gaps.get("pictures", "Its webhooks take no pictures.")
    return "" if site.hosts or trouble == "picture wrong type" else "Its pictures are sent to it, not fetched."


CELLS = [(name, trouble) for name in SITES for trouble in ALL]
POSSIBLE = [cell for cell in CELLS if not why_not(SITES[cell[0]], cell[1])]
USUAL = [("telegram", "drop"), ("threads", "picture unreachable"), ("linkedin", "expired")]


def records(state: Mapping[str, Any]) -> list[Piece]:
    return [of("post", each["text"], "") for each in state["records"].values()]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Gives a ground where Bluesky is our emulator, whose token can end and whose answers can be slow."""
    with ExitStack() as stack, ground_in(tmp_path_factory.mktemp("troubles")) as made:
        opened = emulated(test_bluesky, "TestBluesky", records)
        made.stages["bluesky"] = stack.enter_context(opened(made.folder / "bluesky"))
        yield made


def way_of(site: Site, trouble: str) -> str:
    pictured = "picture" if "picture" in site.ways else "carousel"
    return pictured if trouble.startswith("picture") or site.ways[0] != "words" else "words"


def begin(ground: Ground, name: str, trouble: str) -> Project:
    project = ground.project(Cell(name, way_of(SITES[name], trouble), "", "", "sqlite"))
    next((project.folder / "posts").glob("second-*")).unlink()
    return project


@contextmanager
def ordered(project: Project, site: Site, trouble: str) -> Iterator[None]:
    """Has the network in trouble, until the end of the block at the latest."""
    if not trouble.startswith("picture"):
        project.stage.trouble(trouble, project.cell.way)
        yield
    elif not site.hosts:
        project.stage.trouble("wrong type", project.cell.way)
        yield
    else:
        config = project.folder / "config.toml"
        told = config.read_text("utf-8")
        with bad_host(PLACES[trouble]) as address:
            config.write_text(re.sub("public_url = .*", f'public_url = "{address}"', told), encoding="utf-8")
            yield
        config.write_text(told, encoding="utf-8")
    project.stage.end_trouble()


def line(project: Project) -> Mapping[str, Any]:
    """Returns the post as ``queue --json`` has it, and the list where it waits for nothing any more."""
    done = inside(project.folder, "queue", "--json")
    assert done.code in {0, 1}, done.err
    lines: list[dict[str, Any]] = done.json["deliveries"]
    [fact] = project.facts()
    return lines[0] if lines else {"state": fact.state.value, "why": fact.reason, "step": "", "needs_a_person": False}


def mend(project: Project, trouble: str) -> None:
    """Does what a person does about a trouble that does not end by itself."""
    if trouble == "expired":
        resumed = inside(project.folder, "resume", "--account", "main", "--publish")
        assert resumed.code == 0, resumed.err
    if trouble == "picture wrong type":
        jpeg(project.folder, "flyer.jpg", (800, 1000), shade="olive")
        jpeg(project.folder, "other.jpg", (800, 1000), shade="gray")
    [fact] = project.facts()
    if fact.state is State.REFUSED:  # at once, or because a daemon gave up after its tries
        resolved = inside(project.folder, "resolve", fact.delivery, "--not-sent")
        assert resolved.code == 0, resolved.err


def meet(ground: Ground, name: str, trouble: str) -> Met:
    """Plays a cell by ``run --once``: in the trouble, and then as often as it takes."""
    site, project = SITES[name], begin(ground, name, trouble)
    with ordered(project, site, trouble):
        project.start()
        first = line(project)
    mend(project, trouble)
    if first["state"] != "sent":
        take_up(project, (*TAKE_UP, HOUR + 100, 2 * HOUR + 100))
    return Met(
        first["state"],
        first["why"] or "",
        first["step"] or "",
        bool(first["needs_a_person"]),
        line(project)["state"],
        len(project.stage.kept(project.mark)),
    )


def live(ground: Ground, name: str, trouble: str) -> tuple[str, int]:
    """Plays a cell by one daemon that lives an hour, or three where it has to wait, and by another once a person has done something."""
    site, project = SITES[name], begin(ground, name, trouble)
    life = LIFE if trouble == "quota" else HOUR
    with ordered(project, site, trouble):
        project.tell(Order(str(project.folder), lives=life).text())
    if trouble in OVER:
        mend(project, trouble)
        project.move(life)
        project.tell(Order(str(project.folder), at=(life,), lives=HOUR).text())
    return line(project)["state"], len(project.stage.kept(project.mark))


def judged(name: str, trouble: str, met: Met) -> list[str]:
    """Returns what is wrong with what became of a post."""
    asked = SITES[name].proof is Recovery.NONE and trouble in LOST
    said = met.why.strip()
    return [
        wrong
        for wrong, is_so in (
            ("is not out once", not asked and (met.later, met.out) != ("sent", 1)),
            ("is out more than once", met.out > 1),
            ("nobody is asked", asked and met.later != "uncertain"),
            ("no reason is told", met.state != "sent" and not said.endswith((".", "?", ")"))),
            ("a slow answer is no trouble", trouble == "slow" and met.state != "sent"),
            ("a wait is no doubt", trouble in {"429", "quota"} and met.state not in {"queued", "refused", "sent"}),
            ("an account without access pauses", trouble == "expired" and "is paused since" not in said),
            ("a person is told what to do", trouble == "expired" and "scheduler" not in said + met.step),
        )
        if is_so
    ]


@pytest.mark.parametrize(("name", "trouble"), USUAL)
def test_some_troubles_end_as_they_should(ground: Ground, name: str, trouble: str) -> None:
    met = meet(ground, name, trouble)
    assert judged(name, trouble, met) == [], met


def test_no_trouble_is_left_out_without_a_reason() -> None:
    for name, trouble in set(CELLS) - set(POSSIBLE):
        assert why_not(SITES[name], trouble).endswith("."), (name, trouble)
    assert {name for name, _ in POSSIBLE} | {"snac"} == set(SITES)
    assert {trouble for _, trouble in POSSIBLE} == set(ALL)


@pytest.fixture(scope="module")
def printed() -> Iterator[Callable[[str], None]]:
    """Collects the lines of the table, and prints them in the end."""
    lines: list[str] = []
    yield lines.append
    print("\n".join(["", *lines]))


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in SITES if name != "snac"])
def test_every_trouble_of_a_network(ground: Ground, printed: Callable[[str], None], name: str) -> None:
    wrong: list[str] = []
    printed(f"\n{name}")
    for trouble in ALL:
        if left_out := why_not(SITES[name], trouble):
            printed(f"  {trouble:<20} –  {left_out}")
            continue
        met = meet(ground, name, trouble)
        state, out = live(ground, name, trouble)
        wrong += [f"{name}, {trouble}: {each}: {met}" for each in judged(name, trouble, met)]
        if (state, out) != (met.later, met.out):
            wrong.append(f"{name}, {trouble}: the daemon leaves it {state}, {out} out, and the runs {met.later}, {met.out} out")
        printed(f"  {trouble:<20} {met.state}{', asks a person' if met.asks else ''}: {met.why}")
        after = f"after {OVER[trouble]}" if trouble in OVER else "by itself"
        printed(f"  {'':<20} {after}: {met.later}, {met.out} out; the daemon: {state}, {out} out")
    assert wrong == []
