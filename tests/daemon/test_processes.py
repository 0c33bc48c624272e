"""Real processes, killed at every fault point: the receiver counts what arrived."""

import os
import select
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler.clock import SystemClock
from scheduler.daemon.faults import PASSED
from scheduler.ledger import open_ledger
from scheduler.model.delivery import State

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0


class Process(subprocess.Popen[str]):
    """Is a process with a log; what of it was read and not yet looked for is kept in ``unheard``."""

    unheard = ""

    def says(self, words: str) -> None:
        """Waits until the log holds the words; what comes after their line is looked through the next time."""
        assert self.stderr is not None
        while words not in self.unheard:
            ready, _, _ = select.select([self.stderr], [], [], PATIENCE)
            piece = os.read(self.stderr.fileno(), 65_536).decode() if ready else ""
            assert piece, f"no line with {words!r} in:\n{self.unheard}"
            self.unheard += piece
        self.unheard = self.unheard.partition(words)[2].partition("\n")[2]


class Project:
    """Is a folder with a plan, and the processes that serve it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[Process] = []

    def plan(self, *lines: tuple[str, str, datetime, str]) -> None:
        new = self.folder / "plan.new"
        new.write_text("".join(f"{name} {account} {due.isoformat()} {text}\n" for name, account, due, text in lines), encoding="utf-8")
        new.replace(self.folder / "plan.txt")

    def start(self, verb: str = "run", fault: str = "") -> Process:
        command = [sys.executable, "-m", "tests.daemon.driver", str(self.folder), verb]
        environment = {**os.environ, "SCHEDULER_FAULT": fault}
        process = Process(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process

    def once(self, fault: str = "") -> int:
        process = self.start("once", fault)
        process.communicate(timeout=PATIENCE)
        return process.returncode

    def arrived(self) -> Counter[str]:
        return Counter(path.read_text(encoding="utf-8") for path in (self.folder / "received").glob("*"))

    def counts(self) -> Counter[State]:
        ledger = open_ledger(self.folder / ".scheduler" / "ledger.sqlite", SystemClock())
        try:
            return ledger.counts()
        finally:
            ledger.close()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    (tmp_path / "received").mkdir()
    made = Project(tmp_path)
    yield made
    for process in made.processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ago(minutes: float) -> datetime:
    return SystemClock().now() - timedelta(minutes=minutes)


@pytest.mark.parametrize("action", ["kill", "exception"])
@pytest.mark.parametrize("point", PASSED)
def test_a_crash_at_any_point_sends_each_post_exactly_once(project: Project, point: str, action: str) -> None:
    due = ago(1)
    project.plan(*((f"p{number}", account, due, f"{number} for {account}") for number in range(3) for account in ("hall", "other")))
    number = 1 if point == "record" else 3
    code = project.once(f"{point}:{action}:{number}")
    assert code == (-signal.SIGKILL if action == "kill" else 1)
    assert project.once() == 0
    assert project.once() == 0
    assert project.arrived() == {f"{number} for {account}": 1 for number in range(3) for account in ("hall", "other")}
    assert project.counts() == {State.SENT: 6}


def test_a_daemon_sends_at_the_due_time_notices_a_new_post_and_ends_on_sigterm(project: Project) -> None:
    first = ("a", "hall", ago(0), "first")
    project.plan(first)
    daemon = project.start()
    daemon.says("a on hall: sent")
    due = SystemClock().now() + timedelta(seconds=2)
    project.plan(first, ("b", "other", due, "second"))
    daemon.says("b on other: sent")
    assert SystemClock().now() - due < timedelta(seconds=25), "it was noticed only by the look of every half minute"
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=PATIENCE) == 0
    assert project.arrived() == {"first": 1, "second": 1}
    assert not (project.folder / ".scheduler" / "daemon.json").exists()


def test_ctrl_c_ends_it_too(project: Project) -> None:
    project.plan()
    daemon = project.start()
    daemon.says("running as process")
    daemon.send_signal(signal.SIGINT)
    assert daemon.wait(timeout=PATIENCE) == 0


def test_a_second_daemon_is_told_who_holds_the_folder(project: Project) -> None:
    project.plan()
    before = ago(0)
    first = project.start()
    first.says("running as process")
    second = project.start()
    _, said = second.communicate(timeout=PATIENCE)
    assert second.returncode == 1
    assert f"as process {first.pid} on " in said
    assert any(f"since {day.astimezone():%A, %B}" in said for day in (before, ago(0)))
    assert "Traceback" not in said
    first.kill()
    first.wait()
    assert project.once() == 0
