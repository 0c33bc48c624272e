"""Plays a thread of which a post is refused for good: broken, told, mended, and gone on with by a person's word."""

from typing import Any

from scheduler.model.delivery import State
from tests.cli.running import inside
from tests.publishers.matrix.cells import Cell, Tally
from tests.publishers.matrix.playing import BAD, MUCH_LATER, Ground, Project, beside, broken, count, take_up

GOOD = "Allowed"


def play_stopped(ground: Ground, cell: Cell) -> Tally:
    """Plays a cell of a thread that is refused at its second post, and returns what came of it."""
    tally = Tally(cells=1)
    project = ground.project(cell)
    project.stage.forbid(BAD)
    if cell.mended:
        project.start()
    else:
        _break(ground, project, tally)
    take_up(project, until=State.REFUSED)
    if _is_rightly_told(project, tally):
        _resolve(project)
        if cell.mended:
            _break(ground, project, tally)
        take_up(project)
    count(project, tally)
    for line in tally.wrong:
        print(f"  wrong: {line} ({project.folder})", flush=True)
    return tally


def _break(ground: Ground, project: Project, tally: Tally) -> None:
    pid, code = broken(project, tally)
    if code is None:
        beside(project, tally)
        ground.tell(str(pid))
        project.move(project.passed + MUCH_LATER)
        project.start()


def _is_rightly_told(project: Project, tally: Tally) -> bool:
    """Holds what the program tells to what readers see; returns whether a person can let the rest be sent."""
    (found,) = inside(project.folder, "queue", "--json").json["deliveries"]
    thread: dict[str, Any] = found["thread"] or {"out": (), "next": 1}
    seen = project.stage.kept(project.mark)
    told = (found["state"], len(thread["out"]), thread["next"])
    if told == ("uncertain", 0, 1) and project.cell.may_doubt():
        return False
    if told[1:] != (1, 2) or (told[0] != "refused" and not project.cell.may_doubt()) or len(seen) != 1:
        tally.wrong.append(f"{project.cell}: it is told {told}: {found['why']}, and readers see {seen}")
    if not all(each["url"] for each in thread["out"]):
        tally.wrong.append(f"{project.cell}: what is out is told without its address")
    return True


def _resolve(project: Project) -> None:
    """Mends the file and says that the rest is not out."""
    (path,) = (project.folder / "posts").iterdir()
    path.write_text(path.read_text("utf-8").replace(BAD, GOOD), encoding="utf-8")
    project.stage.end_trouble()
    (fact,) = project.facts()
    done = inside(project.folder, "resolve", fact.delivery[:8], "--not-sent")
    assert done.code == 0, done.err
