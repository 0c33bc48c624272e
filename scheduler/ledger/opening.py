"""Opening a ledger: where it is, how its database is used, and bringing it up to date."""

import random
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from scheduler.clock import Clock
from scheduler.disk import private_file, private_folder, tightened
from scheduler.ledger.database.copies import back_up
from scheduler.ledger.database.journal import Journals
from scheduler.ledger.database.place import refuse_network_folder
from scheduler.ledger.database.sessions import lock_number
from scheduler.ledger.database.unwritable import can_only_be_read, engine_for_reading, see_that_nothing_is_left
from scheduler.ledger.database.writer import ACCOUNTS
from scheduler.ledger.ledger import Ledger
from scheduler.ledger.migrating import HEAD, check_revision, migrate, revision_of
from scheduler.ledger.trouble import LedgerError, explained
from scheduler.model.errors import ConfigurationError

BUSY_MILLISECONDS = 15_000
STALLED_MILLISECONDS = 30_000
LOCK = 0x5C4ED
"""The number of the lock of a PostgreSQL ledger: who writes about certain accounts shares it, all others have it for themselves."""

ACCOUNT = 0x5C4EC
"""The first half of the numbers of the accounts' locks: one process at a time writes about an account, as SQLite sees to by itself."""

_ALONE = text("SELECT pg_advisory_xact_lock(:lock)")
# In the order of their numbers, after the lock that all share: two processes that want the same two never hold one each.
_ACCOUNTS = text(
    "SELECT pg_advisory_xact_lock_shared(:lock)"
    " UNION ALL SELECT pg_advisory_xact_lock(:kind, number) FROM unnest(CAST(:numbers AS integer[])) AS number"
)


class AddressError(ConfigurationError):
    """Says that the address of the ledger is not one that can be used."""


def open_ledger(
    address: str | Path, clock: Clock, *, folder: Path | None = None, durable: bool = True, chance: random.Random | None = None
) -> Ledger:
    """Returns the ledger at a path or an SQLAlchemy address, made or brought up to date first.

    ``folder`` keeps backups and the emergency journal; for a path it is by default the folder of the file.
    A ledger that is not ``durable`` does not wait for the disk: only for one that is thrown away. One in a folder that cannot be written
    to can be read where that is safe, and every writing method raises.

    Raises:
        AddressError: the address cannot be understood, or its driver is not installed.
        LedgerError: the ledger cannot be opened, or a newer release wrote it.
    """
    url = _url(address)
    file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    keep = folder or (file.parent if file else Path(".scheduler"))
    spread = chance or random.Random()  # noqa: S311 - spreads retries, guards nothing
    if file is not None and can_only_be_read(file):
        return _opened_for_reading(file, Journals(keep), spread)
    try:
        private_folder(keep)
        if file is not None:
            private_folder(file.parent)
            _make_private(file)
    except OSError as error:
        raise LedgerError(f"The folder of the ledger cannot be made: {error}.", "Check the rights of the folder above it.") from error
    if file is not None:
        refuse_network_folder(file.parent)
    engine = _engine(url, durable=durable)
    with explained():
        _bring_up_to_date(engine, file, keep / "backups", clock.now())
    ledger = Ledger(engine, file, Journals(keep), spread, durable=durable)
    ledger.replay()
    return ledger


def _opened_for_reading(file: Path, journals: Journals, chance: random.Random) -> Ledger:
    refuse_network_folder(file.parent)
    see_that_nothing_is_left(journals)
    engine = engine_for_reading(file, BUSY_MILLISECONDS / 1000)
    with explained(), engine.connect() as connection:
        revision = revision_of(connection)
    check_revision(revision)
    if revision != HEAD:
        raise LedgerError(
            f"The ledger {file} is of an earlier release, and its folder cannot be written to, so it cannot be brought up to date.",
            "Run the command once as the user who runs the scheduler.",
        )
    return Ledger(engine, file, journals, chance)


def _make_private(file: Path) -> None:
    """Makes the file of a ledger for its owner alone; what SQLite puts beside it gets the same rights."""
    private_file(file)
    for ending in ("", "-wal", "-shm"):
        tightened(file.with_name(f"{file.name}{ending}"))


def _url(address: str | Path) -> URL:
    if isinstance(address, Path) or "://" not in address:
        return URL.create("sqlite+pysqlite", database=str(Path(address).absolute()))
    try:
        url = make_url(address)
        if url.drivername in {"postgresql", "postgres"}:
            url = url.set(drivername="postgresql+psycopg")
        url.get_dialect().import_dbapi()
    except (ArgumentError, NoSuchModuleError) as error:
        raise AddressError("The address of the ledger under [database] in config.toml is not one that can be read.", f"{error}") from error
    except ImportError as error:
        raise AddressError(
            f"The ledger is to be in {url.get_backend_name()}, whose driver is not installed.", "pip install 'scheduler[postgres]'"
        ) from error
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise AddressError(f"The ledger cannot be in {url.get_backend_name()}.", "Use SQLite (the default) or PostgreSQL.")
    return url


def _engine(url: URL, *, durable: bool) -> Engine:
    if url.get_backend_name() == "postgresql":
        engine = create_engine(url, pool_pre_ping=True)
        event.listen(engine, "connect", _end_stalled)
        event.listen(engine, "after_cursor_execute", _stay_watched)
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    engine = create_engine(url, connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False})

    def connected(raw: sqlite3.Connection, _record: object) -> None:
        # Python's own transactions begin too late to guard a read that a write depends on.
        raw.isolation_level = None
        for pragma in _pragmas(durable=durable):
            raw.execute(pragma)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _pragmas(*, durable: bool) -> tuple[str, ...]:
    return (
        f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
        "PRAGMA journal_mode=WAL",
        f"PRAGMA synchronous={'FULL' if durable else 'OFF'}",
        "PRAGMA foreign_keys=ON",
    )


def _options(connection: Connection) -> Mapping[str, Any]:
    return connection.get_execution_options()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _options(connection).get("reads") else "BEGIN IMMEDIATE")


def _end_stalled(raw: DBAPIConnection, _record: object) -> None:
    """Lets the server end what a process that stands still has begun to write, since all others wait for it; an operator's setting wins."""
    setting = "idle_in_transaction_session_timeout"
    cursor = raw.cursor()
    cursor.execute(f"SELECT set_config('{setting}', '{STALLED_MILLISECONDS}', false) WHERE current_setting('{setting}') = '0'")
    cursor.close()
    raw.commit()


def _stay_watched(_: Connection, cursor: DBAPICursor, _said: str, _given: object, _context: object, is_batch: bool) -> None:
    """Ends a batch with a statement of its own: after what the driver sends as a pipeline the server does not look at the time."""
    if is_batch:
        another = cursor.connection.cursor()
        another.execute("SELECT 1")
        another.close()


def _begin_postgresql(connection: Connection) -> None:
    options = _options(connection)
    if options.get("reads"):
        return
    accounts = options.get(ACCOUNTS)
    if accounts is None:
        connection.execute(_ALONE, {"lock": LOCK})
    else:
        connection.execute(_ACCOUNTS, {"lock": LOCK, "kind": ACCOUNT, "numbers": sorted({lock_number(name) for name in accounts})})


def _bring_up_to_date(engine: Engine, file: Path | None, backups: Path, now: datetime) -> None:
    with engine.connect().execution_options(reads=True) as connection:
        revision = revision_of(connection)
    check_revision(revision)
    if revision == HEAD:
        return
    if file is not None and revision is not None:
        back_up(file, backups, now)
    with engine.connect() as connection:
        if file is not None:
            # Rebuilding a table would otherwise delete what refers to it; the switch does nothing inside a transaction.
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            raw.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            if revision_of(connection) != HEAD:
                migrate(connection)
            if file is not None and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise LedgerError("The ledger did not survive the step to this release; nothing was changed.", "Please report this.")
    engine.dispose()
