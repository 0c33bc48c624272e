"""A ledger that was set back by other means than ours: the real daemon notices it, and what went out since is not sent again."""

import shutil
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from scheduler.clock import SystemClock
from scheduler.ledger.past import NAME
from tests.cli.running import Run, inside, scheduler
from tests.daemon.test_rivals import SECRET, once, toots_at
from tests.emulators import mastodon
from tests.ledger.conftest import postgresql, postgresql_server
from tests.servers.postgresql import VERSIONS
from tests.story import PATIENCE, daemon, make_project, soon, write_post

__all__ = ["postgresql", "postgresql_server"]
CLOCK = SystemClock()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[mastodon.Emulator]:
    with mastodon.running(tmp_path) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, server: mastodon.Emulator) -> Path:
    return make_project(tmp_path / "project", toots_at(server.address))


def states(project: Path) -> dict[str, str]:
    return {item["post"]: item["state"] for item in inside(project, "list", "--json").json["deliveries"]}


def file_of(project: Path) -> Path:
    return project / ".scheduler" / "ledger.sqlite"


def copied(project: Path) -> Path:
    """Queues a post that is paused, copies the ledger as a nightly backup would, and lets the post go."""
    write_post(project, "hello.md", "Only once", due=soon())
    assert inside(project, "pause", "--reason", "wait").code == 0
    once(project)
    assert states(project)["hello"] == "queued"
    copy = project / "copy.sqlite"
    with closing(sqlite3.connect(file_of(project))) as raw, closing(sqlite3.connect(copy)) as target:
        raw.backup(target)
        target.execute("DELETE FROM pause")  # as in a copy of a day on which nothing was paused
        target.commit()
    assert inside(project, "resume").code == 0
    return copy


def until(done: Callable[[], bool]) -> None:
    limit = CLOCK.monotonic() + PATIENCE
    while not done():
        CLOCK.wait(threading.Event(), 0.05)
        assert CLOCK.monotonic() < limit


def sent_and_killed(project: Path, server: mastodon.Emulator) -> None:
    """Sends by a daemon that is killed once the post is out; the server forgets the key by which it would know a second call."""
    with daemon(project, env=SECRET) as killed:
        killed.says("hello on toots: sent")
        assert killed.stop(signal.SIGKILL) == -signal.SIGKILL
    assert len(server.seen()) == 1
    server.control(hours=2.0)


def set_back(project: Path, copy: Path, *, with_traces: bool = False) -> None:
    """Copies an old ledger over the one there is, as a person does by hand."""
    shutil.copyfile(copy, file_of(project))
    for ending in () if with_traces else ("-wal", "-shm"):
        file_of(project).with_name(f"ledger.sqlite{ending}").unlink(missing_ok=True)


def status(project: Path) -> Run:
    return inside(project, "status")


def test_an_old_ledger_that_was_copied_back_by_hand_sends_nothing_again(project: Path, server: mastodon.Emulator) -> None:
    copy = copied(project)
    sent_and_killed(project, server)
    set_back(project, copy)
    run = scheduler(project, "run", "--once", env=SECRET)
    assert "found set back to one of" in run.err
    assert len(server.seen()) == 1
    assert states(project) == {"hello": "uncertain"}
    told = status(project)
    assert told.code == 1
    assert "found set back to one of" in told.out
    assert "1 may or may not be out" in told.out
    shown = inside(project, "history", "--json").json
    assert shown["attempts"] == []
    once(project)
    assert len(server.seen()) == 1
    (waiting,) = inside(project, "list", "--json").json["deliveries"]
    assert inside(project, "resolve", waiting["delivery"], "--not-sent").code == 0
    once(project)
    assert len(server.seen()) == 2
    assert states(project) == {"hello": "sent"}


@pytest.mark.long
def test_a_copy_without_the_post_sends_nothing_again_either(project: Path, server: mastodon.Emulator) -> None:
    once(project)
    copy = shutil.copyfile(file_of(project), project / "copy.sqlite")
    write_post(project, "hello.md", "Only once", due=soon())
    sent_and_killed(project, server)
    set_back(project, copy)
    write_post(project, "later.md", "Tomorrow", due=soon(86400))
    once(project)
    assert len(server.seen()) == 1
    assert states(project)["hello"] == "uncertain"


@pytest.mark.long
def test_a_ledger_that_was_deleted_holds_what_may_be_out_and_lets_the_rest_go(project: Path, server: mastodon.Emulator) -> None:
    write_post(project, "hello.md", "Only once", due=soon())
    write_post(project, "later.md", "Tomorrow", due=soon(86400))
    sent_and_killed(project, server)
    for path in (project / ".scheduler").glob("ledger.sqlite*"):
        path.unlink()
    once(project)
    assert len(server.seen()) == 1
    assert states(project) == {"hello": "uncertain", "later": "queued"}
    assert "The ledger was lost and this one began at" in status(project).out


def test_a_ledger_that_is_replaced_while_the_daemon_runs_sends_nothing_again(project: Path, server: mastodon.Emulator) -> None:
    copy = copied(project)
    with daemon(project, env=SECRET) as running:
        running.says("hello on toots: sent")
        server.control(hours=2.0)
        copy.replace(file_of(project))
        write_post(project, "next.md", "Something else", due=soon())
        running.says("found set back to one of")
        until(lambda: states(project) == {"hello": "uncertain", "next": "uncertain"})
        assert running.stop() == 0
    assert len(server.seen()) == 1


@pytest.mark.long
def test_a_daemon_whose_ledger_is_taken_away_sends_nothing_until_it_is_back(project: Path, server: mastodon.Emulator) -> None:
    with daemon(project, env=SECRET) as running:
        running.says("running as process")
        until((project / ".scheduler" / NAME).exists)
        away = file_of(project).rename(project / "away.sqlite")
        write_post(project, "hello.md", "Only once", due=soon())
        running.says("is gone: somebody moved or deleted it")
        assert server.seen() == []
        away.rename(file_of(project))
        running.says("hello on toots: sent")
        assert running.stop() == 0
    assert len(server.seen()) == 1


def test_a_ledger_that_was_joined_with_what_a_killed_daemon_left_is_refused(project: Path, server: mastodon.Emulator) -> None:
    """The damage is that of an old file which was copied beside a newer log of changes, as SQLite sees it."""
    once(project)
    assert inside(project, "backup").code == 0
    write_post(project, "hello.md", "Only once", due=soon())
    sent_and_killed(project, server)
    with closing(sqlite3.connect(file_of(project))) as raw, raw:
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("DELETE FROM sqlite_master WHERE name = 'ix_delivery_fingerprint'")
    for _ in range(2):
        run = scheduler(project, "run", "--once", env=SECRET)
        assert run.code == 1
        assert "does not belong together" in run.err
    assert inside(project, "restore", "--yes").code == 0
    once(project)
    assert len(server.seen()) == 1


@pytest.mark.long
def test_an_old_ledger_that_was_copied_beside_a_newer_log_sends_nothing_again(project: Path, server: mastodon.Emulator) -> None:
    for number in range(200):
        write_post(project, f"far-{number}.md", f"Far away {number} " + "x" * 300, due=soon(864000 + number))
    copy = copied(project)
    once(project)
    assert len(server.seen()) == 1
    server.control(hours=2.0)
    with daemon(project, env=SECRET) as killed:
        killed.says("running as process")
        write_post(project, "next.md", "The next one", due=soon())
        killed.says("next on toots: sent")
        assert killed.stop(signal.SIGKILL) == -signal.SIGKILL
    set_back(project, copy, with_traces=True)
    run = scheduler(project, "run", "--once", env=SECRET)
    assert run.code == 1
    assert "does not belong together" in run.err
    assert len(server.seen()) == 2


@pytest.mark.long
def test_our_own_restore_is_told_once_and_not_found_again(project: Path, server: mastodon.Emulator) -> None:
    copy = copied(project)
    sent_and_killed(project, server)
    assert inside(project, "restore", str(copy), "--yes").code == 0
    run = scheduler(project, "run", "--once", env=SECRET)
    assert run.code == 0
    assert "found set back" not in run.err
    assert len(server.seen()) == 1
    (waiting,) = inside(project, "list", "--json").json["deliveries"]
    assert (waiting["state"], "put back from a copy" in waiting["reason"]) == ("uncertain", True)
    # An older one that is copied over that by hand is found all the same.
    set_back(project, copy)
    assert "found set back" in scheduler(project, "run", "--once", env=SECRET).err
    assert len(server.seen()) == 1


@pytest.mark.long
def test_a_folder_that_moved_with_its_ledger_raises_no_alarm(project: Path, server: mastodon.Emulator) -> None:
    write_post(project, "hello.md", "Only once", due=soon())
    once(project)
    moved = Path(shutil.copytree(project, project.with_name("moved")))
    run = scheduler(moved, "run", "--once", env=SECRET)
    assert "set back" not in run.err
    assert states(moved) == {"hello": "sent"}
    assert len(server.seen()) == 1


@pytest.mark.long
def test_a_rehearsal_leaves_the_mark_alone(project: Path) -> None:
    write_post(project, "later.md", "Tomorrow", due=soon(86400))
    once(project)
    mark = project / ".scheduler" / NAME
    before = mark.read_bytes()
    assert inside(project, "rehearse").code == 0
    assert mark.read_bytes() == before


def program(name: str) -> str:
    return str(max(VERSIONS.glob(f"*/bin/{name}")))


class Database:
    """Is a schema of PostgreSQL that is dumped and put back by PostgreSQL's own programs."""

    def __init__(self, address: str) -> None:
        url = make_url(address)
        self.address = address.replace("+psycopg", "")
        self.schema = str(url.query["options"]).partition("search_path=")[2]
        self.server = url.set(drivername="postgresql", query={}).render_as_string(hide_password=False)

    def dump(self) -> str:
        command = [program("pg_dump"), "--schema", self.schema, "--dbname", self.server]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def put_back(self, dump: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f'DROP SCHEMA "{self.schema}" CASCADE')
        command = [program("psql"), "--quiet", "--single-transaction", "-v", "ON_ERROR_STOP=1", "--dbname", self.server]
        subprocess.run(command, input=dump, capture_output=True, text=True, check=True)


@pytest.mark.parametrize("while_it_runs", [True, pytest.param(False, marks=pytest.mark.long)])
def test_a_database_that_was_put_back_by_its_own_tools_sends_nothing_again(
    project: Path, server: mastodon.Emulator, postgresql: str, while_it_runs: bool
) -> None:
    database = Database(postgresql)
    with (project / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'\n[database]\nurl = "{database.address}"\n')
    with daemon(project, env=SECRET) as running:
        running.says("running as process")
        until((project / ".scheduler" / NAME).exists)
        write_post(project, "early.md", "Known to the dump", due=soon())
        running.says("early on toots: sent")
        dump = database.dump()
        write_post(project, "hello.md", "Only once", due=soon())
        running.says("hello on toots: sent")
        server.control(hours=2.0)
        if while_it_runs:
            database.put_back(dump)
        else:
            running.stop(signal.SIGKILL)
    if not while_it_runs:
        database.put_back(dump)
    with daemon(project, env=SECRET) as again:
        again.says("found set back to one of")
        until(lambda: states(project) == {"early": "sent", "hello": "uncertain"})
        assert again.stop() == 0
    assert len(server.seen()) == 2


@pytest.mark.long
def test_a_folder_that_cannot_be_written_is_no_reason_to_send_nothing(project: Path, server: mastodon.Emulator) -> None:
    """Where the file is to be, there is a folder: what is seen cannot be kept."""
    (project / ".scheduler" / NAME).mkdir(parents=True)
    write_post(project, "hello.md", "Only once", due=soon() - timedelta(seconds=1))
    run = scheduler(project, "run", "--once", env=SECRET)
    assert (run.code, len(server.seen())) == (0, 1)
    assert "a ledger that was set back is not noticed" in run.err
    assert not any((project / ".scheduler" / NAME).iterdir())
