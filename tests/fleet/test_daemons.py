"""Several daemons on one PostgreSQL: each delivery once, one of them leads, another takes over."""

import signal
import subprocess
from datetime import datetime
from functools import partial

from scheduler.clock import SystemClock
from scheduler.ledger.database.sessions import LEAD
from scheduler.model.delivery import State
from tests.fleet.scene import PATIENCE, Scene

CLOCK = SystemClock()


def posts(number: int, accounts: int, due: datetime) -> list[tuple[str, str, datetime]]:
    return [(f"post-{index}", f"read-{index % accounts}", due) for index in range(number)]


def leads(scene: Scene, name: str) -> bool:
    return "looks after the folder now" in scene.said(name)


def is_dead_or_done(scene: Scene, process: subprocess.Popen[bytes], number: int) -> bool:
    return process.poll() is not None or scene.all_sent(number)


def test_three_daemons_send_each_post_once(scene: Scene) -> None:
    scene.prepare(posts(60, 6, CLOCK.now()))
    for name in ("a", "b", "c"):
        scene.start("daemon", name)
    scene.wait(lambda: scene.all_sent(60))
    assert set(scene.accepted().values()) == {1}
    assert len(scene.accepted()) == 60
    assert sum(leads(scene, name) for name in ("a", "b", "c")) == 1


def test_when_the_leader_is_killed_another_follows_the_folder_within_seconds(scene: Scene) -> None:
    scene.prepare(posts(1, 1, CLOCK.now()))
    first = scene.start("daemon", "first")
    scene.wait(lambda: leads(scene, "first") and scene.all_sent(1))
    scene.start("daemon", "second")
    scene.wait(lambda: scene.is_up("second"))
    assert not leads(scene, "second")
    first.kill()
    killed = CLOCK.monotonic()
    scene.prepare(posts(2, 1, CLOCK.now()))
    scene.wait(lambda: scene.all_sent(2))
    took = CLOCK.monotonic() - killed
    print(f"fail-over: the second daemon recorded and sent a new post {took:.1f} s after kill -9 of the leader")
    assert leads(scene, "second")
    assert took < LEAD.total_seconds(), "the second one waited until the first could not be alive any more"
    assert set(scene.accepted().values()) == {1}


def test_a_delivery_whose_daemon_was_killed_in_the_middle_is_taken_up_at_once_by_the_other(scene: Scene) -> None:
    """The one that is to die leads, so that it sees new posts first; they come until it has had its share, however quick the other is."""
    scene.prepare(posts(2, 2, CLOCK.now()))
    doomed = scene.start("daemon", "doomed", fault="after_send:kill:3")
    scene.wait(lambda: leads(scene, "doomed") and scene.all_sent(2))
    other = scene.start("daemon", "other")
    scene.wait(lambda: scene.is_up("other"))
    for number in range(8, 160, 8):
        scene.prepare(posts(number, 2, CLOCK.now()))
        scene.wait(partial(is_dead_or_done, scene, doomed, number))
        if doomed.poll() is not None:
            break
    scene.wait(lambda: scene.all_sent(number))
    assert doomed.returncode == -signal.SIGKILL
    assert other.poll() is None
    assert sorted(scene.accepted().values()) == [1] * number


def test_a_daemon_ends_on_sigterm_and_leaves_its_place(scene: Scene) -> None:
    scene.prepare(posts(1, 1, CLOCK.now()))
    first = scene.start("daemon", "first")
    scene.wait(lambda: scene.all_sent(1))
    first.send_signal(signal.SIGTERM)
    assert first.wait(PATIENCE) == 0
    second = scene.start("once", "second")
    assert second.wait(PATIENCE) == 0
    assert leads(scene, "second")
    assert scene.counts() == {State.SENT: 1}
