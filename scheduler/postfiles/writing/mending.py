"""Mends post files: types what findings propose, leaves every other byte as it is, and never overwrites what somebody saved meanwhile."""

import codecs
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from scheduler.disk import replace_file
from scheduler.model.errors import SchedulerError
from scheduler.model.finding import Edit, Finding
from scheduler.postfiles.lines.decoding import legible

_ROUNDS = 20
_ENDINGS = re.compile(r"(\r\n|\r|\n)")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

Judge = Callable[[str, bytes], Iterable[Finding]]
"""Returns what is wrong with the bytes of a file at a path."""


class ChangedMeanwhile(SchedulerError):
    """Says that a file was saved by somebody else while it was being mended."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} was changed by somebody else just now, so it was left as it is.", "Run the command again.")


class NotWritten(SchedulerError):
    """Says that a mended file could not be written; the file is as it was."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} could not be written: {reason}.", "The file is as it was.")


@dataclass(frozen=True, slots=True)
class Mended:
    """Is one file before and after, and the findings that this settles; ``path`` is relative to the project folder."""

    path: str
    before: bytes
    after: bytes
    findings: tuple[Finding, ...]


def mends(root: Path, findings: Iterable[Finding], judge: Judge, *, unsafe: bool) -> list[Mended]:
    """Returns the files that can be mended, by path; nothing is written.

    A file in which the changes would bring up more errors than they settle is left out.
    """
    able = sorted((finding for finding in findings if _wanted(finding, unsafe=unsafe)), key=lambda finding: finding.path)
    found = []
    for path, of_file in groupby(able, key=lambda finding: finding.path):
        try:
            before = (root / path).read_bytes()
        except OSError:
            continue
        mended = _mend(path, before, list(of_file), judge, unsafe=unsafe)
        if mended is not None:
            found.append(mended)
    return found


def _wanted(finding: Finding, *, unsafe: bool) -> bool:
    return finding.edit is not None and (finding.edit.safe or unsafe)


def _mend(path: str, before: bytes, able: list[Finding], judge: Judge, *, unsafe: bool) -> Mended | None:
    """Types round after round, as one change may bring up the next, until there is nothing left to type."""
    at_first = _errors(judge(path, before))
    seen, current, settled = {before}, before, list[Finding]()
    for _ in range(_ROUNDS):
        changed = typed(current, [finding.edit for finding in able if finding.edit is not None])
        if changed in seen:
            break
        seen.add(changed)
        settled += able
        current = changed
        able = [finding for finding in judge(path, current) if _wanted(finding, unsafe=unsafe)]
    after = list(judge(path, current))
    if current == before or _errors(after) > at_first:
        return None
    return Mended(path, before, current, tuple(settled))


def _errors(findings: Iterable[Finding]) -> int:
    return sum(finding.is_error for finding in findings)


def typed(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Returns the bytes with the changes made; a change that overlaps a later one of the same line is left out.

    Encoding, byte order mark and line endings stay; bytes that are no UTF-8 are read as Windows-1252 and become UTF-8.
    """
    mark, encoding = next(((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        text = legible(data)
        if encoding != "utf-8" or "\ufffd" in text:
            return data
    pieces = _ENDINGS.split(text)
    for number, of_line in groupby(sorted(edits, key=lambda edit: (edit.line, -edit.column)), key=lambda edit: edit.line):
        index = 2 * (number - 1)
        if 0 <= index < len(pieces):
            ending = pieces[index + 1] if index + 1 < len(pieces) else next(iter(pieces[1::2]), "\n")
            line = _typed_in(pieces[index], of_line, ending)
            if pieces[index] and not line and index + 1 < len(pieces):
                pieces[index + 1] = ""
            pieces[index] = line
    return mark + "".join(pieces).encode(encoding)


def _typed_in(line: str, edits: Iterable[Edit], ending: str) -> str:
    limit = len(line) + 1
    for edit in edits:
        start, end = edit.column - 1, max(edit.column, edit.end_column) - 1
        if edit.was and line[start:end] != edit.was:
            if line.count(edit.was) != 1:
                continue
            start = line.index(edit.was)
            end = start + len(edit.was)
        if min(end, len(line)) <= limit:
            line = line[:start] + edit.replacement.replace("\n", ending) + line[end:]
            limit = start
    return line


def write(root: Path, mended: Mended) -> None:
    """Puts the mended file in the place of the old one, at once and with the same rights.

    Raises:
        ChangedMeanwhile: where the file is no longer the one that was mended.
        NotWritten: where the folder or the disk refuses.
    """
    target = Path(os.path.realpath(root / mended.path))
    try:
        replace_file(target, mended.after, last_look=partial(_hold, target, mended))
    except OSError as trouble:
        raise NotWritten(mended.path, trouble.strerror or str(trouble)) from trouble


def _hold(target: Path, mended: Mended) -> None:
    """Raises ChangedMeanwhile where the file is no longer the one that was mended."""
    if hashlib.sha256(target.read_bytes()).digest() != hashlib.sha256(mended.before).digest():
        raise ChangedMeanwhile(mended.path)
