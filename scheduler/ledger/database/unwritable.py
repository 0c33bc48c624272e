"""A ledger in a folder that cannot be written: it is read where that is safe, and nothing can be written to it.

SQLite reads such a file beside its log of changes while that is there. Where it is not, all changes are in the file itself, and SQLite
would want to make a log: the file is read into the memory instead, whole, and only as it stood while nobody wrote to it.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool, StaticPool

from scheduler.ledger.database.journal import Journals
from scheduler.ledger.trouble import LedgerBusyError, LedgerError

_LOGS = ("-wal", "-journal")
_TRIES = 5
_FORM_OF_LOG = slice(18, 20)
"""Are the bytes of the file's head that say whether changes are kept in a log beside it (2), or not (1)."""

_HINT = "Run the command as the user who runs the scheduler, or where its folder can be written to."


def can_only_be_read(file: Path) -> bool:
    """Tells whether there is a ledger file in a folder that we may not write to."""
    return file.is_file() and not os.access(file.parent, os.W_OK)


def engine_for_reading(file: Path, busy_seconds: float) -> Engine:
    """Returns what reads a ledger file and refuses to write.

    Raises:
        LedgerError: It cannot be read without writing beside it.
        LedgerBusyError: Somebody else writes to it all the while.
    """
    address = f"{file.resolve().as_uri()}?mode=ro"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=busy_seconds, isolation_level=None, check_same_thread=False)

    if _answers(connect()):
        engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=NullPool)
    else:
        content = _read_at_rest(file)
        engine = create_engine("sqlite+pysqlite://", creator=lambda: _in_memory(content), poolclass=StaticPool)
    event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA query_only=ON"))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def see_that_nothing_is_left(journals: Journals) -> None:
    """Refuses to tell what a ledger knows while results wait beside it that have to be written into it first.

    Raises:
        LedgerError: There are such results.
    """
    if any(journals.waiting()):
        raise LedgerError(f"{journals.folder} holds results that are not in the ledger yet, and the ledger cannot be written to.", _HINT)


def _answers(connection: sqlite3.Connection) -> bool:
    with closing(connection):
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            return False
    return True


def _read_at_rest(file: Path) -> bytes:
    """Returns the file's content as it stood between two changes: read twice alike, with no log beside it before, between and after.

    Changes reach the file from a log alone. Where one was written while we read, either the log is still there or the second reading,
    which came after it, differs from the first.
    """
    for _ in range(_TRIES):
        first = _read_without_log(file)
        if first == _read_without_log(file) and not _has_log(file):
            return first[: _FORM_OF_LOG.start] + b"\x01\x01" + first[_FORM_OF_LOG.stop :]
    raise LedgerBusyError(f"The ledger {file} is being written, and its folder cannot be written to.", f"Try again in a moment. {_HINT}")


def _read_without_log(file: Path) -> bytes:
    if _has_log(file):
        raise LedgerError(f"The ledger {file} has a log of changes that cannot be read, since its folder cannot be written to.", _HINT)
    try:
        return file.read_bytes()
    except OSError as error:
        raise LedgerError(f"The ledger {file} cannot be read: {error.strerror}.", _HINT) from error


def _has_log(file: Path) -> bool:
    return any(file.with_name(f"{file.name}{ending}").exists() for ending in _LOGS)


def _in_memory(content: bytes) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    if content:
        connection.deserialize(content)
    return connection
