"""The emergency journal: results that the ledger could not take, written to space that was set aside at the start."""

import json
import os
from pathlib import Path

RESERVE = 64 * 1024


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
        with self._path.open("r+b" if self._path.exists() else "w+b") as file:
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


def _is_whole(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
