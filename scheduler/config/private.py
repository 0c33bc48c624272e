"""Keeps what is a project's own from other people on the machine, from the first byte on."""

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from scheduler.disk import OWNER_ALONE, private_folder, replace_file, tightened
from scheduler.model.errors import SchedulerError

LOG = logging.getLogger(__name__)

_PATIENCE = 30.0


class SomebodyElses(SchedulerError):
    """Is a project whose own folder belongs to another user of the machine."""


def write_private(path: Path, text: str, *, by_way_of: Path | None = None) -> None:
    """Puts the text at ``path``, readable by its owner alone; a folder that must be made first is private too.

    ``by_way_of`` is for writers that a lock keeps apart, as for :func:`replace_file`.

    Raises:
        OSError: The folder or the file cannot be written.
    """
    private_folder(path.parent)
    replace_file(path, text.encode(), mode=OWNER_ALONE, by_way_of=by_way_of)


def remedy(error: OSError) -> str:
    """Returns what to do about a file that cannot be written."""
    return "Free some space on that disk." if error.errno in {errno.ENOSPC, errno.EDQUOT} else "Check who may write there."


def draft_of(path: Path) -> Path:
    """Returns where a file is written before it takes its place: what a crash left there, the next one uses up."""
    target = path.resolve()
    return target.with_name(f".{target.name}.part")


@contextmanager
def one_at_a_time(path: Path, what: str) -> Iterator[None]:
    """Keeps other processes from changing the same thing until the block ends: two people may come at one time, or a renewal.

    ``path`` is the file of the lock, in the project's own folder, and ``what`` says what is changed.

    Raises:
        SchedulerError: Somebody else has been changing it for long, or the lock cannot be written.
    """
    lock = FileLock(path, timeout=_PATIENCE, mode=OWNER_ALONE)
    try:
        private_folder(path.parent)
        lock.acquire()
    except Timeout as error:
        raise SchedulerError(f"Another command is changing {what}.", "Wait until it is done, and try again.") from error
    except OSError as error:
        raise SchedulerError(f"{path} cannot be written: {error.strerror}.", remedy(error)) from error
    try:
        yield
    finally:
        lock.release()


def keep_private(folder: Path) -> None:
    """Takes a project's own folder from other people where an earlier release or a copy left it to them, and says so in the log.

    Raises:
        SomebodyElses: We are the other people.
    """
    if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
        raise SomebodyElses(
            f"{folder} is for another user of this machine alone: it holds the secrets and the facts of what is out.",
            "Run the command as that user, the one who runs the scheduler:  sudo -u NAME scheduler …",
        )
    if tightened(folder):
        LOG.warning("%s could be read by other people on this machine; from now on it is for its owner alone", folder)
