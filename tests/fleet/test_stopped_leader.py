"""A leader that stands still without ending loses its lead, and what it does when it wakes up changes nothing."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.clock import SystemClock, VirtualClock
from scheduler.ledger import open_ledger
from tests.fleet.scene import PATIENCE, ROOT, Scene, end
from tests.fleet.test_daemons import CLOCK, leads, posts
from tests.ledger.making import NOON


class Child:
    """Is a leader in a process of its own."""

    def __init__(self, address: str, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.fleet.leader", address, str(folder)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def does(self, what: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


@pytest.fixture
def child(postgresql: str, tmp_path: Path) -> Iterator[Child]:
    started = Child(postgresql, tmp_path / "first")
    yield started
    started.process.send_signal(signal.SIGCONT)
    started.end()


def test_a_stopped_leader_loses_its_lead_and_writes_nothing_when_it_wakes(child: Child, postgresql: str, tmp_path: Path) -> None:
    assert child.does("elect") == "leads"
    assert child.does("march") == "recorded"
    ledger = open_ledger(postgresql, VirtualClock(NOON), folder=tmp_path / "second")
    patient, second = ledger.session("third"), ledger.session("second", timedelta(seconds=1))
    try:
        assert not patient.elect()
        child.process.send_signal(signal.SIGSTOP)
        assert not patient.elect()
        limit = SystemClock().monotonic() + PATIENCE
        while not second.elect():
            assert SystemClock().monotonic() < limit
        child.process.send_signal(signal.SIGCONT)
        before = ledger.counts()
        assert "another one looks after the folder now" in child.does("stale")
        assert child.does("elect") == "follows"
        assert child.does("elect") == "follows"
        assert ledger.counts() == before
        assert second.elect()
    finally:
        patient.close()
        second.close()
        ledger.close()


def test_a_leader_that_gives_signs_keeps_its_lead(child: Child, postgresql: str, tmp_path: Path) -> None:
    ledger = open_ledger(postgresql, VirtualClock(NOON), folder=tmp_path / "second")
    second = ledger.session("second", timedelta(seconds=3))
    try:
        assert child.does("elect") == "leads"
        clock = SystemClock()
        began = clock.monotonic()
        while clock.monotonic() < began + 4.5:
            asked = clock.monotonic()
            assert child.does("elect") == "leads"
            # Where the machine itself stood still meanwhile, the sign is an old one by now.
            if clock.monotonic() - asked < 2:
                assert not second.elect()
    finally:
        second.close()
        ledger.close()


@pytest.mark.long
def test_when_the_leader_s_process_is_stopped_another_daemon_follows_the_folder(scene: Scene) -> None:
    scene.prepare(posts(1, 1, CLOCK.now()))
    first = scene.start("daemon", "first")
    scene.wait(lambda: leads(scene, "first"))
    scene.start("daemon", "second")
    scene.wait(lambda: scene.is_up("second"))
    scene.wait(lambda: scene.all_sent(1))
    first.send_signal(signal.SIGSTOP)
    stopped = CLOCK.monotonic()
    try:
        scene.prepare(posts(2, 1, CLOCK.now()))
        scene.wait(lambda: scene.all_sent(2), 150)
        print(f"fail-over: the second daemon recorded and sent a new post {CLOCK.monotonic() - stopped:.1f} s after the leader was stopped")
    finally:
        first.send_signal(signal.SIGCONT)
    scene.prepare(posts(3, 1, CLOCK.now()))
    scene.wait(lambda: scene.all_sent(3))
    scene.wait(lambda: first.poll() is None)
    assert set(scene.accepted().values()) == {1}
    end(first)
