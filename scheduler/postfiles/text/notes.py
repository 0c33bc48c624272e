"""Notes to colleagues inside a text: ``%% like this %%`` and ``<!-- like this -->``; they are taken out and never published."""

import re
from dataclasses import dataclass

from scheduler.model.finding import Finding
from scheduler.postfiles.lines.slips import Slip
from scheduler.postfiles.lines.source import Source

_NUMBER = re.compile(r"(?:^|[^\w#＃@.,])\d[\d.,]*\s*$")  # #MayDay2027 is none
_MARKS = (("%%", "%%"), ("<!--", "-->"))


@dataclass(slots=True)
class Line:
    """Is one line of a body without its notes; ``index`` is its place among the source's lines.

    ``moved`` tells from which column of ``text`` on (from 0) the line stands how much further right as typed.
    """

    index: int
    text: str
    moved: tuple[tuple[int, int], ...] = ()

    def typed(self, column: int) -> int:
        """Returns the column of the line as typed (from 0) at which a sign of the text stands."""
        return column + next((by for start, by in reversed(self.moved) if start <= column), 0)

    def stretch(self, start: int, end: int) -> tuple[int, int]:
        """Returns where a stretch of the text begins and ends in the line as typed, with what was taken out within."""
        return self.typed(start), max(self.typed(start), self.typed(max(start, end - 1)) + (end > start))

    def is_whole(self, start: int, end: int) -> bool:
        """Tells whether nothing was taken out within a stretch of the text."""
        begin, stop = self.stretch(start, end)
        return stop - begin == end - start


@dataclass(slots=True)
class Body:
    """Is a body without its notes; a line that held nothing but a note is gone."""

    lines: list[Line]
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def moved(source: Source, lines: list[Line]) -> tuple[tuple[int, int, int], ...]:
    """Returns what stands further right in the file than in the text of these lines, as a post's text tells it."""
    if source.places is None:
        return tuple((number, start, by) for number, line in enumerate(lines) if line.moved for start, by in line.moved)
    return tuple(
        (number, start, by + source.span(line.index, 0, 0).column - 1)
        for number, line in enumerate(lines)
        for start, by in ((0, 0), *line.moved)
        if by or source.span(line.index, 0, 0).column > 1
    )


def trimmed(lines: list[Line]) -> list[Line]:
    """Returns the lines without the blank ones at both ends."""
    start, stop = 0, len(lines)
    while start < stop and not lines[start].text.strip():
        start += 1
    while stop > start and not lines[stop - 1].text.strip():
        stop -= 1
    return lines[start:stop]


def take_out(source: Source, first: int) -> Body:
    """Returns the lines from ``first`` (from 0) on, and the notes that stood among them."""
    lines = [Line(index, text) for index, text in enumerate(source.lines[first:], first)]
    whole = "\n".join(source.lines[first:])
    if "%%" not in whole and "<!--" not in whole:
        return Body(lines)
    return _Taker(source).take(lines)


class _Taker:
    """Goes through the lines with the note that is open, if any."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._notes: list[str] = []
        self._open: list[str] = []
        self._closing = ""
        self._opened = (0, 0)
        self._findings: list[Finding] = []

    def take(self, lines: list[Line]) -> Body:
        kept: list[Line] = []
        for line in lines:
            inside = bool(self._closing)
            text, touched, moves = self._outside(line)
            if text.strip() or not (touched or inside):
                kept.append(Line(line.index, text, moves))
        if self._closing:
            self._findings.append(self._unclosed())
        return Body(_without_double_gaps(kept, lines), tuple(self._notes), tuple(self._findings))

    def _outside(self, line: Line) -> tuple[str, bool, tuple[tuple[int, int], ...]]:
        """Returns what of the line stands outside notes, whether a note touches it, and what of it was moved by them."""
        rest, outside, position = line.text, "", 0
        moves: tuple[tuple[int, int], ...] = ()
        touched = bool(self._closing)
        while True:
            if self._closing:
                inside, mark, rest = rest.partition(self._closing)
                self._open.append(inside)
                position += len(inside) + len(mark)
                if not mark:
                    return outside, True, moves
                self._notes.append("\n".join(self._open).strip())
                self._closing = ""
            if touched and outside.endswith((" ", "\u00a0")) and rest.startswith(" "):
                rest, position = rest[1:], position + 1
            start, opening, closing = _next_mark(rest)
            moves = (*moves, (len(outside), position - len(outside))) if position > len(outside) else moves
            if not opening:
                outside += rest
                return (outside.rstrip() if touched and not rest.strip() else outside), touched, moves
            if opening == "%%" and _NUMBER.search(rest[:start]) is not None:
                self._findings.append(self._per_cent(line.index, position + start))
            self._opened = (line.index, position + start)
            outside += rest[:start]
            rest = rest[start + len(opening) :]
            position += start + len(opening)
            self._open, self._closing, touched = [], closing, True

    def _unclosed(self) -> Finding:
        index, column = self._opened
        end = "%%" if self._closing == "%%" else "-->"
        slip = Slip(
            rule="leftover-note",
            message="this note is never closed",
            label=f"there is no {end} after it",
            consequence="nobody can tell where the note ends and the text goes on, so the post is held",
            fix=f"write {end} where the note ends",
        )
        return slip.found(self._source.path, self._source.span(index, column, column + (2 if end == "%%" else 4)))

    def _per_cent(self, index: int, column: int) -> Finding:
        slip = Slip(
            rule="leftover-note",
            message="%% begins a note to colleagues, and a number stands before it",
            label="everything up to the next %% would be missing",
            consequence="nobody can tell whether this is a number in per cent, so the post is held",
            fix="write one % for a number, or put the note on a line of its own",
        )
        return slip.found(self._source.path, self._source.span(index, column, column + 2))


def _next_mark(text: str) -> tuple[int, str, str]:
    found = [(text.find(opening), opening, closing) for opening, closing in _MARKS if opening in text]
    return min(found) if found else (-1, "", "")


def _without_double_gaps(kept: list[Line], lines: list[Line]) -> list[Line]:
    """Returns the lines so that a note between two blank lines leaves one of them."""
    present = {line.index for line in kept}
    result: list[Line] = []
    for line in kept:
        after_gap = line.index - 1 >= lines[0].index and line.index - 1 not in present
        if after_gap and not line.text.strip() and (not result or not result[-1].text.strip()):
            continue
        result.append(line)
    return result
