"""Settings as most people write them, read without YAML: ``key: a few words`` and ``key: [a, b]``, one to a line and nothing else.

It is the same language: whatever this reads, YAML reads as the same settings at the same places. Anything else is left to YAML.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scheduler.model.finding import Span
from scheduler.postfiles.lines.source import Source

_WORD = r"[^\W_][\w .,;!?()'/+~=–—’-]*+(?::(?=[^\s,])[\w .,;!?()'/+~=–—’-]*+)*+"
_ITEM = r"[^\W_][\w .'/+–—’-]*+"
_LINE = re.compile(rf"([A-Za-z][A-Za-z-]{{0,40}}): +(?:({_WORD})|\[({_ITEM}(?:, *{_ITEM})*+)\]) *$")
_LONGEST = 800


@dataclass(slots=True)
class Entry:
    """Is one setting: its value as typed, a list as a tuple, and the places of value, key and list items.

    ``place`` is line, column and end column of the key, then those of the value; places become spans when they are asked for,
    which they are for mistakes alone.
    """

    value: str | tuple[str, ...]
    place: tuple[int, int, int, int, int, int]
    item_places: tuple[tuple[int, int, int], ...] = ()

    @classmethod
    def at(cls, value: str | tuple[str, ...], span: Span, key: Span, items: tuple[Span, ...]) -> "Entry":
        """Returns the setting at the given places."""
        place = (key.line, key.column, key.end_column, span.line, span.column, span.end_column)
        return cls(value, place, tuple((item.line, item.column, item.end_column) for item in items))

    @property
    def span(self) -> Span:
        """Returns the place of the value."""
        return Span(*self.place[3:])

    @property
    def key(self) -> Span:
        """Returns the place of the key."""
        return Span(*self.place[:3])

    @property
    def items(self) -> tuple[Span, ...]:
        """Returns the places of the items of a list."""
        return tuple(Span(*place) for place in self.item_places)

    @property
    def text(self) -> str:
        """Returns the value on one line; a list is joined by commas."""
        return self.value if isinstance(self.value, str) else ", ".join(self.value)

    @property
    def as_typed(self) -> bool:
        """Tells whether a text stands in the file letter for letter, so that a stretch of it can be replaced there.

        It does not where it is folded over several lines, or where its quotes change what stands between them.
        """
        return not isinstance(self.value, str) or self.place[5] - self.place[4] == len(self.value)

    def item(self, index: int, name: str) -> Span:
        """Returns the place of one name of a list; one without brackets is a text in which the name is looked for."""
        if index < len(self.item_places):
            return Span(*self.item_places[index])
        start = self.value.find(name) if isinstance(self.value, str) and self.as_typed else -1
        return Span(self.span.line, self.span.column + start, self.span.column + start + len(name)) if start >= 0 else self.span


class Places(Mapping[str, Span]):
    """Is where the values of settings stand, by their keys."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = entries

    def __getitem__(self, key: str) -> Span:
        return self._entries[key].span

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def read_plain(source: Source, first: int, lines: list[str]) -> dict[str, Entry] | None:
    """Returns the settings, or None where a line is not of the plainest kind; ``lines`` are the source's from ``first`` (from 0) on."""
    if source.places is not None:
        return None
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines, first + 1):
        match = _LINE.match(line)
        if match is None or len(line) > _LONGEST:
            return None
        key, text, items = match.groups()
        if key in entries:
            return None
        if text is not None:
            value = text.rstrip(" ")
            start = match.start(2) + 1
            entries[key] = Entry(value, (number, 1, len(key) + 1, number, start, start + len(value)))
        else:
            entries[key] = _list(key, items, number, match.start(3))
    return entries


def _list(key: str, items: str, number: int, start: int) -> Entry:
    values: list[str] = []
    places: list[tuple[int, int, int]] = []
    column = start + 1
    for item in items.split(","):
        value = item.strip(" ")
        begin = column + len(item) - len(item.lstrip(" "))
        values.append(value)
        places.append((number, begin, begin + len(value)))
        column += len(item) + 1
    return Entry(tuple(values), (number, 1, len(key) + 1, number, start, start + len(items) + 2), tuple(places))
