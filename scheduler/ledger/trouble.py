"""What can go wrong with the ledger itself, in sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from sqlalchemy.exc import DBAPIError

from scheduler.model.errors import SchedulerError


class LedgerError(SchedulerError):
    """Says that the ledger cannot be read or written; nothing is sent while that is so."""


class LedgerBusyError(LedgerError):
    """Says that the ledger cannot be used at this moment and that trying again is right."""

    exit_code: ClassVar[int] = 75


class LostClaimError(LedgerError):
    """Says that a delivery is no longer ours: another process took it over, or a person decided about it."""


_FULL = "Free some space there; the scheduler goes on by itself and sends nothing until it can write."
_SENTENCES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("disk is full", "no space left"), "The ledger cannot be written: its disk is full.", _FULL),
    (
        ("readonly database", "read-only"),
        "The ledger cannot be written: the file or its folder is read-only.",
        "Give the user who runs the scheduler the right to write to the .scheduler folder and all files in it.",
    ),
    (
        ("unable to open database file",),
        "The ledger cannot be opened.",
        "See that the .scheduler folder exists, that it can be written to and that its disk is not full.",
    ),
    (
        ("not a database", "malformed"),
        "The ledger file is damaged.",
        "Put it aside and take the newest copy from .scheduler/backups. Then look at each account before you start the scheduler again.",
    ),
    (
        ("disk i/o error",),
        "The disk of the ledger does not answer as it should.",
        "See first that it is not full, then that it is sound; nothing is sent until then.",
    ),
)
_BUSY = ("database is locked", "database is busy", "deadlock detected", "lock timeout")


def explain(error: DBAPIError) -> LedgerError:
    """Returns the database's complaint as a sentence and a next step."""
    said = str(error.orig).strip() or type(error.orig).__name__
    low = said.lower()
    if any(word in low for word in _BUSY):
        return LedgerBusyError("The ledger is in use by another process.", "Try again in a moment.")
    for words, message, hint in _SENTENCES:
        if any(word in low for word in words):
            return LedgerError(message, hint)
    if error.connection_invalidated or "connection" in low:
        return LedgerBusyError(
            f"The database of the ledger does not answer: {said.splitlines()[0]}.", "See that it runs and can be reached."
        )
    return LedgerError(f"The ledger answers with an error: {said.splitlines()[0]}.", "Nothing was sent because of it. Please report this.")


@contextmanager
def explained() -> Iterator[None]:
    """Turns errors of the database into a :class:`LedgerError`."""
    try:
        yield
    except DBAPIError as error:
        raise explain(error) from error
