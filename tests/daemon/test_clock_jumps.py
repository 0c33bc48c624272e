"""The clock of a machine is set while the daemon runs; libfaketime moves the hands, and waiting goes on by the true time."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.clock import SystemClock
from tests.servers.faketime import Hands, library
from tests.story import daemon, items, make_project, soon, states, write_post

HOUR = timedelta(hours=1)


@pytest.fixture
def hands(tmp_path: Path) -> Hands:
    if library() is None:
        pytest.skip("libfaketime is not installed: python -m tests.servers")
    return Hands(tmp_path / "time")


def write(project: Path, name: str, seconds: float, off: timedelta = timedelta(0)) -> None:
    """Writes a post that is due so soon by the daemon's clock, saved at that clock's time."""
    path = write_post(project, f"{name}.md", f"This is {name}", due=soon(seconds) + off)
    saved = (SystemClock().now() + off).timestamp()
    os.utime(path, (saved, saved))


def out(project: Path) -> set[str]:
    return {item["content_text"].removeprefix("This is ") for item in items(project)}


def test_an_hour_forward_makes_nothing_due_and_set_right_again_costs_nothing(tmp_path: Path, hands: Hands) -> None:
    project = make_project(tmp_path / "project")
    write(project, "later", 1800)
    with daemon(project, env=hands.environment) as running:
        running.says("1 queued")
        hands.set(HOUR)
        write(project, "other", 7200)
        running.says("jumped forward")
        running.says("post files: 1 queued")
        assert out(project) == set()
        hands.set(timedelta(0))
        write(project, "now", 2)
        running.says("jumped back")
        running.says("now on site: sent")
        assert running.stop() == 0
    assert out(project) == {"now"}
    assert states(project) == {"later": "queued", "other": "queued", "now": "sent"}


def test_an_hour_back_sends_nothing_again_and_goes_on_by_the_new_time(tmp_path: Path, hands: Hands) -> None:
    project = make_project(tmp_path / "project")
    with daemon(project, env=hands.environment) as running:
        running.says("running as process")
        write(project, "first", 0)
        running.says("first on site: sent")
        hands.set(-HOUR)
        write(project, "second", 2, -HOUR)
        running.says("jumped back")
        running.says("second on site: sent")
        assert running.stop() == 0
    assert sorted(item["content_text"] for item in items(project)) == ["This is first", "This is second"]


def test_a_new_start_believes_a_leapt_clock_no_sooner(tmp_path: Path, hands: Hands) -> None:
    project = make_project(tmp_path / "project")
    write(project, "later", 3000)
    with daemon(project, env=hands.environment) as running:
        running.says("1 queued")
        hands.set(HOUR)
        write(project, "other", 7200)
        running.says("jumped forward")
        os.kill(running.process.pid, signal.SIGKILL)
    with daemon(project, env=hands.environment) as running:
        running.says("running as process")
        write(project, "now", 2)
        running.says("now on site: sent")
        assert running.stop() == 0
    assert out(project) == {"now"}
    assert states(project) == {"later": "queued", "other": "queued", "now": "sent"}


@pytest.mark.long
def test_a_clock_that_stays_an_hour_ahead_is_believed_after_two_minutes(tmp_path: Path, hands: Hands) -> None:
    """What fell due in the hour that was left out is late by then; what is due by the new time goes out."""
    project = make_project(tmp_path / "project")
    write(project, "between", 1800)
    with daemon(project, env=hands.environment) as running:
        running.says("1 queued")
        began = SystemClock().monotonic()
        hands.set(HOUR)
        write(project, "after", 20, HOUR)
        running.says("jumped forward")
        for _ in range(3):
            if not any("believed again" in line for line in running.log):
                try:
                    running.says("believed again")
                except AssertionError:
                    continue
        running.says("after on site: sent")
        assert SystemClock().monotonic() - began > 100
        assert running.stop() == 0
    assert out(project) == {"after"}
    assert states(project) == {"between": "missed", "after": "sent"}
