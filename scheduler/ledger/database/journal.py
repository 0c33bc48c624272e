"""The emergency journal: results that the ledger could not take, written to space that was set aside at the start."""

import json
import os
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from scheduler.disk import OWNER_ALONE, private_file

RESERVE = 64 * 1024
NAME = "unsaved-results"


class Journal:
    """Is a small file beside the ledger whose space is taken before it is needed, so that a full disk does not stop it.

    Empty lines are the unused reserve. One process writes to it at a time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._end = 0
        if path.exists():
            self._end = len(path.read_bytes().rstrip(b"\n"))
            self._end += 1 if self._end else 0

    @property
    def path(self) -> Path:
        """Returns where the journal is."""
        return self._path

    def reserve(self) -> None:
        """Sets space aside; does nothing where enough is left.

        Raises:
            OSError: the disk is full already, or the folder cannot be written to.
        """
        size = self._path.stat().st_size if self._path.exists() else 0
        if size - self._end >= RESERVE // 2:
            return
        private_file(self._path)
        with self._path.open("ab") as file:
            file.write(b"\n" * RESERVE)
            file.flush()
            os.fsync(file.fileno())

    def append(self, line: str) -> None:
        """Writes one line for good.

        Raises:
            OSError: the reserve is used up and the disk is full.
        """
        data = line.encode() + b"\n"
        private_file(self._path)
        with self._path.open("r+b") as file:
            file.seek(self._end)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self._end += len(data)

    def lines(self) -> tuple[str, ...]:
        """Returns what was written and not yet cleared; a line cut short by a crash is left out."""
        if not self._path.exists():
            return ()
        written = self._path.read_bytes().rstrip(b"\n").decode(errors="replace")
        return tuple(line for line in written.split("\n") if _is_whole(line))

    def clear(self) -> None:
        """Empties the journal, its space stays reserved."""
        if not self._end:
            return
        with self._path.open("r+b") as file:
            file.write(b"\n" * self._end)
            file.flush()
            os.fsync(file.fileno())
        self._end = 0


class Journals:
    """Is the journals of one folder: each process that sends has one of its own, and those of processes that ended are anybody's.

    Whose a journal is, a lock beside it tells, which ends with its process. Threads may share this.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._taking = threading.Lock()
        self._own: tuple[Journal, FileLock] | None = None

    @property
    def own(self) -> Journal:
        """Returns the journal of this process, taking one that is nobody's first.

        Raises:
            OSError: the folder cannot be written to.
        """
        with self._taking:
            if self._own is None:
                self._own = self._first_free()
            return self._own[0]

    def left(self) -> Iterator[Journal]:
        """Yields the journals with results that no other living process will see to: this one's own, and those of the dead."""
        mine = self._own[0] if self._own else None
        if mine is not None and mine.lines():
            yield mine
        for path in sorted(self.folder.glob(f"{NAME}*.jsonl")):
            if (mine is None or path != mine.path) and Journal(path).lines():
                try:
                    with _lock_of(path):
                        yield Journal(path)
                except (Timeout, OSError):
                    continue  # its process lives, or nothing may be written here: the next who can sees to it

    def waiting(self) -> Iterator[str]:
        """Yields all results that are in journals, whoever they belong to."""
        for path in sorted(self.folder.glob(f"{NAME}*.jsonl")):
            yield from Journal(path).lines()

    def release(self) -> None:
        """Gives this process's journal up."""
        with self._taking:
            if self._own is not None:
                self._own[1].release()
                self._own = None

    def _first_free(self) -> tuple[Journal, FileLock]:
        for number in count(1):
            path = self.folder / (f"{NAME}.jsonl" if number == 1 else f"{NAME}-{number}.jsonl")
            lock = _lock_of(path)
            try:
                lock.acquire()
            except Timeout:
                continue
            return Journal(path), lock
        raise AssertionError


def _lock_of(path: Path) -> FileLock:
    return FileLock(path.with_suffix(".lock"), timeout=0, mode=OWNER_ALONE, thread_local=False)


def _is_whole(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
