"""Draws a finding the way a careful colleague would point at it: the line, the caret, what would happen, and the fix."""

import click
from wcwidth import wcswidth, wcwidth

from scheduler.model.finding import Finding, Severity
from scheduler.postfiles.decoding import legible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}


def frame(finding: Finding, folder: "Path") -> str:
    """Returns the finding with the line of its file, the caret under the place, and the fix; colours are ANSI codes."""
    colour = _COLOURS[finding.severity]
    lines = [f"{click.style(finding.severity.value + ':', fg=colour, bold=True)} {finding.message}  ({finding.rule})"]
    source = _source_line(folder, finding)
    number = str(finding.span.line)
    gutter = " " * len(number)
    lines.append(f"{gutter}--> {finding.path}:{finding.span.line}:{finding.span.column}")
    if source is not None:
        lines += [f"{gutter} |", f"{number} | {source}", f"{gutter} | {click.style(_caret(source, finding), fg=colour)}"]
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
    try:
        content = (folder / finding.path).read_bytes()
    except OSError:
        return None
    text = content.decode("utf-16", errors="replace") if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else legible(content)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if finding.span.line > len(lines):
        return None
    return "".join(" " if char == "\t" else char if char.isprintable() else "·" for char in lines[finding.span.line - 1])


def _caret(source: str, finding: Finding) -> str:
    start, end = finding.span.column - 1, max(finding.span.end_column - 1, finding.span.column)
    indent = max(wcswidth(source[:start]), 0) + max(start - len(source), 0)
    width = max(sum(max(wcwidth(char), 0) for char in source[start:end]), 1)
    label = f" {finding.label}" if finding.label else ""
    return f"{' ' * indent}{'^' * width}{label}"
