"""Puts fitted lines at their places: to one edge by their ink, left or right as the title reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from scheduler.graphics import text
from scheduler.graphics.block import Box, Ink, Placed, Scene, Sheet
from scheduler.graphics.colour import Rgb
from scheduler.graphics.problem import Undrawable
from scheduler.graphics.text import Fitted, Line, Style, TooLong


@dataclass(frozen=True, slots=True)
class Typeset:
    """Is lines with their pens, counted from the left top of the block."""

    style: Style
    size: int
    colour: Rgb
    lines: tuple[tuple[Line, float, int], ...]

    def ink(self) -> tuple[Ink, ...]:
        """Returns the stretch that each line's ink covers."""
        return tuple(Ink(self._box(line, x, y), self.colour) for line, x, y in self.lines)

    def _box(self, line: Line, x: float, y: int) -> Box:
        size = self.size
        return Box(floor(x + line.left * size), floor(y - line.top * size), ceil(x + line.right * size), ceil(y + line.bottom * size))

    def told(self) -> list[dict[str, Any]]:
        """Returns the lines as the layout tells them."""
        return [{"text": line.text, "x": round(x, 2), "baseline": y, "ink": self._box(line, x, y).as_list()} for line, x, y in self.lines]

    def paint(self, scene: Scene, box: Box) -> None:
        """Draws the lines with the block's left top at that of ``box``."""
        pen = scene.pen
        for line, x, y in self.lines:
            text.paint(pen, line, self.style, (box.left + x, box.top + y), self.size, self.colour)


def typeset(fitted: Fitted, style: Style, sheet: Sheet, colour: Rgb, width: int, indent: int = 0) -> Typeset:
    """Returns the lines with their ink at one edge, the one where the sheet's title starts; the edge moves in by ``indent``."""
    size = fitted.size
    lines = []
    for line, y in zip(fitted.lines, fitted.baselines, strict=True):
        start = width - indent - line.right * size if sheet.rtl else indent - (line.left + line.hang) * size
        lines.append((line, start, y))
    return Typeset(style, size, colour, tuple(lines))


def placed(block: str, fitted: Fitted, work: Typeset, width: int) -> Placed:
    """Returns a block that is nothing but text."""
    told: Mapping[str, Any] = {"size": fitted.size, "lines": work.told()}
    return Placed(block=block, box=Box(0, 0, width, fitted.height), told=told, work=work, ink=work.ink())


def too_long(what: str, trouble: TooLong) -> Undrawable:
    """Returns the sentence for a text that does not fit at the smallest size that can be read."""
    if trouble.word:
        word = trouble.word if len(trouble.word) <= 40 else trouble.word[:39] + "…"  # noqa: PLR2004 -- a sentence must stay one
        return Undrawable(
            f"In the {what}, “{word}” is too wide for one line of the graphic.",
            "Use a shorter word, or put a hyphen where it may be divided.",
        )
    many = f"{trouble.cut} characters" if trouble.cut != 1 else "1 character"
    return Undrawable(f"The {what} is too long for the graphic by {many}.", f"Cut {many} from the {what}.")
