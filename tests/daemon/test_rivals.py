"""What was seen to go wrong elsewhere, lived through by the real daemon: each case ends with what readers can see."""

import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.clock import SystemClock
from tests.cli.running import scheduler
from tests.emulators import mastodon
from tests.servers.faketime import Hands, library
from tests.story import PATIENCE, daemon, items, make_project, soon, states, write_post

CLOCK = SystemClock()
SECRET = {"SCHEDULER_SECRET_TOOTS": mastodon.TOKEN}
CONFIG = """\
[organisation]
name = "Harbor Workers"
timezone = "{zone}"

[accounts.{account}]
{settings}

[policy]
settle = "0s"
quiet_before_publish = "0s"
"""


def toots_at(address: str) -> str:
    return CONFIG.format(zone="UTC", account="toots", settings=f'network = "mastodon"\nlive = true\nserver = "{address}"')


@pytest.fixture
def server(tmp_path: Path) -> Iterator[mastodon.Emulator]:
    with mastodon.running(tmp_path) as running:
        yield running


@pytest.fixture
def hands(tmp_path: Path) -> Hands:
    if library() is None:
        pytest.skip("libfaketime is not installed: python -m tests.servers")
    return Hands(tmp_path / "time")


def once(project: Path, **environment: str) -> None:
    run = scheduler(project, "run", "--once", env={**SECRET, **environment})
    assert run.code == 0, run.err


def test_a_server_that_takes_the_post_and_loses_the_answer_has_one_live_post(tmp_path: Path, server: mastodon.Emulator) -> None:
    project = make_project(tmp_path / "project", toots_at(server.address))
    write_post(project, "hello.md", "Only once", due=soon())
    server.control(faults=["drop"])
    once(project)
    assert states(project) == {"hello": "uncertain"}
    once(project)
    assert len(server.seen()) == 1
    assert states(project) == {"hello": "sent"}


@pytest.mark.long
def test_a_server_that_answers_when_nobody_waits_any_more_has_one_live_post(tmp_path: Path, server: mastodon.Emulator) -> None:
    """The answer takes longer than we wait for it, and arrives while the daemon looks for the post."""
    project = make_project(tmp_path / "project", toots_at(server.address))
    server.control(faults=["slow"], seconds=45)
    with daemon(project, env=SECRET) as running:
        running.says("running as process")
        write_post(project, "hello.md", "Only once", due=soon())
        running.says("hello on toots: uncertain")
        limit = CLOCK.monotonic() + 150
        while states(project)["hello"] != "sent":
            CLOCK.wait(threading.Event(), 5)
            assert CLOCK.monotonic() < limit
        assert running.stop() == 0
    assert len(server.seen()) == 1


def test_a_kill_while_the_server_thinks_is_resolved_at_the_next_start_with_one_live_post(tmp_path: Path, server: mastodon.Emulator) -> None:
    project = make_project(tmp_path / "project", toots_at(server.address))
    server.control(faults=["slow"], seconds=600)
    with daemon(project, env=SECRET) as killed:
        killed.says("running as process")
        write_post(project, "hello.md", "Only once", due=soon())
        limit = CLOCK.monotonic() + PATIENCE
        while not server.seen():
            CLOCK.wait(threading.Event(), 0.05)
            assert CLOCK.monotonic() < limit
        assert killed.stop(signal.SIGKILL) == -signal.SIGKILL
    assert states(project) == {"hello": "sending"}
    once(project)
    assert states(project) == {"hello": "sent"}
    once(project)
    assert len(server.seen()) == 1


def test_twelve_posts_three_days_late_are_not_sent_and_shown_as_missed(tmp_path: Path, hands: Hands) -> None:
    """They were queued in good time; then nothing ran for three days."""
    project = make_project(tmp_path / "project")
    for number in range(12):
        write_post(project, f"old-{number}.md", f"Number {number}", due=soon(3600 + number))
    once(project)
    assert set(states(project).values()) == {"queued"}
    hands.set(timedelta(days=3))
    once(project, **hands.environment)
    assert items(project) == []
    status = scheduler(project, "status", "--json", env=hands.environment)
    assert status.json["counts"] == {"missed": 12}
    shown = scheduler(project, "list", "--json", env=hands.environment).json["deliveries"]
    assert len(shown) == 12
    assert {item["state"] for item in shown} == {"missed"}
    assert all(item["reason"] for item in shown), shown


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(datetime(2027, 3, 7, 14, tzinfo=UTC), datetime(2027, 3, 14, 13, tzinfo=UTC), id="spring"),
        pytest.param(datetime(2027, 10, 31, 13, tzinfo=UTC), datetime(2027, 11, 7, 14, tzinfo=UTC), marks=pytest.mark.long, id="autumn"),
    ],
)
def test_weekly_at_nine_in_new_york_is_nine_on_both_sides_of_the_clock_change(
    tmp_path: Path, hands: Hands, first: datetime, second: datetime
) -> None:
    site = 'network = "website"\nurl = "https://harbor.example/"'
    project = make_project(tmp_path / "project", CONFIG.format(zone="America/New_York", account="site", settings=site))
    front = f"---\nrepeat: every week on Sunday at 09:00\nrepeat-from: {first:%Y-%m-%d}\nrepeat-until: {second:%Y-%m-%d}\n---\n"
    (project / "posts" / "weekly.md").write_text(front + "Coffee at the gate\n", encoding="utf-8")
    for number, due in enumerate((first, second)):
        hands.set(due - timedelta(minutes=2) - CLOCK.now())
        once(project, **hands.environment)
        assert len(items(project)) == number
        hands.set(due + timedelta(seconds=1) - CLOCK.now())
        once(project, **hands.environment)
        assert len(items(project)) == number + 1
    sent = sorted(datetime.fromisoformat(item["date_published"]) for item in items(project))
    assert [at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) for at in sent] == [first, second]
    assert all(timedelta(0) <= at - due < timedelta(minutes=5) for at, due in zip(sent, (first, second), strict=True))
