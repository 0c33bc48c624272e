"""Whether a ledger is the one that this machine used last, or was set back by whatever means; and starting in recovery where it was.

A file in the project's ``.scheduler`` folder says how far the ledger was seen to come. A ledger that lacks the last event seen was
set back, however far it has grown since.
"""

import hashlib
import json
import logging
import secrets
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select

from scheduler.disk import OWNER_ALONE, replace_file
from scheduler.ledger.agenda.gaps import Gap
from scheduler.ledger.events import Move, amend, move
from scheduler.ledger.remembering import get, put, put_gap
from scheduler.ledger.sending.claims import ids_text
from scheduler.ledger.tables import DELIVERY, EVENT, instant_text
from scheduler.ledger.trouble import LedgerError
from scheduler.model.delivery import State
from scheduler.model.outgoing import CALLED

LOG = logging.getLogger(__name__)

NAME = "ledger-seen.json"
LIVES = "lives"
"""The ledger's own name, and one more for each time that it is known to have been set back: what was seen of it before counts no more."""

_PERHAPS = (State.QUEUED.value, State.CLAIMED.value, State.SENDING.value)
_LAST = select(EVENT).order_by(EVENT.c.id.desc()).limit(1)
_FROZEN = select(DELIVERY).where(DELIVERY.c.payload.is_not(None), DELIVERY.c.state != State.SENT.value)
Opening = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Seen:
    """Is how far a ledger was seen to come: its lives, and its last event by number, time (aware UTC, as text) and content."""

    lives: tuple[str, ...]
    event: int = 0
    at: str = ""
    sha256: str = ""


class Past:
    """Is what this machine knows of a ledger's past. Threads may share it.

    ``memory`` is the file that keeps it, or None for a ledger that is thrown away. ``file`` is the ledger's own, where it is one.
    """

    def __init__(self, memory: Path | None, file: Path | None, reading: Opening, writing: Opening, reopen: Callable[[], None]) -> None:
        self._memory = memory
        self._file = file
        self._reading = reading
        self._writing = writing
        self._reopen = reopen
        self._place = _place(file)
        self._kept: Seen | None = None
        self._is_told = False
        self._lock = threading.Lock()

    def look_back(self, now: datetime) -> Gap | None:
        """Starts in recovery where the ledger is not the one that this machine used last, and returns the time that it knows nothing of.

        Raises:
            LedgerError: the ledger cannot be used, or its file is gone.
        """
        if self._memory is None:
            return None
        self._see_that_the_file_is_there()
        seen = self._remembered(self._memory)
        with self._reading() as connection:
            if seen is not None and _is_same(connection, seen):
                self._keep(self._memory, _stand(connection))
                return None
        with self._writing() as connection:
            gap = _take_stock(connection, seen, now)
        with self._reading() as connection:
            self._keep(self._memory, _stand(connection))
        return gap

    def keep(self) -> None:
        """Keeps in mind how far the ledger has come, unless it was set back meanwhile: :meth:`look_back` is to find that."""
        if self._memory is None:
            return
        with self._reading() as connection:
            if self._kept is not None and _is_same(connection, self._kept):
                self._keep(self._memory, _stand(connection))

    def see_that_it_is_whole(self) -> None:
        """Reads all of a ledger file.

        Raises:
            LedgerError: what is in it does not belong together.
        """
        if self._file is None:
            return
        with self._reading() as connection:
            verdict = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        if verdict != "ok":
            raise LedgerError(
                f"The ledger {self._file} is damaged: what is in it does not belong together.",
                "Nothing is sent from it. Perhaps an old one was copied over it beside its -wal file. To put a sound copy back:"
                "  scheduler restore",
            )

    def _see_that_the_file_is_there(self) -> None:
        """Opens the ledger's file anew where somebody put another in its place: what is open is the one that was taken away."""
        if self._file is None:
            return
        place = _place(self._file)
        if place is None:
            raise LedgerError(
                f"The ledger {self._file} is gone: somebody moved or deleted it while the scheduler runs.",
                "Put it back. If it is lost, stop the scheduler and start it again: what is due by then is held, not sent.",
            )
        if place != self._place:
            LOG.warning("another file was put in the place of the ledger; it is opened now")
            self._reopen()
            self._place = place

    def _remembered(self, memory: Path) -> Seen | None:
        try:
            told = json.loads(memory.read_text(encoding="utf-8"))
            return Seen(tuple(told["lives"]), int(told["event"]), str(told["at"]), str(told["sha256"]))
        except FileNotFoundError:
            return self._kept
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._tell("%s cannot be read (%s), so a ledger that was set back is not noticed", memory, error)
            return self._kept

    def _keep(self, memory: Path, seen: Seen) -> None:
        with self._lock:
            if seen == self._kept:
                return
            try:
                replace_file(memory, json.dumps(asdict(seen)).encode(), mode=OWNER_ALONE)
                self._is_told = False
            except OSError as error:
                self._tell("%s cannot be written (%s), so a ledger that is set back from now on may not be noticed", memory, error.strerror)
            self._kept = seen

    def _tell(self, words: str, *about: object) -> None:
        if not self._is_told:
            self._is_told = True
            LOG.warning(words, *about)


def forget(folder: Path) -> None:
    """Forgets what was seen of the ledger of a project, since it was put back knowingly; raises OSError."""
    (folder / NAME).unlink(missing_ok=True)


def begin_anew(connection: Connection, gap: Gap, now: datetime) -> int:
    """Turns what may have gone out in the gap into deliveries in doubt, and notes the gap; returns how many."""
    rows = connection.execute(select(DELIVERY).where(DELIVERY.c.state.in_(_PERHAPS), DELIVERY.c.not_before <= now)).all()
    doubted = {"next_at": now, "owner": "", "lease_until": None, "checks": 0}
    for row in rows:
        move(connection, Move(row.id, row.fence, State(row.state), State.UNCERTAIN, gap.reason), now, doubted)
    # Ids say which calls were not made yet, and the ledger does not know those made since.
    for row in connection.execute(_FROZEN).all():
        amend(connection, row.id, row.fence, State(row.state), {"ids": ids_text({**json.loads(row.ids), CALLED: "yes"})})
    put_gap(connection, gap, now)
    put(connection, LIVES, [*(get(connection, LIVES) or ()), secrets.token_hex(8)])
    return len(rows)


def _take_stock(connection: Connection, seen: Seen | None, now: datetime) -> Gap | None:
    """Gives the ledger a name where it has none, and starts in recovery where it is not what was seen of it."""
    told = get(connection, LIVES)
    lives = tuple(told or ())
    if not lives:
        put(connection, LIVES, [secrets.token_hex(8)])
    if seen is None or _is_same(connection, seen):
        return None
    if len(lives) > len(seen.lives) and lives[: len(seen.lives)] == seen.lives:
        return None  # another machine has noticed, or a copy was put back by our own command: it is in recovery already
    gap = _gap(connection, seen, now)
    begin_anew(connection, gap, now)
    return gap


def _gap(connection: Connection, seen: Seen, now: datetime) -> Gap:
    """Returns the time that a ledger knows nothing of; what it has grown by since it was set back is younger than what was seen of it."""
    until = datetime.fromisoformat(seen.at) if seen.at else now
    known: datetime | None = connection.execute(select(func.max(EVENT.c.at)).where(EVENT.c.at <= until)).scalar()
    return Gap(now, now, is_first=False, cause="new") if known is None else Gap(known, now, is_first=True, cause="found")


def _is_same(connection: Connection, seen: Seen) -> bool:
    """Tells whether a ledger still holds the last event that was seen of it."""
    if tuple(get(connection, LIVES) or ()) != seen.lives:
        return False
    row = connection.execute(select(EVENT).where(EVENT.c.id == seen.event)).one_or_none()
    return not seen.event or (row is not None and _content(row) == seen.sha256)


def _stand(connection: Connection) -> Seen:
    lives = tuple(get(connection, LIVES) or ())
    row = connection.execute(_LAST).one_or_none()
    return Seen(lives) if row is None else Seen(lives, row.id, instant_text(row.at), _content(row))


def _content(row: Row[Any]) -> str:
    words = (row.delivery, instant_text(row.at), row.was, row.became, row.fence, row.reason)
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def _place(file: Path | None) -> tuple[int, int] | None:
    """Returns which file a path leads to; None where there is none."""
    try:
        found = file.stat() if file is not None else None
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino) if found is not None else None
