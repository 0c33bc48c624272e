"""A file as lines of text, each of which knows where it stands in the author's editor."""

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.model.finding import Span


@dataclass(frozen=True, slots=True)
class Source:
    """Is a file's text in lines without their endings; ``path`` is relative to the project folder.

    ``places`` gives the file's line (from 1) and the columns before, for each line.
    It is None where every line of the text is one of the file: always,
    unless a word processor left soft breaks that most editors do not show as lines.
    """

    path: str
    lines: tuple[str, ...]
    places: Sequence[tuple[int, int]] | None = None

    def number(self, index: int) -> int:
        """Returns the number of the line in the file, from 1."""
        return index + 1 if self.places is None else self.places[min(index, len(self.places) - 1)][0]

    def span(self, index: int, start: int = 0, end: int | None = None) -> Span:
        """Returns the place of a stretch of one line; ``start`` and ``end`` count code points from 0, without ``end`` it is the rest."""
        if end is not None and self.places is None:
            return Span(index + 1, start + 1, end + 1 if end > start else start + 2)
        line = self.lines[index] if index < len(self.lines) else ""
        stop = len(line) if end is None else end
        before = 0 if self.places is None else self.places[min(index, len(self.places) - 1)][1]
        return Span(self.number(index), before + start + 1, before + max(stop, start + 1) + 1)
