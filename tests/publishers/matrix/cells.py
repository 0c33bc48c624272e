"""The cells of the networks' fault matrix, and what is counted in them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Self

from scheduler.daemon.faults import PASSED, POINTS
from scheduler.model.network import Recovery
from tests.publishers.matrix.sites import LOST, SITES, Site

DATABASES = ("sqlite", "postgresql")
ACTIONS = ("kill", "exception", "stop", "end")
STEPS = ("before_step", "after_step")
LOOKS = ("before_look", "after_look")
REPEATS = ("before_repeat", "after_repeat")
STOPPED = "stopped"
"""Is the way of posting a thread of which the second post is refused for good, mended, and gone on with."""
STEPLESS = frozenset({"bluesky"})
"""Are the networks that take no steps of their own: the name of a record is chosen before the first byte leaves."""

SURE = ("before_send", "after_send", "after_settle", "record")
DOUBTED = ("after_send", "after_settle", *LOOKS)
"""Points that are broken in turn around a trouble of the network's own, after which it is sure or in doubt what became of a post."""


@dataclass(frozen=True)
class Cell:
    """Is one network, one way of posting, and what is broken: ``number`` says at which of its passes a point breaks.

    ``trouble`` is what the network itself does to the first call that makes a post visible; a look needs one. ``mended`` breaks the
    process that sends the rest of a thread after a person mended it.
    """

    site: str
    way: str
    point: str
    action: str
    database: str
    number: int = 1
    trouble: str = ""
    mended: bool = False

    @property
    def fault(self) -> str:
        return f"{self.point}:{self.action}:{self.number}" if self.point else ""

    @property
    def ordered(self) -> str:
        """Returns the trouble that is ordered: a call is repeated only where the network has heard nothing of the first."""
        return self.trouble or ("drop before" if self.point in REPEATS else "")

    @property
    def first(self) -> str:
        """Returns what breaks a process before the one that the cell is about: a look needs a doubt."""
        return "after_send:kill:1" if self.point in LOOKS else ""

    @property
    def at(self) -> tuple[float, ...]:
        """Returns the seconds at which the process that is broken works; a key is looked for once its window is over."""
        if self.point == "after_look" and SITES[self.site].proof is Recovery.IDEMPOTENCY_KEY:
            return (65 * 60.0,)
        return (120.0,) if self.point in LOOKS else (0.0, 120.0)

    def may_doubt(self) -> bool:
        """Tells whether a person may have to decide: where nothing can tell, or a process that stands still may yet send."""
        proof = SITES[self.site].proof_of(self.way)
        if self.way == "comment" and self.point == "after_step":
            return True  # the comment was asked for, and nobody knows whether it still comes
        if proof is Recovery.NONE:
            return self.ordered in LOST or self.point in {"before_claim", "after_step", "after_send", "after_settle", *LOOKS}
        return proof is Recovery.READBACK and self.action == "stop"

    def __str__(self) -> str:
        broken = f"{self.point} {self.number} {self.action}" if self.point else "unbroken"
        more = f", {self.trouble}" if self.trouble else ", once mended" if self.mended else ""
        return f"{self.site}, {self.way}, {self.database}: {broken}{more}"


@dataclass
class Tally:
    """Counts what became of the deliveries of one network."""

    cells: int = 0
    deliveries: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    points: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __iadd__(self, other: Self) -> Self:
        self.cells += other.cells
        self.deliveries += other.deliveries
        self.broken += other.broken
        self.troubles += other.troubles
        self.points |= other.points
        self.counts += other.counts
        self.wrong += other.wrong
        return self


COLUMNS = ("out twice", "lost", "falsely sent", "other content", "asked, out", "asked, not out")
HEAD = (
    f"{'':24}{'cells':>7}{'posts':>7}{'broken':>8}{'trouble':>9}"
    + "".join(f"{name:>15}" for name in COLUMNS)
    + f"{'points':>8}{'wrong':>7}"
)


def row(name: str, tally: Tally) -> str:
    """Returns a line of the table that the matrix prints."""
    numbers = f"{tally.cells:>7}{tally.deliveries:>7}{sum(tally.broken.values()):>8}{sum(tally.troubles.values()):>9}"
    counts = "".join(f"{tally.counts[column]:>15}" for column in COLUMNS)
    return f"{name:24}{numbers}{counts}{len(tally.points):>5}/{len(POINTS)}{len(tally.wrong):>7}"


def points_of(site: Site, *, steps: bool) -> tuple[str, ...]:
    """Returns the points that a network can reach: only keys are repeated, and not every network takes steps of its own."""
    keys = site.proof is Recovery.IDEMPOTENCY_KEY
    return tuple(point for point in POINTS if (keys or point not in REPEATS) and (steps or point not in STEPS))


def whole(site: Site, steps: Mapping[str, int]) -> Iterator[Cell]:
    """Yields all cells of a network, of whose ways of posting it is known how many steps of their own they take.

    Every point is broken in every way on both databases, and meets every way of posting; every step of every way of posting is
    broken by kill -9; every way of posting meets every trouble, unbroken or broken at one of five points in turn.
    """
    for turn, point in enumerate(points_of(site, steps=any(steps.values()))):
        ways = [way for way in site.ways if point not in STEPS or steps[way]]
        for place, (database, action) in enumerate(product(DATABASES, ACTIONS)):
            way = ways[(turn + place) % len(ways)]
            number = (turn + place) % steps[way] + 1 if point in STEPS else 1
            yield Cell(site.name, way, point, action, database, number)
    for turn, way in enumerate(site.ways):
        yield from (Cell(site.name, way, "after_step", "kill", DATABASES[turn % 2], number) for number in range(1, steps[way] + 1))
    for turn, (way, trouble) in enumerate(product(site.ways, site.troubles)):
        yield crossed(site, way, trouble, turn)


def stopped(site: Site, steps: int) -> Iterator[Cell]:
    """Yields the cells of a thread that is refused in the middle: broken at every point, at each step in every way, and once mended."""
    points = [(point, action, 1) for point in points_of(site, steps=False) if point in PASSED for action in ACTIONS]
    points += [(point, action, number) for number in range(1, steps + 1) for point in STEPS for action in ACTIONS]
    for turn, (point, action, number) in enumerate(points):
        yield Cell(site.name, STOPPED, point, action, DATABASES[turn % 2], number)
    for turn, (point, action) in enumerate(product((*PASSED[1:], *STEPS), ("kill", "stop"))):
        yield Cell(site.name, STOPPED, point, action, DATABASES[turn % 2], mended=True)


def crossed(site: Site, way: str, trouble: str, turn: int) -> Cell:
    """Returns a cell with a trouble of the network's own, and in most turns something that is broken on top of it."""
    unbroken = Cell(site.name, way, "", "", DATABASES[turn % 2], trouble=trouble)
    points = ("", *DOUBTED) if trouble in LOST else ("", *SURE)
    point = points[turn % len(points)]
    return replace(unbroken, point=point, action=ACTIONS[turn % len(ACTIONS)]) if point else unbroken


def few() -> tuple[Cell, ...]:
    """Returns some cells in which every network, way of posting, fault point, way to break, database and trouble occurs."""
    cells = [cell for site in SITES.values() for cell in whole(site, dict.fromkeys(site.ways, 0 if site.name in STEPLESS else 2))]
    chosen: list[Cell] = []
    missing = set().union(*(features(cell) for cell in cells))
    while missing:
        chosen.append(max(cells, key=lambda cell: len(features(cell) & missing)))
        missing -= features(chosen[-1])
    return tuple(sorted(chosen, key=lambda cell: list(SITES).index(cell.site)))


def features(cell: Cell) -> set[tuple[str, ...]]:
    """Returns what a cell shows an example of."""
    found = {("site", cell.site), ("way", cell.way), ("database", cell.database), ("trouble", cell.trouble), ("point", cell.point)}
    return found | ({("broken", cell.action, cell.database), ("at", cell.point, cell.database)} if cell.point else set())
