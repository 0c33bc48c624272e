"""Whether a file is still being written: by its time stamp, and where that says nothing, by looking again."""

from datetime import UTC, datetime, timedelta

Key = tuple[int, int, int]
"""Is a file's size in bytes, its time stamp in nanoseconds, and its inode: another one means that it was saved again."""

SETTLE = timedelta(seconds=2)
"""Is how long a file has to be left alone, where nobody says otherwise: programs that sync a folder write in pieces."""

_SKEW = timedelta(hours=1)


class Settling:
    """Remembers the files that were too young to be read at the last look.

    A time stamp up to an hour ahead may come from a clock that was set back since, or from a person who is writing right now. Which of
    the two is seen from look to look: a file that stays the very same for as long as ``settle`` is not being written.
    """

    def __init__(self, settle: timedelta = SETTLE) -> None:
        self._settle = settle
        self._young: dict[str, tuple[Key, datetime]] = {}

    def is_settled(self, path: str, key: Key, settled_before: datetime | None) -> bool:
        """Tells whether the file may be read; one changed after ``settled_before`` (aware UTC) may not, unless it has stood still.

        A time stamp more than an hour ahead of it comes from another machine's clock and says nothing.
        """
        if settled_before is None:
            return True
        if not settled_before < saved(key) <= settled_before + _SKEW:
            self._young.pop(path, None)
            return True
        before = self._young.get(path)
        if before is None or before[0] != key or settled_before < before[1]:
            self._young[path] = (key, settled_before)
            return False
        return settled_before - before[1] > self._settle


def saved(key: Key) -> datetime:
    """Returns when a file was saved, as aware UTC; a time stamp that is no time counts as long ago."""
    try:
        return datetime.fromtimestamp(max(key[1], 0) / 1e9, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
