"""TOML files beside the posts: their tables, where each word of them stands, and whether they are still being written."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from scheduler.model.finding import Finding, Span
from scheduler.postfiles.lines.decoding import decode
from scheduler.postfiles.lines.opening import read_bytes
from scheduler.postfiles.lines.settling import Key, Settling
from scheduler.postfiles.lines.slips import Slip
from scheduler.postfiles.lines.source import Source

_WHERE = re.compile(r"\(at line (\d+), column (\d+)\)|\(at end of document\)")

Read = TypeVar("Read")


class Tables:
    """Is one file as tables; ``tables`` is None where it is no TOML, and ``findings`` then say why."""

    def __init__(self, path: str, data: bytes, consequence: str, example: str) -> None:
        decoded = decode(path, data)
        self.path = path
        self.source = decoded.source or Source(path, ("",))
        self.findings: list[Finding] = list(decoded.findings)
        self.tables: Mapping[str, Any] | None = None
        if decoded.source is None or decoded.findings:
            return
        try:
            self.tables = tomllib.loads("\n".join(self.source.lines))
        except (ValueError, RecursionError) as trouble:  # a number of thousands of digits is no TOMLDecodeError
            self.findings.append(self._not_toml(str(trouble), consequence, example))

    def found(self, slip: Slip, name: str, key: str = "", word: str = "") -> None:
        """Adds a finding at a word of a key's value, at the key, or at the table's heading; what cannot be found is not mended."""
        place = self.where(name, key, word)
        lost = word and place.end_column - place.column != len(word)
        self.findings.append((replace(slip, mend=None) if lost else slip).found(self.path, place))

    def _not_toml(self, message: str, consequence: str, example: str) -> Finding:
        match = _WHERE.search(message)
        index = int(match[1]) - 1 if match and match[1] else len(self.source.lines) - 1
        column = int(match[2]) - 1 if match and match[2] else 0
        slip = Slip(
            rule="bad-toml",
            message="I cannot read this file from here on",
            label="often a quotation mark or a comma is missing here or in the line before",
            consequence=consequence,
            fix=example,
        )
        return slip.found(self.path, self.source.span(index, min(column, len(self.source.lines[index]))))

    def where(self, name: str, key: str = "", word: str = "") -> Span:
        """Returns the place of a word of a key's value, of the key, or of the table's heading."""
        lines = self.source.lines
        named = rf"[\"']?{re.escape(name)}[\"']?\s*"
        head = re.compile(rf"\s*\[\s*(?:[\w-]+\s*\.\s*)?{named}\]|\s*{named}=")
        start = next((index for index, line in enumerate(lines) if head.match(line)), 0)
        if not key:
            return self._word(start, word) if word else self.source.span(start, 0, len(lines[start].rstrip()))
        inline = re.search(rf"[{{,]\s*[\"']?(?P<key>{re.escape(key)})[\"']?\s*=", lines[start])
        if inline is not None and "{" in lines[start][: inline.start() + 1]:
            column = lines[start].find(word, inline.end()) if word else -1
            place = (column, column + len(word)) if column >= 0 else inline.span("key")
            return self.source.span(start, *place)
        setting = re.compile(rf"\s*[\"']?(?P<key>{re.escape(key)})[\"']?\s*=")
        for index in range(start, len(lines)):
            match = setting.match(lines[index])
            if match:
                return self._word(index, word) if word else self.source.span(index, match.start("key"), match.end("key"))
        return self.source.span(start)

    def _word(self, start: int, word: str) -> Span:
        """Returns where a word stands between quotation marks, or else where it stands at all."""
        quoted = re.compile(rf"(?<=[\"']){re.escape(word)}(?=[\"'])")
        for pattern in (quoted, re.compile(re.escape(word))):
            for index in range(start, len(self.source.lines)):
                match = pattern.search(self.source.lines[index])
                if match is not None:
                    return self.source.span(index, match.start(), match.end())
        return self.source.span(start)


class TableFile(Generic[Read]):
    """Reads one file again and again, under the first of its names that exists; while it is being written, its last version stands.

    What has the same size, time stamp and inode as before is not read again.
    """

    def __init__(
        self,
        root: Path,
        paths: tuple[str, ...],
        read: Callable[[str, bytes], Read],
        lost: Callable[[Finding], Read],
        settling: Settling,
    ) -> None:
        self._root = root
        self._paths = paths
        self._read = read
        self._lost = lost
        self._settling = settling
        self._empty = read(paths[0], b"")
        self._kept = self._empty
        self._known: tuple[str, Key] | None = None
        self._data: bytes | None = None
        self._missed = False

    def reads(self, path: str) -> bool:
        """Tells whether the path is one of this file's names."""
        return path in self._paths

    def judge(self, path: str, data: bytes) -> Read:
        """Returns what such bytes would say."""
        return self._read(path, data)

    def get(self, settled_before: datetime | None) -> tuple[Read, bool]:
        """Returns what the file says, and whether it is settled.

        It is not while it was changed after ``settled_before`` (aware UTC), and at the first look after it has gone:
        many editors save by putting a new file in the place of the old one.
        """
        for path in self._paths:
            key = self._key(path)
            if key is not None and not self._settling.is_settled(path, key, settled_before):
                return self._kept, False
            if key is not None and self._known == (path, key):
                self._missed = False
                return self._kept, True
            data = read_bytes(self._root, path)
            if isinstance(data, Finding):
                return self._lost(data), True
            if data is not None:
                self._missed = False
                self._known = (path, key) if key is not None else None
                if data != self._data:
                    self._data, self._kept = data, self._read(path, data)
                return self._kept, True
        if self._data is not None and not self._missed and settled_before is not None:
            self._missed = True
            return self._kept, False
        self._known, self._data, self._kept = None, None, self._empty
        return self._kept, True

    def _key(self, path: str) -> Key | None:
        try:
            stat = (self._root / path).stat()
        except OSError:
            return None
        return stat.st_size, stat.st_mtime_ns, stat.st_ino
