"""A disk that is full and a ledger that is read-only, really: what cannot be written is not sent, and what was sent is not forgotten."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from scheduler.clock import SystemClock
from scheduler.ledger import open_ledger
from scheduler.model.delivery import State
from tests.daemon.driver import fill
from tests.daemon.test_processes import PATIENCE, Project, ago, project

__all__ = ["project"]


def mount(*words: str | Path) -> None:
    done = subprocess.run(["mount", *(str(word) for word in words)], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"mounting a disk needs the rights of root: {done.stderr.strip()}")


@contextmanager
def mounted(place: Path, *words: str | Path) -> Iterator[None]:
    mount(*words, place)
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def small(project: Project) -> Iterator[Path]:
    """The ledger's folder on a disk of its own, of one megabyte, with a ledger in which two posts wait for their time."""
    state = project.folder / ".scheduler"
    state.mkdir()
    with mounted(state, "-t", "tmpfs", "-o", "size=1m", "tmpfs"):
        write(project, ago(-60))
        assert project.once() == 0
        assert project.counts() == {State.QUEUED: 2}
        yield state


def write(project: Project, due: object) -> None:
    project.plan(("a", "hall", due, "first"), ("b", "hall", due, "second"))  # type: ignore[arg-type] # a time, as given


def said(project: Project) -> str:
    process = project.start("once")
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode in {1, 75}, told
    assert "Traceback" not in told
    return told


def test_on_a_full_disk_nothing_is_sent_whose_intent_cannot_be_written(project: Project, small: Path) -> None:
    write(project, ago(1))
    with closing(fill(small)):
        assert "No space left on device" in said(project)
        assert project.arrived() == {}
    (small / "ballast").unlink()
    assert project.once() == 0
    assert project.arrived() == {"first": 1, "second": 1}


def test_a_daemon_whose_disk_is_full_says_so_waits_and_goes_on_by_itself(project: Project, small: Path) -> None:
    daemon = project.start()
    daemon.says("running as process")
    with closing(fill(small)):
        write(project, ago(0))
        daemon.says("Nothing is sent until then")
        assert project.arrived() == {}
    (small / "ballast").unlink()
    daemon.says("b on hall: sent")
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=PATIENCE) == 0
    assert project.arrived() == {"first": 1, "second": 1}


def test_a_disk_that_fills_up_after_a_post_arrived_leaves_its_result_in_the_emergency_journal(project: Project, small: Path) -> None:
    write(project, ago(1))
    (project.folder / "fill").touch()
    assert "disk is full" in said(project)
    assert sum(project.arrived().values()) == 1
    assert '"outcome": "published"' in (small / "unsaved-results.jsonl").read_text("utf-8")
    (project.folder / "fill").unlink()
    (small / "ballast").unlink()
    for path in (project.folder / "received").iterdir():
        path.rename(project.folder / path.name)  # nobody could find it by asking
    assert project.once() == 0
    assert project.arrived() == {"second": 1}
    assert project.counts() == {State.SENT: 2}
    ledger = open_ledger(small / "ledger.sqlite", SystemClock())
    assert {(attempt.step, attempt.outcome) for attempt in ledger.attempts()} == {("publish", "published")}
    ledger.close()


def test_with_a_folder_that_is_read_only_nothing_is_sent(project: Project, small: Path) -> None:
    write(project, ago(1))
    mount("-o", "remount,ro", small)
    said(project)
    assert project.arrived() == {}
    mount("-o", "remount,rw", small)
    assert project.once() == 0
    assert project.arrived() == {"first": 1, "second": 1}


def test_with_a_ledger_file_that_is_read_only_nothing_is_sent(project: Project, small: Path) -> None:
    write(project, ago(1))
    ledger = small / "ledger.sqlite"
    with mounted(ledger, "--bind", ledger):
        mount("-o", "remount,bind,ro", ledger)
        assert "read-only" in said(project)
        assert project.arrived() == {}
    assert project.once() == 0
    assert project.arrived() == {"first": 1, "second": 1}
