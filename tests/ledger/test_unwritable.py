"""A project folder that can only be read: what looks works as ever, what would write says so, and no fact is made up."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.clock import SystemClock
from tests.cli.running import Run, environment, inside

pytestmark = pytest.mark.skipif(os.name != "posix", reason="this system has no such rights")
SOMEBODY = 12345
FOLDERS = ("rested", "log", "torn", "left")
CONFIG = """\
[organisation]
name = "Harbour Workers"
timezone = "Europe/Berlin"

[policy]
settle = "0s"
quiet_before_publish = "0s"

[accounts.site]
network = "website"
"""
SCRIPT = """
import json, os, sys
from pathlib import Path
from tests.cli.running import inside

warm, *calls = sys.argv[1:]
calls = [call.split("|") for call in calls]
for _, words in calls:
    inside(Path(warm), *words.split())  # all that they import is read now: another user may not even have this Python
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(12345, 12345, 12345)
    os.setresuid(12345, 12345, 12345)
runs = [inside(Path(folder), *words.split()) for folder, words in calls]
print(json.dumps([[run.code, run.out, run.err] for run in runs]))
"""
LOG = """
import os, sqlite3, sys
raw = sqlite3.connect(sys.argv[1], isolation_level=None)
raw.execute("PRAGMA journal_mode=WAL")
raw.execute("UPDATE delivery SET state = 'held', reason = 'in the log alone' WHERE state = 'queued'")
os._exit(0)
"""
"""Ends in the middle of its work, as a daemon that is killed does."""

LOOKING = (
    "check",
    "list",
    "list --json",
    "show march",
    "show april",
    "preview --export OUT",
    "history",
    "queue",
    "status",
    "accounts list",
)
WRITING = ("pause", "run --once", "backup")


@dataclass(frozen=True)
class Looked:
    """Is what commands said before the folders were shut, and afterwards by folder and command."""

    before: dict[str, Run]
    after: dict[tuple[str, str], Run]
    home: Path


def written(folder: Path) -> None:
    """Makes a project with a post that is out and one to come."""
    (folder / "posts").mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    for name, days in (("march", -1 / 1440), ("april", 3)):
        when = (SystemClock().now() + timedelta(days=days)).astimezone(ZoneInfo("Europe/Berlin"))
        text = f"---\ntitle: {name}\nwhen: {when:%Y-%m-%d %H:%M}\nwhere: [site]\n---\nCome to the {name}.\n"
        (folder / "posts" / f"{name}.md").write_text(text, encoding="utf-8")
    assert inside(folder, "run", "--once").code == 0


def shut(folder: Path) -> None:
    """Gives the folder to somebody who may read it and nothing else."""
    for path in (folder, *folder.rglob("*")):
        if os.geteuid() == 0:
            os.chown(path, SOMEBODY, SOMEBODY)
        path.chmod(0o500 if path.is_dir() else 0o400)


@pytest.fixture(scope="module")
def looked() -> Iterator[Looked]:
    """Gives what is said of one project in four states, each in a folder that can only be read."""
    home = Path(tempfile.mkdtemp())  # the folders of pytest are closed to the other user, and have to stay so
    home.chmod(0o755)
    try:
        yield looked_at(home)
    finally:
        for path in home.rglob("*"):
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(home)


def looked_at(home: Path) -> Looked:
    written(home / "rested")
    before = {command: inside(home / "rested", *command.split()) for command in LOOKING if "OUT" not in command}
    for name in ("log", "left", "warm"):
        shutil.copytree(home / "rested", home / name)
    subprocess.run([sys.executable, "-c", LOG, str(home / "log/.scheduler/ledger.sqlite")], check=True)
    shutil.copytree(home / "log", home / "torn", ignore=shutil.ignore_patterns("*-shm"))
    (home / "left/.scheduler/unsaved-results.jsonl").write_text('{"delivery": "x"}\n', encoding="utf-8")
    (home / "out").mkdir()
    (home / "out").chmod(0o777)
    for name in FOLDERS:
        shut(home / name)
    calls = [("rested", command) for command in (*LOOKING, *WRITING)] + [("log", "queue"), ("torn", "list"), ("left", "list")]
    told = [f"{home / folder}|{command.replace('OUT', str(home / 'out' / 'preview.html'))}" for folder, command in calls]
    arguments = [sys.executable, "-c", SCRIPT, str(home / "warm"), *told]
    done = subprocess.run(arguments, cwd=home / "out", env=environment(), capture_output=True, text=True, check=True)
    runs = [Run(*each) for each in json.loads(done.stdout.splitlines()[-1])]
    return Looked(before, dict(zip(calls, runs, strict=True)), home)


def test_what_only_looks_tells_the_same_as_where_it_may_write(looked: Looked) -> None:
    after = {command: looked.after["rested", command] for command in looked.before}
    assert {command: (run.code, run.err) for command, run in after.items()} == {c: (run.code, run.err) for c, run in looked.before.items()}
    assert after["list --json"].json["deliveries"] == looked.before["list --json"].json["deliveries"]
    same = after.keys() - {"status", "queue", "list --json"}  # those say how long it is to something, or since
    assert {command: after[command].out for command in same} == {command: looked.before[command].out for command in same}
    assert "sent" in looked.before["list"].out
    assert not list((looked.home / "rested/.scheduler").glob("ledger.sqlite-*")), "nothing was made beside the ledger"
    assert looked.after["rested", "preview --export OUT"].code == 0
    assert (looked.home / "out/preview.html").stat().st_size > 1_000


@pytest.mark.parametrize("command", WRITING)
def test_what_would_write_says_plainly_that_it_cannot(looked: Looked, command: str) -> None:
    run = looked.after["rested", command]
    assert (run.code, "Traceback" in run.err, "cannot be" in run.err) == (1, False, True), run


def test_a_log_of_changes_beside_the_ledger_is_read_too(looked: Looked) -> None:
    run = looked.after["log", "queue"]
    assert (run.code, run.err) == (0, "")
    assert "in the log alone" in run.out


def test_a_log_without_its_index_is_not_passed_over(looked: Looked) -> None:
    run = looked.after["torn", "list"]
    assert (run.code, run.out) == (1, ""), "what the log holds may be that a post is out"
    assert "has a log of changes that cannot be read" in run.err


def test_results_that_are_not_in_the_ledger_yet_are_not_passed_over(looked: Looked) -> None:
    run = looked.after["left", "list"]
    assert (run.code, run.out) == (1, "")
    assert "holds results that are not in the ledger yet" in run.err
