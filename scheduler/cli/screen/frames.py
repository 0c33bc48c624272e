"""Draws a finding the way a careful colleague would point at it: the line, the caret, what would happen, and the fix."""

import functools
import shutil
import sys
from collections.abc import Iterator

import click
from wcwidth import wcswidth

from scheduler.config.mistakes import FILE
from scheduler.config.redacting import without_values
from scheduler.model.finding import Finding, Severity
from scheduler.postfiles.lines.decoding import LARGEST, legible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_WITHOUT_TERMINAL = 1_000
_FAR = 4  # times the room that a line has, which no line of so many characters ever fits
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}


def frame(finding: Finding, folder: "Path", width: int | None = None) -> str:
    """Returns the finding with the line of its file, the caret under the place, and the fix; colours are ANSI codes.

    A line that is wider than ``width`` columns (default: those of the terminal, a thousand where there is none) is shown around its place.
    """
    colour = _COLOURS[finding.severity]
    lines = [f"{click.style(finding.severity.value + ':', fg=colour, bold=True)} {finding.message}  ({finding.rule})"]
    source = _source_line(folder, finding)
    number = str(finding.span.line)
    gutter = " " * len(number)
    lines.append(f"{gutter}--> {_visible(finding.path)}:{finding.span.line}:{finding.span.column}")
    if source is not None:
        shown, *below = _pointed(source, finding, (width or _columns()) - len(gutter) - 3)
        lines += [f"{gutter} |", f"{number} | {shown}", *(f"{gutter} | {click.style(line, fg=colour)}" for line in below)]
    notes = [note for note in (finding.consequence, f"fix: {finding.fix}" if finding.fix else "", _offer(finding)) if note]
    if notes and source is not None:
        lines.append(f"{gutter} |")
    for note in notes:
        first, *rest = note.split("\n")
        lines.append(f"{gutter} = {first}")
        lines += [f"{gutter}   {line}" for line in rest]
    return "\n".join(lines) + "\n"


def _offer(finding: Finding) -> str:
    if finding.edit is None:
        return ""
    return "`scheduler check --fix` does this for you" if finding.edit.safe else "`scheduler check --fix --unsafe` asks and does this"


def _source_line(folder: "Path", finding: Finding) -> str | None:
    file = folder / finding.path
    try:
        stat = file.stat()
    except (OSError, ValueError):
        return None
    lines = _lines(folder, file, (stat.st_mtime_ns, stat.st_size, stat.st_ino))
    if lines is None or finding.span.line > len(lines):
        return None
    line = lines[finding.span.line - 1]
    return _visible(without_values(line) if finding.path == FILE else line)


@functools.lru_cache(maxsize=4)
def _lines(folder: "Path", file: "Path", _stamp: tuple[int, int, int]) -> list[str] | None:
    """Returns the lines of a file, which is read once for all its findings: while its ``_stamp`` is the same."""
    content = _content(folder, file)
    if content is None:
        return None
    text = content.decode("utf-16", errors="replace") if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else legible(content)
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _visible(text: str) -> str:
    return "".join(" " if char == "\t" else char if char.isprintable() else "·" for char in text)


def _content(folder: "Path", file: "Path") -> bytes | None:
    """Returns what a file of the project holds; nothing of what is no file, or is a link that leads out of the folder."""
    try:
        if not file.is_file() or not file.resolve().is_relative_to(folder.resolve()):
            return None
        with file.open("rb") as opened:
            return opened.read(LARGEST)
    except OSError:
        return None


def _columns() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else _WITHOUT_TERMINAL


def _pointed(source: str, finding: Finding, room: int) -> Iterator[str]:
    """Yields the line, or the stretch of it that fits, and below it the caret with its label."""
    start = finding.span.column - 1
    end = max(finding.span.end_column - 1, finding.span.column)
    source, start, end = _window(source, start, end, room)
    yield source
    indent = max(wcswidth(source[:start]), 0) + max(start - len(source), 0)
    caret = " " * indent + "^" * max(wcswidth(source[start:end]), 1)
    label = finding.label
    if not label or len(caret) + 1 + wcswidth(label) <= room:
        yield f"{caret} {label}".rstrip()
        return
    yield caret
    yield " " * max(min(indent, room - wcswidth(label)), 0) + label


def _window(source: str, start: int, end: int, room: int) -> tuple[str, int, int]:
    """Returns the stretch of a long line around a place, with … where it is cut, and the place within it."""
    keep = room
    shown, before = source, 0
    while keep > 1 and (len(shown) > _FAR * room or wcswidth(shown) > room):
        keep -= max((wcswidth(shown) - room) // 2, 2) if shown is not source else 2
        left = max(0, min(start - keep // 3, len(source) - keep))
        shown = f"{'…' if left else ''}{source[left : left + keep]}{'…' if left + keep < len(source) else ''}"
        before = left - bool(left)
    return shown, start - before, min(end - before, len(shown)) if before or shown is not source else end
