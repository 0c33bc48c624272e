"""A fleet: one daemon hands out, workers carry; each delivery once at a receiver of its own."""

import signal
from collections import Counter
from datetime import timedelta

import psycopg
import pytest

from scheduler.clock import SystemClock
from scheduler.daemon.faults import PASSED
from scheduler.ledger.pauses import Scope
from scheduler.ledger.remembering import WORKERS
from scheduler.model.delivery import State
from tests.fleet.scene import PATIENCE, Scene
from tests.fleet.test_daemons import posts

CLOCK = SystemClock()


@pytest.mark.parametrize("workers", [1, 2, pytest.param(4, marks=pytest.mark.long)])
def test_workers_send_each_post_once(scene: Scene, workers: int) -> None:
    scene.prepare(posts(40, 8, CLOCK.now()), at_once=4)
    scene.start("fleet", "daemon")
    for number in range(workers):
        scene.start("worker", f"worker-{number}")
    scene.wait(lambda: scene.all_sent(40))
    assert len(scene.accepted()) == 40
    assert set(scene.accepted().values()) == {1}


@pytest.mark.parametrize("point", [point for point in PASSED if point != "record"])
def test_a_worker_that_is_killed_anywhere_costs_nothing_and_doubles_nothing(scene: Scene, point: str) -> None:
    scene.prepare(posts(12, 3, CLOCK.now()), at_once=2)
    scene.start("fleet", "daemon")
    doomed = scene.start("worker", "doomed", fault=f"{point}:kill:2")
    scene.wait(lambda: doomed.poll() is not None)
    killed = CLOCK.monotonic()
    scene.start("worker", "other")
    scene.wait(lambda: scene.all_sent(12))
    print(f"killed at {point}: all sent {CLOCK.monotonic() - killed:.1f} s later")
    assert doomed.returncode == -signal.SIGKILL
    assert sorted(scene.accepted().values()) == [1] * 12


def test_the_daemon_may_die_too_and_a_job_that_came_before_its_time_waits_for_it(scene: Scene) -> None:
    scene.prepare(posts(4, 2, CLOCK.now() + timedelta(days=1)))
    daemon = scene.start("fleet", "daemon")
    scene.start("worker", "worker")
    scene.wait(lambda: scene.is_up("daemon") and scene.is_up("worker") and scene.counts()[State.QUEUED] == 4)
    due = CLOCK.now() + timedelta(seconds=6)
    scene.prepare(posts(4, 2, due))
    scene.wait(lambda: jobs(scene).total() == 4)
    daemon.kill()
    scene.wait(lambda: scene.all_sent(4))
    ledger = scene.ledger()
    sent = [fact.sent_at for fact in ledger.facts().deliveries.values()]
    ledger.close()
    assert all(at is not None and due <= at < due + timedelta(seconds=30) for at in sent), (due, sent)


def test_a_pause_holds_back_what_is_in_the_queue_already(scene: Scene) -> None:
    scene.prepare(posts(3, 1, CLOCK.now() + timedelta(seconds=3)))
    scene.start("fleet", "daemon")
    scene.wait(lambda: jobs(scene)["todo"] == 3)
    ledger = scene.ledger()
    ledger.pause(Scope.ALL, "", "mourning", CLOCK.now())
    scene.start("worker", "worker")
    scene.wait(lambda: jobs(scene)["todo"] == 0 and jobs(scene)["doing"] == 0)
    assert scene.counts() == {State.QUEUED: 3}
    ledger.resume(Scope.ALL)
    ledger.close()
    scene.wait(lambda: scene.all_sent(3))
    assert sorted(scene.accepted().values()) == [1] * 3


def test_an_edit_wins_over_a_job_that_waits_in_the_queue(scene: Scene) -> None:
    due = CLOCK.now() + timedelta(seconds=2)
    scene.prepare([("march", "read-0", due)])
    scene.start("fleet", "daemon")
    scene.wait(lambda: jobs(scene)["todo"] == 1)
    plan, new = scene.folder / "plan.txt", scene.folder / "plan.new"
    new.write_text(plan.read_text(encoding="utf-8").replace("march on read-0", "the last word"), encoding="utf-8")
    new.replace(plan)
    scene.start("worker", "worker")
    scene.wait(lambda: scene.all_sent(1))
    assert "the last word" in (scene.folder / "accepted.jsonl").read_text(encoding="utf-8")


def test_jobs_carry_the_id_alone_and_the_locks_that_keep_them_apart(scene: Scene) -> None:
    scene.prepare(posts(2, 1, CLOCK.now()))
    scene.start("fleet", "daemon")
    scene.wait(lambda: jobs(scene)["todo"] == 2)
    with psycopg.connect(scene.address.replace("+psycopg", "")) as connection:
        rows = connection.execute("SELECT args, lock, queueing_lock FROM procrastinate_jobs ORDER BY id").fetchall()
    ids = sorted(entry.delivery.id for entry in scene.agenda().entries)
    assert sorted(args["delivery"] for args, _, _ in rows) == ids
    assert all(list(args) == ["delivery"] for args, _, _ in rows)
    assert {lock for _, lock, _ in rows} == {"account:read-0"}
    assert sorted(queueing for _, _, queueing in rows) == [f"delivery:{name}" for name in ids]


def test_it_is_said_when_no_worker_takes_what_is_handed_out(scene: Scene) -> None:
    scene.prepare(posts(2, 1, CLOCK.now()))
    daemon = scene.start("fleet", "daemon")
    scene.wait(lambda: scene.is_up("daemon"))
    ledger = scene.ledger()
    scene.wait(lambda: ledger.get(WORKERS) == ["0"])
    scene.wait(lambda: "start one with  scheduler worker" in scene.said("daemon"))
    scene.start("worker", "worker")
    scene.wait(lambda: scene.all_sent(2) and ledger.get(WORKERS) == ["1"])
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(PATIENCE) == 0
    assert ledger.get(WORKERS) == []
    ledger.close()


def test_a_fleet_needs_a_database_server(scene: Scene) -> None:
    scene.address = str(scene.folder / "ledger.sqlite")
    scene.prepare(posts(1, 1, CLOCK.now()))
    for role in ("fleet", "worker"):
        assert scene.start(role, role).wait(PATIENCE) == 2
        said = scene.said(role)
        assert "A fleet needs a ledger that several machines can use" in said
        assert "Traceback" not in said


def test_a_worker_ends_on_sigterm(scene: Scene) -> None:
    scene.prepare(posts(1, 1, CLOCK.now()))
    scene.start("fleet", "daemon")
    worker = scene.start("worker", "worker")
    scene.wait(lambda: scene.all_sent(1))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert "Traceback" not in scene.said("worker")


def jobs(scene: Scene) -> Counter[str]:
    """Returns how many deliveries are in the queue, by their state there."""
    query = "SELECT status::text, count(*) FROM procrastinate_jobs WHERE task_name = 'scheduler.deliver' GROUP BY status"
    with psycopg.connect(scene.address.replace("+psycopg", "")) as connection:
        if connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() == (None,):
            return Counter()
        return Counter(dict(connection.execute(query).fetchall()))
