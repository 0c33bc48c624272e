"""The database ends and starts again in the middle of the work: nobody has to start a daemon or a worker anew."""

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.clock import SystemClock
from tests.fleet.scene import Scene
from tests.fleet.test_daemons import posts
from tests.servers import postgresql

CLOCK = SystemClock()
CREWS = {"daemons": {"a": "daemon", "b": "daemon"}, "fleet": {"hands": "fleet", "carrier": "worker"}}


@pytest.mark.parametrize("crew", CREWS)
def test_all_go_on_by_themselves_when_the_database_was_away(tmp_path: Path, crew: str) -> None:
    with postgresql.restartable(tmp_path) as (address, restart):
        scene = Scene(tmp_path, address)
        try:
            scene.prepare(posts(6, 3, CLOCK.now()), at_once=2)
            running = [scene.start(role, name) for name, role in CREWS[crew].items()]
            scene.wait(lambda: scene.all_sent(6) and all(scene.is_up(name) for name in CREWS[crew]))
            restart(2.0)
            scene.prepare(posts(12, 3, CLOCK.now() + timedelta(seconds=1)), at_once=2)
            scene.wait(lambda: scene.all_sent(12))
            assert sorted(scene.accepted().values()) == [1] * 12
            assert [process.poll() for process in running] == [None] * len(running)
            assert "Traceback" not in scene.story()
        finally:
            scene.close()


@pytest.mark.long
def test_what_was_being_sent_while_the_database_was_away_is_settled_afterwards(tmp_path: Path) -> None:
    with postgresql.restartable(tmp_path) as (address, restart):
        scene = Scene(tmp_path, address)
        try:
            scene.prepare(posts(120, 4, CLOCK.now()), at_once=4)
            for name in ("a", "b"):
                scene.start("daemon", name)
            scene.wait(lambda: (scene.folder / "accepted.jsonl").stat().st_size > 0 and len(scene.accepted()) > 20)
            restart(1.0)
            scene.wait(lambda: scene.all_sent(120), 150, each=0.5)
            assert sorted(scene.accepted().values()) == [1] * 120
            assert "Traceback" not in scene.story()
        finally:
            scene.close()
