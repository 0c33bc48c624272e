"""Files as understood, kept between readings: a file whose size, time stamp and inode are the same is not read again."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from scheduler.model.finding import Span
from scheduler.postfiles.folder.walking import Seen
from scheduler.postfiles.lines.opening import bytes_of, unreadable
from scheduler.postfiles.lines.settling import Settling, saved
from scheduler.postfiles.lines.slips import Slip, shown
from scheduler.postfiles.names import Names
from scheduler.postfiles.parsing import Parsed, Role, parse


class Store:
    """Reads files of one project folder and remembers them by path."""

    def __init__(self, root: Path, names: Names, settling: Settling) -> None:
        self._root = root
        self._settling = settling
        self._names = names
        self._kept: dict[str, tuple[tuple[int, int, int], Parsed]] = {}

    def get(
        self, seen: Seen, settled_before: datetime | None, role: Role = Role.POST, read: Callable[[Parsed], Parsed] | None = None
    ) -> tuple[Parsed | None, bool]:
        """Returns the file as understood, and whether it is settled.

        A file changed after ``settled_before`` (aware UTC) is still being written: its earlier version is returned, or None.
        ``read`` adds a second judgement.
        """
        kept = self._kept.get(seen.path)
        settled = self._settling.is_settled(seen.path, seen.key, settled_before)
        if kept is not None and (kept[0] == seen.key or not settled):
            return kept[1], settled
        if not settled:
            return None, False
        parsed = self._read(seen, saved(seen.key), role)
        if read is not None:
            parsed = read(parsed)
        if seen.size >= 0:
            self._kept[seen.path] = (seen.key, parsed)
        return parsed, True

    def earlier(self, path: str) -> Parsed | None:
        """Returns what was last understood of a file, or None."""
        kept = self._kept.get(path)
        return kept[1] if kept else None

    def forget_all_but(self, paths: set[str]) -> None:
        """Drops what is kept of files that are gone."""
        for path in self._kept.keys() - paths:
            del self._kept[path]

    def _read(self, seen: Seen, modified: datetime, role: Role) -> Parsed:
        if seen.outside:
            return Parsed(seen.path, "", modified, findings=(_OUTSIDE.found(seen.path, Span()),))
        if seen.alias:
            return Parsed(seen.path, "", modified, findings=(_alias(seen.alias).found(seen.path, Span()),))
        if seen.size < 0:
            return Parsed(seen.path, "", modified, findings=(unreadable(seen.path, "it is no file, or a link to nothing"),))
        try:
            data = bytes_of(f"{self._root}{os.sep}{seen.path}", seen.size + 1)
        except OSError as trouble:
            return Parsed(seen.path, "", modified, findings=(unreadable(seen.path, trouble.strerror or str(trouble)),))
        return parse(seen.path, data, modified, self._names, role)


_OUTSIDE = Slip(
    rule="unreadable-file",
    message="this file is a link that leads out of the project folder",
    label="it is not followed",
    consequence="nothing of it is sent",
    fix="put the file itself here",
)


def _alias(other: str) -> Slip:
    return Slip(
        rule="same-name",
        message=f"this file is a link to {shown(other, 80)}",
        label="one post under two names",
        consequence="it would go out twice, so it is not sent under this name",
        fix="delete the link, or put a copy with a text of its own here",
    )
