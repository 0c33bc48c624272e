"""Plays a cell: a project on a network, a process that is broken, others that take up what it left, and what came of it."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from scheduler.clock import SystemClock
from scheduler.config.secrets import store_secret
from scheduler.ledger import open_ledger
from scheduler.model.delivery import Fact, State
from scheduler.publishers.discovery import known_networks
from tests.cli.running import inside
from tests.daemon.matrix_driver import NOT_REACHED
from tests.films import Film
from tests.publishers.matrix.cells import STOPPED, Cell, Tally
from tests.publishers.matrix.process import PASSED, Order, set_clock
from tests.publishers.matrix.sites import SITES, Piece, Site, Stage, mark
from tests.publishers.posts import jpeg
from tests.servers import postgresql, processes

ROOT = Path(__file__).parents[3]
CONFIG = """\
[organisation]
name = "Harbour Workers"
languages = ["en"]

[policy]
settle = "0s"
quiet_before_publish = "0s"
late_after = "30 days"
"""
HOSTING = """
[media]
host = "own"
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
"""
BAD = "Forbidden"
"""Is the word of the post of a thread that is refused for good."""
PICTURE = "\n\n![A flyer](../flyer.jpg)\n"
WAYS = {
    "words": "{text}\n",
    "picture": "{text}" + PICTURE,
    "carousel": "{text}" + PICTURE + "![Another flyer](../other.jpg)\n",
    "mixed": "{text}\n\n![A march](../march.mp4)" + PICTURE,
    "comment": "{text}" + PICTURE + "\n### first comment\n\nMore {text}\n",
    "story": "{text}" + PICTURE + "\n### story\n\n![A story](../story.jpg)\n",
    "thread": "{text}\n\n### reply\n\nTwo {text}" + PICTURE + "\n### reply\n\nThree {text}\n",
    "poll": "{text}\n",
    "film": "{text}\n\n![The march](../march.mp4)\n",
    STOPPED: "{text}\n\n### reply\n\n" + BAD + " {text}" + PICTURE + "\n### reply\n\nThree {text}\n",
}
POLL = "poll: [Strike, Talk first]\n"
TAKE_UP = (0.0, 60.0, 300.0, 600.0, 900.0, 1200.0, 1800.0, 2700.0)
"""The seconds after the end at which another process works, until everything is settled."""

WHY = (
    "cannot be asked what became of",
    "first comment cannot be seen",
    "does not list the story",
    "the machine that was sending it may still do so",
)
"""Are the reasons for which a person has to be asked: in pieces of their sentences."""

MUCH_LATER = 3 * 3600.0
PAST_THE_CLAIM = 11 * 60.0
"""Is longer than a claim lasts."""

ENDS: dict[str, set[int | None]] = {"kill": {-signal.SIGKILL}, "exception": {0, 1}, "stop": {None}, "end": {0, 1}}
REFUSED = {1, 75}
"""Are the exit codes of a process that may not work beside another, or whose port is taken."""

SETTLED = {State.SENT, State.UNCERTAIN}


@dataclass
class Project:
    """Is the folder of one cell; ``passed`` is how far its time was moved."""

    folder: Path
    address: str | Path
    cell: Cell
    stage: Stage
    mark: str
    tell: Callable[[str], tuple[int, int | None]]
    passed: float = 0.0

    def start(self, *at: float, fault: str = "", full: bool = False) -> tuple[int, int | None]:
        """Runs a process; returns its id and its exit code, None where it stands still."""
        return self.tell(Order(str(self.folder), fault, at or (self.passed,), full).text())

    def move(self, to: float) -> None:
        """Moves the time of the project and of the network, also for a process that stands still."""
        self.stage.advance(to - self.passed)
        self.passed = to
        set_clock(self.folder, to)

    def facts(self) -> list[Fact]:
        ledger = open_ledger(self.address, SystemClock(), folder=self.folder / ".scheduler")
        try:
            return list(ledger.facts().deliveries.values())
        finally:
            ledger.close()

    def shown(self) -> dict[str, list[Piece]]:
        """Returns by delivery what readers have to see, as ``show --json`` has it."""
        records = [each for path in sorted((self.folder / "posts").iterdir()) for each in self._records(path.stem)]
        return {record["delivery"]: list(pieces_of(record, SITES[self.cell.site])) for record in records}

    def _records(self, post: str) -> list[dict[str, Any]]:
        done = inside(self.folder, "show", post, "--json")
        assert done.code == 0, done.err
        records: list[dict[str, Any]] = done.json["outgoing"]
        return records


def pieces_of(record: dict[str, Any], site: Site) -> Iterator[Piece]:
    """Yields what readers see of one delivery, by its record in ``show --json``."""
    kind, answers, above = "story" if record["story"] else "post", (record["poll"] or {}).get("options", ()), ""
    for part in (record, *record["replies"]):
        films = known_networks()[site.network].facts.abilities.alt_text_of_films
        alts = ["" if kind in site.without_alts or ("video" in item and not films) else item["alt"] for item in part["media"]]
        yield (kind, part["text"], above, *alts, *(answers if part is record else ()))
        above = part["text"]
    if record["first_comment"]:
        yield ("comment", record["first_comment"], record["text"])


@dataclass
class Ground:
    """Is where cells are played: networks that are started when they are first needed, and one maker of processes."""

    folder: Path
    stack: ExitStack
    maker: "subprocess.Popen[str]"
    stages: dict[str, Stage] = field(default_factory=dict)
    postgresql: str = ""
    number: int = 0

    def stage(self, site: str) -> Stage:
        if site not in self.stages:
            self.stages[site] = self.stack.enter_context(SITES[site].open(self.folder / site.replace(" ", "-")))
        return self.stages[site]

    def tell(self, line: str) -> tuple[int, int | None]:
        assert self.maker.stdin is not None
        assert self.maker.stdout is not None
        print(line, file=self.maker.stdin, flush=True)
        pid, code = json.loads(self.maker.stdout.readline())
        return pid, code

    def database(self, cell: Cell, folder: Path) -> str | Path:
        if cell.database == "sqlite":
            return folder / ".scheduler/ledger.sqlite"
        if not self.postgresql:
            self.postgresql = self.stack.enter_context(postgresql.running(self.folder))
        name = f"cell_{self.number}_{mark()}"
        with psycopg.connect(self.postgresql.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f'CREATE SCHEMA "{name}"')
        # A process that stands still in the middle of writing holds up all others for as long as the database lets it.
        patience = "%20-cidle_in_transaction_session_timeout%3D1000" if (cell.point, cell.action) == ("record", "stop") else ""
        return f"{self.postgresql}?options=-csearch_path%3D{name}{patience}"

    def project(self, cell: Cell) -> Project:
        """Makes the folder of a cell, with two posts that are due; with a thread alone where that is stopped."""
        self.number += 1
        folder, site, stage = self.folder / f"project-{self.number}", SITES[cell.site], self.stage(cell.site)
        stage.reset()
        (folder / "posts").mkdir(parents=True)
        address = self.database(cell, folder)
        (folder / "config.toml").write_text(configured(site, stage, address), encoding="utf-8")
        store_secret("main", stage.secret, folder)
        for name, size in (("flyer", (800, 1000)), ("other", (800, 1000)), ("story", (900, 1600))):
            jpeg(folder, f"{name}.jpg", size, shade={"flyer": "navy", "other": "maroon", "story": "teal"}[name])
        Film(size=(720, 1280), padding=80_000).write(folder / "march.mp4")
        set_clock(folder, 0.0)
        word = mark()
        when = f"{SystemClock().now() - timedelta(minutes=1):%Y-%m-%d %H:%M}"
        second = site.ways[0] if cell.way != site.ways[0] else cell.way
        for name, way in (("first", cell.way), ("second", second))[: 1 if cell.way == STOPPED else 2]:
            front = f"---\ntitle: {name}\nwhen: {when}\nwhere: [main]\n{POLL if way == 'poll' else ''}---\n"
            # A real server keeps what came of all cells, so that no two of them may have a post of the same name.
            text = front + WAYS[way].format(text=f"The {name} march {word}")
            (folder / "posts" / f"{name}-{word}.md").write_text(text, encoding="utf-8")
        return Project(folder, address, cell, stage, word, self.tell)


def configured(site: Site, stage: Stage, address: str | Path) -> str:
    database = "" if isinstance(address, Path) else f'\n[database]\nurl = "{address}"\n'
    hosting = HOSTING.format(port=processes.free_port()) if site.hosts else ""
    settings = "".join(f'{key} = "{value}"\n' if value != "true" else f"{key} = true\n" for key, value in stage.settings.items())
    return f'{CONFIG}{database}{hosting}\n[accounts.main]\nnetwork = "{site.network}"\nlive = true\n{settings}'


@contextmanager
def ground_in(folder: Path) -> Iterator[Ground]:
    """Gives a ground with a process that makes processes."""
    with ExitStack() as stack, (folder / "processes.log").open("w", encoding="utf-8") as log:
        maker = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "tests.publishers.matrix.process"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        )
        stack.callback(maker.kill)
        yield Ground(folder, stack, maker)


def play(ground: Ground, cell: Cell) -> Tally:
    """Plays a cell and returns what came of it."""
    tally = Tally(cells=1)
    project = ground.project(cell)
    if cell.ordered:
        project.stage.trouble(cell.ordered, cell.way)
        tally.troubles[cell.ordered] += 1
    pid, code = broken(project, tally)
    stands = code is None
    if stands:
        beside(project, tally)
        ground.tell(str(pid))
    project.stage.end_trouble()
    if cell.ordered == "expired":
        renewed = inside(project.folder, "resume", "--account", "main", "--publish")
        assert renewed.code == 0, renewed.err
    take_up(project)
    if not all(fact.state in SETTLED for fact in project.facts()):
        tally.wrong.append(f"{cell}: not settled after {TAKE_UP[-1] / 60:.0f} minutes")
    if stands or {fact.state for fact in project.facts()} != {State.SENT}:
        project.move(project.passed + MUCH_LATER)
        project.start()
    count(project, tally)
    for line in tally.wrong:
        print(f"  wrong: {line} ({project.folder})", flush=True)
    return tally


def steps_of(ground: Ground, site: str, way: str) -> int:
    """Returns how many steps of its own the network takes for the posts of a cell, until they are out or one is refused for good."""
    project = ground.project(Cell(site, way, "after_step", "kill", "sqlite"))
    if way == STOPPED:
        project.stage.forbid(BAD)
    _, code = project.start(fault="after_step:kill:1000")
    assert code == NOT_REACHED
    assert {fact.state for fact in project.facts()} == {State.REFUSED if way == STOPPED else State.SENT}
    return int((project.folder / PASSED).read_text(encoding="ascii"))


def broken(project: Project, tally: Tally) -> tuple[int, int | None]:
    """Runs the process that is to be broken at its point."""
    cell = project.cell
    if cell.first:
        _, killed = project.start(fault=cell.first)
        assert killed == -signal.SIGKILL, f"{cell}: there is no doubt, it ended with {killed}"
    pid, code = project.start(*(project.passed + seconds for seconds in cell.at), fault=cell.fault, full=cell.point == "after_aside")
    project.stage.advance(cell.at[-1])
    project.passed += cell.at[-1]
    if not cell.point:
        return pid, code
    if code != NOT_REACHED and code in ENDS[cell.action]:
        tally.points.add(cell.point)
        tally.broken[cell.action] += 1
    else:
        tally.wrong.append(f"{cell}: not broken, it ended with {code}")
    return pid, code


def beside(project: Project, tally: Tally) -> None:
    """Lets others work while a process stands still longer than its claim lasts: on a file, and where its port is taken, they may not."""
    project.move(project.passed + PAST_THE_CLAIM)
    if project.cell.database == "sqlite" or SITES[project.cell.site].hosts:
        _, refused = project.start()
        if refused not in REFUSED:
            tally.wrong.append(f"{project.cell}: a second process beside the one that stands still ended with {refused}")
    else:
        take_up(project, TAKE_UP[:3])


def take_up(project: Project, at: tuple[float, ...] = TAKE_UP, until: State = State.SENT) -> None:
    since = project.passed
    for seconds in at:
        project.move(since + seconds)
        _, code = project.start()
        assert code == 0, f"{project.cell}: the process that takes up ended with {code}, see {project.folder}/log"
        if {fact.state for fact in project.facts()} == {until}:
            return


def count(project: Project, tally: Tally) -> None:
    """Adds what readers see, against what the ledger and ``show --json`` say."""
    cell, facts, shown = project.cell, project.facts(), project.shown()
    seen = Counter(project.stage.kept(project.mark))
    wanted = Counter(piece for pieces in shown.values() for piece in pieces)
    tally.deliveries += len(facts)
    found: Counter[str] = Counter()
    found["out twice"] = sum((seen - Counter(set(seen))).values())
    found["other content"] = len(set(seen) - set(wanted))
    for fact in facts:
        out = [piece for piece in shown[fact.delivery] if piece in seen]
        whole = len(out) == len(shown[fact.delivery])
        if fact.state is State.SENT:
            found["falsely sent"] += not whole
        elif fact.state is State.UNCERTAIN:
            found["asked, out" if out else "asked, not out"] += 1
            doubt(cell, fact, tally)
        else:
            found["lost"] += 1
            tally.wrong.append(f"{cell}: {fact.post} is {fact.state.value}: {fact.reason}")
    found["lost"] += max(0, len(shown) - len(facts))
    tally.counts += found
    hosted = project.folder / ".scheduler/hosted"
    if not tally.wrong and (left := [path.name for path in hosted.glob("*.*")] if hosted.exists() else []):
        tally.wrong.append(f"{cell}: pictures are still offered: {left}")
    for name in ("out twice", "other content", "falsely sent"):
        if found[name]:
            tally.wrong.append(f"{cell}: {name}: {sorted((seen - wanted).elements())}, missing {sorted((wanted - seen).elements())}")


def doubt(cell: Cell, fact: Fact, tally: Tally) -> None:
    if not cell.may_doubt():
        tally.wrong.append(f"{cell}: a person is asked although it can be known: {fact.reason}")
    if not any(why in fact.reason for why in WHY):
        tally.wrong.append(f"{cell}: a person is asked without the right reason: {fact.reason!r}")
