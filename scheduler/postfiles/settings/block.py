"""The block of settings on top of a post file: flat ``key: value`` lines, read as YAML events so that each knows its place.

Every value stays the string that was typed: no number, date, yes or no is made of it here.
Events rather than nodes: they are not built by recursion (a hostile file cannot exhaust the stack), and they show anchors.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from scheduler.model.finding import Finding, Span
from scheduler.postfiles.lines.decoding import UNPRINTABLE
from scheduler.postfiles.lines.slips import Slip, shown
from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.settings import tails, traps
from scheduler.postfiles.settings.plain import Entry, read_plain

__all__ = ["Block", "Entry", "read_block"]

_Event: TypeAlias = Any  # PyYAML's stubs allow for events without a place, which its parser never makes

_LARGEST = 32_000
_REPAIRS = 30
_LONGEST = 1_000  # lines
_MOST = 100  # settings, or mistakes in them
_KEY_SPACE = re.compile(r"\s*(?:-\s+)?[\w.-]*\s*:\s+|\s+(?:-\s+)?|-\s+")


@dataclass(slots=True)
class Block:
    """Is the settings of one block with the findings made on the way."""

    entries: dict[str, Entry]
    findings: tuple[Finding, ...] = ()


def read_block(source: Source, first: int, last: int) -> Block:
    """Returns the settings in the lines ``first`` to ``last`` (exclusive, from 0).

    Where the lines are not YAML they are repaired in memory so that the rest can be shown; each repair is an error, which holds the post.
    """
    lines = list(source.lines[first:last])
    text = "".join(lines)
    plain = read_plain(source, first, lines) if text.isprintable() and len(text) <= _LARGEST else None
    if plain is not None:
        return Block(plain)
    return _read_yaml(source, first, lines, text)


def _read_yaml(source: Source, first: int, lines: list[str], text: str) -> Block:
    if not text.isprintable() or not text.isascii():
        lines = [UNPRINTABLE.sub("\ufffd", _clean(line)) for line in lines]
    if len(text) > _LARGEST or len(lines) > _LONGEST:
        return Block({}, (_TOO_MANY.found(source.path, source.span(first)),))
    findings: list[Finding] = []
    for _ in range(_REPAIRS):
        try:
            block = _Reader(source, first, lines).read()
        except (yaml.YAMLError, _NotFlatError) as trouble:
            repaired = traps.repair(source, first, lines, _line_of(trouble, len(lines)))
            findings += repaired
            if not repaired or len(findings) > _MOST:
                break
        else:
            if len(block.entries) > _MOST:
                return Block({}, (_TOO_MANY.found(source.path, source.span(first)),))
            return Block(block.entries, (*findings, *block.findings))
    return Block({}, tuple(findings[:_MOST]))


_TOO_MANY = Slip(
    rule="too-large", message="there are far too many settings here", fix="settings are short; the text comes below the dashes"
)


def _clean(line: str) -> str:
    """Returns the line with tabs and unusual spaces of its key part as plain spaces; nothing moves, so columns stay right."""
    if "\t" not in line and line.isascii():
        return line
    match = _KEY_SPACE.match(line)
    if match is None:
        return line
    return re.sub(r"\s", " ", match[0]) + line[match.end() :]


class _NotFlatError(Exception):
    """Says that the block is YAML, and not flat settings, from this line (from 0) on."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def _line_of(trouble: Exception, count: int) -> int:
    if isinstance(trouble, _NotFlatError):
        line = trouble.line
    else:
        mark = getattr(trouble, "problem_mark", None) or getattr(trouble, "context_mark", None)
        line = mark.line if mark is not None else 0
    return max(0, min(line, count - 1))


class _Reader:
    """Walks the events of one block."""

    def __init__(self, source: Source, first: int, lines: list[str]) -> None:
        self._source = source
        self._first = first
        self._lines = lines
        self._loader = yaml.CBaseLoader("\n".join(lines))
        self._next: Callable[[], _Event] = self._loader.get_event
        self._entries: dict[str, Entry] = {}
        self._findings: list[Finding] = []
        self._whole: set[int] = set()

    def read(self) -> Block:
        try:
            self._next()
            event = self._next()
            if not isinstance(event, yaml.StreamEndEvent):
                self._mapping(self._next())
                self._rest()
        finally:
            self._loader.dispose()
        self._findings += tails.lost_tails(self._source, self._first, self._lines, self._whole)
        return Block(self._entries, tuple(self._findings))

    def _rest(self) -> None:
        """Refuses whatever follows the settings: a second YAML document would be dropped silently."""
        self._next()
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise _NotFlatError(event.start_mark.line)

    def _mapping(self, event: _Event) -> None:
        if isinstance(event, yaml.ScalarEvent) and not event.value and not event.style and event.anchor is None:
            return
        if not isinstance(event, yaml.MappingStartEvent) or event.flow_style or event.anchor or event.tag:
            raise _NotFlatError(event.start_mark.line)
        while not isinstance(key := self._next(), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent) or key.anchor or key.tag:
                raise _NotFlatError(key.start_mark.line)
            self._add(key, self._value(self._next()))

    def _value(self, event: _Event) -> tuple[str | tuple[str, ...], Span, tuple[Span, ...]]:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event), self._span(event), ()
        if not isinstance(event, yaml.SequenceStartEvent) or event.anchor or event.tag:
            raise _NotFlatError(event.start_mark.line)
        items: list[str] = []
        spans: list[Span] = []
        while not isinstance(item := self._next(), yaml.SequenceEndEvent):
            if not isinstance(item, yaml.ScalarEvent):
                raise _NotFlatError(item.start_mark.line)
            items.append(self._scalar(item))
            spans.append(self._span(item))
        return tuple(items), self._list_span(event, item, spans), tuple(spans)

    def _scalar(self, event: _Event) -> str:
        if event.anchor or event.tag:
            raise _NotFlatError(event.start_mark.line)
        if event.end_mark.line > event.start_mark.line and not event.style:
            self._refuse_swallowed(event)
        elif event.style == '"' and "\\" in self._lines[event.start_mark.line]:
            self._refuse_escapes(event)
        return str(event.value).strip()

    def _refuse_swallowed(self, event: _Event) -> None:
        """Refuses a value over several lines of which one looks like a setting or a list item of its own."""
        for line in range(event.start_mark.line + 1, min(event.end_mark.line + 1, len(self._lines))):
            if traps.looks_separate(self._lines[line]):
                raise _NotFlatError(line)

    def _refuse_escapes(self, event: _Event) -> None:
        start, end = event.start_mark, event.end_mark
        typed = self._lines[start.line][start.column : end.column if end.line == start.line else None]
        slip = traps.strange_escape(typed)
        if slip is not None:
            place = self._source.span(self._first + start.line, start.column, start.column + len(typed))
            self._findings.append(slip.found(self._source.path, place))

    def _span(self, event: _Event) -> Span:
        start, end = event.start_mark, event.end_mark
        quoted = event.style in {"'", '"'}
        column = start.column + quoted
        last = end.column - quoted if end.line == start.line else None
        if event.style and end.line > start.line:
            self._whole.update(range(start.line + (event.style in "|>"), end.line + (event.style in "'\"")))
        return self._source.span(self._first + start.line, column, last)

    def _list_span(self, start: _Event, end: _Event, items: list[Span]) -> Span:
        if items and start.start_mark.line != end.end_mark.line:
            return items[0]
        return self._source.span(self._first + start.start_mark.line, start.start_mark.column, end.end_mark.column)

    def _add(self, key: _Event, value: tuple[str | tuple[str, ...], Span, tuple[Span, ...]]) -> None:
        name = str(key.value).strip()
        place = self._source.span(self._first + key.start_mark.line, key.start_mark.column, key.end_mark.column)
        if name in self._entries:
            before = self._entries[name]
            slip = Slip(
                rule="duplicate-setting",
                message=f"the setting “{shown(name)}” is here twice",
                label=f"it is already in line {before.key.line}",
                consequence="nobody can tell which of the two you mean, so the post is held",
                fix=f"delete one of the two lines ({before.key.line} or {place.line})",
            )
            self._findings.append(slip.found(self._source.path, place))
            return
        self._entries[name] = Entry.at(value[0], value[1], place, value[2])
