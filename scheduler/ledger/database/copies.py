"""Copies of a ledger file: made while it is in use, checked, put back."""

import json
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import URL, create_engine

from scheduler.disk import private_file, private_folder, tightened
from scheduler.ledger.agenda.gaps import Gap
from scheduler.ledger.database.writer import Writer
from scheduler.ledger.migrating import check_revision
from scheduler.ledger.past import begin_anew
from scheduler.ledger.remembering import OFFERED_SINCE, put
from scheduler.ledger.trouble import LedgerError
from scheduler.model.outgoing import OFFERED

BACKUPS_KEPT = 14
DAILY = timedelta(hours=24)
_FORM = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True)
class Copy:
    """Is a sound copy of a ledger; ``made_at`` is aware UTC, ``counts`` the number of deliveries in each state."""

    path: Path
    made_at: datetime
    counts: dict[str, int]


def back_up(file: Path, backups: Path, now: datetime) -> Path:
    """Returns a verified copy of the ledger, made while it may be in use; the newest fourteen are kept.

    Raises:
        LedgerError: the copy cannot be written or is not sound.
    """
    copy = backups / f"ledger-{now.astimezone(UTC):{_FORM}}.sqlite"
    try:
        private_folder(backups)
        tightened(backups)
        _copy(file, copy)
        verify(copy)
        for old in kept_copies(backups)[:-BACKUPS_KEPT]:
            old.unlink()
    except (OSError, sqlite3.Error) as error:
        copy.unlink(missing_ok=True)
        raise LedgerError(
            f"The ledger cannot be copied to {copy}: {error}.", "Nothing was changed. See that the disk is not full."
        ) from error
    return copy


def kept_copies(backups: Path) -> list[Path]:
    """Returns the copies of a folder, the oldest first."""
    return sorted(backups.glob("ledger-*.sqlite"))


def is_due(backups: Path, now: datetime) -> bool:
    """Tells whether the newest copy is older than a day, or there is none."""
    copies = kept_copies(backups)
    return not copies or now - made_at(copies[-1]) >= DAILY


def made_at(copy: Path) -> datetime:
    """Returns when a copy was made, by its name, else by the file's own time; aware UTC."""
    try:
        return datetime.strptime(copy.stem.removeprefix("ledger-"), _FORM).replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(copy.stat().st_mtime, UTC)


def verify(copy: Path) -> Copy:
    """Returns what a copy holds, having read all of it.

    Raises:
        LedgerError: it is damaged, no ledger, or of a newer release.
    """
    if not copy.is_file():
        raise LedgerError(f"There is no copy {copy}.", "scheduler backup --list  shows the copies there are.")
    try:
        with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as raw:
            verdict = raw.execute("PRAGMA integrity_check").fetchone()[0]
            loose = raw.execute("PRAGMA foreign_key_check").fetchone()
            (revision,) = raw.execute("SELECT version_num FROM alembic_version").fetchone() or (None,)
            counts = dict(raw.execute("SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state").fetchall())
    except sqlite3.Error as error:
        raise LedgerError(f"The copy {copy} is not sound: {error}.", "Take an older one.") from error
    if verdict != "ok" or loose is not None:
        raise LedgerError(f"The copy {copy} is not sound: {verdict}.", "Take an older one.")
    check_revision(revision)
    return Copy(copy, made_at(copy), counts)


def put_back(copy: Path, file: Path, now: datetime) -> Path | None:
    """Puts a sound copy in the ledger's place; returns where the ledger of before is kept, or None where there was none.

    Nothing may use the ledger meanwhile. What the copy cannot know is marked: the ledger starts in recovery.

    Raises:
        LedgerError: the copy is not sound, or the folder cannot be written to.
    """
    sound = verify(copy)
    fresh = file.with_name(f"{file.name}.restoring")
    kept = file.with_name(f"{file.stem}-before-{now.astimezone(UTC):{_FORM}}{file.suffix}") if file.exists() else None
    try:
        fresh.unlink(missing_ok=True)
        _copy(copy, fresh)
        _begin_anew(fresh, sound.made_at, now, _offered(file))
        if kept is not None:
            for ending in ("", "-wal", "-shm"):
                part = file.with_name(f"{file.name}{ending}")
                if part.exists():
                    part.replace(kept.with_name(f"{kept.name}{ending}"))
        fresh.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(f"The copy cannot be put back: {error}.", "The ledger of before is still in its folder.") from error
    return kept


def _copy(source: Path, target: Path) -> None:
    private_file(target)
    with closing(sqlite3.connect(source)) as before, closing(sqlite3.connect(target)) as after:
        before.backup(after)
        after.execute("PRAGMA journal_mode=DELETE")
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _offered(file: Path) -> frozenset[str] | None:
    """Returns the keys of what a ledger had offered for networks to fetch; None where there is none that can be read."""
    if not file.exists():
        return None
    try:
        with closing(sqlite3.connect(file)) as raw:
            rows = raw.execute("SELECT ids FROM delivery WHERE ids LIKE ?", (f"%{OFFERED}%",)).fetchall()
            before = raw.execute("SELECT value FROM meta WHERE key = ?", (OFFERED_SINCE,)).fetchall()
            own = (key for (ids,) in rows for name, key in json.loads(ids).items() if OFFERED in name and key)
            return frozenset((*own, *(key for (keys,) in before for key in json.loads(keys))))
    except (sqlite3.Error, ValueError):
        return None


def _begin_anew(file: Path, copied_at: datetime, now: datetime, offered: frozenset[str] | None) -> None:
    """Lets a copy start in recovery as the ledger, which keeps in mind what was ``offered`` since."""
    since = None if offered is None else sorted(offered - (_offered(file) or frozenset()))
    engine = create_engine(URL.create("sqlite+pysqlite", database=str(file)))
    writer = Writer(engine)
    try:
        with writer.alone() as connection:
            begin_anew(connection, Gap(copied_at, now, is_first=True), now)
            if since is not None:
                put(connection, OFFERED_SINCE, since)
    finally:
        writer.close()
        engine.dispose()
