"""Opening, bringing up to date, copying, and trouble with the disk."""

import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from scheduler.clock import VirtualClock
from scheduler.ledger import Ledger, LedgerBusyError, LedgerError, open_ledger
from scheduler.ledger.database.copies import BACKUPS_KEPT, back_up
from scheduler.ledger.migrating import HEAD, KNOWN
from scheduler.ledger.opening import AddressError
from scheduler.model.delivery import State
from scheduler.model.outcome import Published, Refused, Uncertain
from tests.ledger.conftest import OpenAgain
from tests.ledger.making import NOON, claimed, entry, queued, sending, state_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.sqlite"


def test_a_ledger_that_is_opened_again_knows_what_it_knew(ledger: Ledger, open_again: OpenAgain) -> None:
    queued(ledger, entry())
    ledger.close()
    assert open_again().facts() == ledger.facts()


def test_the_tables_are_those_that_the_migrations_make(ledger: Ledger) -> None:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - slow, and for this test alone
    from alembic.migration import MigrationContext  # noqa: PLC0415 - as above

    from scheduler.ledger.tables import METADATA  # noqa: PLC0415 - as above

    with ledger._engine.connect() as connection:  # noqa: SLF001 - the schema has no other door
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA) == []


def test_the_newest_migration_is_the_one_that_opening_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", "scheduler:ledger/migrations")
    config.set_main_option("path_separator", "os")
    steps = ScriptDirectory.from_config(config)
    assert steps.get_heads() == [HEAD]
    assert {step.revision for step in steps.walk_revisions()} == KNOWN


def test_sqlite_keeps_what_it_acknowledged(path: Path, clock: VirtualClock) -> None:
    ledger = open_ledger(path, clock)
    with ledger._reading() as connection:  # noqa: SLF001 - settings of the connection have no other door
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}
    ledger.close()


@pytest.mark.parametrize(("asked", "found"), [("", "30s"), ("%20-cidle_in_transaction_session_timeout%3D7s", "7s")])
def test_postgresql_ends_the_writing_of_a_process_that_stands_still(
    postgresql: str, clock: VirtualClock, tmp_path: Path, asked: str, found: str
) -> None:
    ledger = open_ledger(postgresql + asked, clock, folder=tmp_path)
    with ledger._reading() as connection:  # noqa: SLF001 - settings of the connection have no other door
        assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar() == found
    ledger.close()


def test_a_shared_ledger_tells_its_address_to_other_programs_with_all_its_settings(
    postgresql: str, clock: VirtualClock, tmp_path: Path
) -> None:
    ledger = open_ledger(f"{postgresql}%20-cwork_mem%3D7MB", clock, folder=tmp_path)
    with psycopg.connect(ledger.dsn) as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("7MB",)
    ledger.close()


def test_a_ledger_of_a_newer_release_is_refused_and_left_alone(path: Path, clock: VirtualClock) -> None:
    open_ledger(path, clock).close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    with pytest.raises(LedgerError, match="newer release") as caught:
        open_ledger(path, clock)
    assert caught.value.hint


def test_a_copy_is_sound_and_only_the_newest_few_are_kept(path: Path, clock: VirtualClock, tmp_path: Path) -> None:
    ledger = open_ledger(path, clock)
    queued(ledger, entry())
    copies = [back_up(path, tmp_path / "backups", NOON + timedelta(days=day)) for day in range(BACKUPS_KEPT + 2)]
    assert sorted((tmp_path / "backups").iterdir()) == copies[2:]
    copy = open_ledger(copies[-1], clock)
    assert copy.facts() == ledger.facts()
    for opened in (copy, ledger):
        opened.close()


def test_a_file_that_is_no_database_is_named_as_damaged(path: Path, clock: VirtualClock) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(LedgerError, match="damaged"):
        open_ledger(path, clock)


@pytest.mark.parametrize("address", ["nonsense://x/y", "mysql+pymysql://x/y", "postgresql://"])
def test_an_address_that_cannot_be_used_is_one_sentence(address: str, clock: VirtualClock, tmp_path: Path) -> None:
    with pytest.raises(LedgerError if address == "postgresql://" else AddressError) as caught:
        open_ledger(address, clock, folder=tmp_path)
    assert caught.value.hint


def test_a_ledger_that_another_process_holds_too_long_is_busy_not_broken(path: Path, clock: VirtualClock) -> None:
    ledger = open_ledger(path, clock)
    with ledger._reading() as connection:  # noqa: SLF001 - a shorter patience than the real one
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerBusyError) as caught:
            queued(ledger, entry())
    assert caught.value.exit_code == 75
    ledger.close()


def full(ledger: Ledger) -> None:
    """Leaves the database no page to grow by, as a full disk does."""
    with ledger._writing() as connection:  # noqa: SLF001 - a full disk, without needing the right to mount one
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def roomy(ledger: Ledger) -> None:
    with ledger._writing() as connection:  # noqa: SLF001 - as above
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")


def test_on_a_full_disk_nothing_begins_to_be_sent(path: Path, clock: VirtualClock) -> None:
    ledger = open_ledger(path, clock)
    post = entry(text="long " * 4000)
    queued(ledger, post)
    full(ledger)
    with pytest.raises(LedgerError, match="disk is full"):
        sending(ledger, post)
    assert state_of(ledger, post) in {State.QUEUED, State.CLAIMED}
    ledger.close()


@pytest.mark.parametrize(
    "outcome",
    [
        Published("1", "https://example.org/ä"),
        Refused("no"),
        Refused("busy", permanent=False, retry_after=timedelta(minutes=3)),
        Uncertain("?"),
        Uncertain("?", retry_after=timedelta(minutes=3)),
    ],
)
def test_a_result_put_aside_is_taken_over_at_the_next_start(
    path: Path, clock: VirtualClock, outcome: Published | Refused | Uncertain
) -> None:
    ledger = open_ledger(path, clock, chance=random.Random(1))
    post = entry()
    queued(ledger, post)
    claim = sending(ledger, post)
    ledger.reserve()
    size = (path.parent / "unsaved-results.jsonl").stat().st_size
    ledger.keep_aside(claim, outcome, NOON)
    assert (path.parent / "unsaved-results.jsonl").stat().st_size == size
    ledger.close()
    again = open_ledger(path, clock, chance=random.Random(1))
    expected = {
        Published: State.SENT,
        Uncertain: State.UNCERTAIN,
        Refused: State.QUEUED if outcome == Refused("busy", permanent=False, retry_after=timedelta(minutes=3)) else State.REFUSED,
    }
    assert state_of(again, post) is expected[type(outcome)]
    attempts = again.attempts()
    again.close()
    third = open_ledger(path, clock)
    assert third.attempts() == attempts
    third.close()


def test_a_line_that_a_crash_cut_short_does_not_stop_the_start(path: Path, clock: VirtualClock) -> None:
    ledger = open_ledger(path, clock)
    post = entry()
    queued(ledger, post)
    ledger.keep_aside(sending(ledger, post), Published("1"), NOON)
    ledger.close()
    journal = path.parent / "unsaved-results.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"delivery": "x", "acc')
    again = open_ledger(path, clock)
    assert state_of(again, post) is State.SENT
    again.close()


def test_a_folder_that_cannot_be_made_is_one_sentence(path: Path, clock: VirtualClock) -> None:
    path.parent.write_text("a file in its place", encoding="utf-8")
    with pytest.raises(LedgerError, match="cannot be made") as caught:
        open_ledger(path, clock)
    assert caught.value.hint


def test_a_ledger_that_is_read_only_is_one_sentence(path: Path, clock: VirtualClock) -> None:
    ledger = open_ledger(path, clock)
    queued(ledger, entry())
    with ledger._writing() as connection:  # noqa: SLF001 - root may write to everything, so the database is told
        connection.exec_driver_sql("PRAGMA query_only=ON")
    with pytest.raises(LedgerError, match="read-only"):
        claimed(ledger, entry())
    ledger.close()


def test_the_newest_step_is_there_so_that_opening_a_ledger_twice_changes_and_copies_nothing(tmp_path: Path, clock: VirtualClock) -> None:
    for _ in range(2):
        open_ledger(tmp_path / "ledger.sqlite", clock).close()
    assert not (tmp_path / "backups").exists()
