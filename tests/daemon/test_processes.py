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


class Project:
    """Is a folder with a plan, and the processes that serve it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[str]] = []

    def plan(self, *lines: tuple[str, str, datetime, str]) -> None:
        new = self.folder / "plan.new"
        new.write_text("".join(f"{name} {account} {due.isoformat()} {text}\n" for name, account, due, text in lines), encoding="utf-8")
        new.replace(self.folder / "plan.txt")

    def start(self, verb: str = "run", fault: str = "") -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.daemon.driver", str(self.folder), verb]
        environment = {**os.environ, "SCHEDULER_FAULT": fault}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process

    def once(self, fault: str = "") -> int:
        process = self.start("once", fault)
        process.communicate(timeout=60)
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


def wait_for(process: subprocess.Popen[str], words: str) -> str:
    """Reads the process's log until a line holds the words."""
    assert process.stderr is not None
    seen = ""
    while words not in seen:
        ready, _, _ = select.select([process.stderr], [], [], 60)
        line = process.stderr.readline() if ready else ""
        assert line, f"no line with {words!r} in:\n{seen}"
        seen += line
    return seen


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
    wait_for(daemon, "a on hall: sent")
    due = SystemClock().now() + timedelta(seconds=2)
    project.plan(first, ("b", "other", due, "second"))
    wait_for(daemon, "b on other: sent")
    assert SystemClock().now() - due < timedelta(seconds=5)
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=20) == 0
    assert project.arrived() == {"first": 1, "second": 1}
    assert not (project.folder / ".scheduler" / "daemon.json").exists()


def test_ctrl_c_ends_it_too(project: Project) -> None:
    project.plan()
    daemon = project.start()
    wait_for(daemon, "running as process")
    daemon.send_signal(signal.SIGINT)
    assert daemon.wait(timeout=20) == 0


def test_a_second_daemon_is_told_who_holds_the_folder(project: Project) -> None:
    project.plan()
    first = project.start()
    wait_for(first, "running as process")
    second = project.start()
    _, said = second.communicate(timeout=60)
    assert second.returncode == 1
    assert f"as process {first.pid} on " in said
    assert f"since {SystemClock().now().astimezone():%A, %B}" in said
    assert "Traceback" not in said
    first.kill()
    first.wait()
    assert project.once() == 0
