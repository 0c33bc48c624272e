"""The small signs beside the particulars, drawn on a grid of 24 units with a stroke of 2.4."""

import math
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw

_GRID = 24
_STROKE = 2.4
_OVER = 8


class _Pencil:
    """Draws round-ended strokes and filled shapes in grid units."""

    def __init__(self, side: int) -> None:
        self.scale = side * _OVER / _GRID
        self.mask = Image.new("L", (side * _OVER, side * _OVER))
        self.draw = ImageDraw.Draw(self.mask)

    def dot(self, x: float, y: float, radius: float, fill: int = 255) -> None:
        at = [value * self.scale for value in (x - radius, y - radius, x + radius, y + radius)]
        self.draw.ellipse(at, fill=fill)

    def ring(self, x: float, y: float, radius: float) -> None:
        self.dot(x, y, radius + _STROKE / 2)
        self.dot(x, y, radius - _STROKE / 2, 0)

    def line(self, *points: tuple[float, float]) -> None:
        self.draw.line([(x * self.scale, y * self.scale) for x, y in points], fill=255, width=round(_STROKE * self.scale), joint="curve")
        for x, y in points:
            self.dot(x, y, _STROKE / 2)

    def shape(self, *points: tuple[float, float]) -> None:
        self.draw.polygon([(x * self.scale, y * self.scale) for x, y in points], fill=255)


def _clock(pencil: _Pencil) -> None:
    pencil.ring(12, 12, 9.8)
    pencil.line((12, 6.4), (12, 12.3), (15.8, 14.6))


def _pin(pencil: _Pencil) -> None:
    x, y, radius, tip = 12.0, 9.6, 8.4, 23.4
    # The straight flanks touch the circle, so that the drop has no corner but its tip.
    angle = math.acos(radius / (tip - y))
    flank = radius * math.sin(angle), radius * math.cos(angle)
    pencil.dot(x, y, radius)
    pencil.shape((x - flank[0], y + flank[1]), (x + flank[0], y + flank[1]), (x, tip))
    pencil.dot(x, y, 3.3, 0)


def _access(pencil: _Pencil) -> None:
    pencil.ring(12, 12, 9.8)
    pencil.dot(12, 6.9, 1.75)
    pencil.line((7.4, 10.4), (16.6, 10.4))
    pencil.line((12, 10.4), (12, 13.6))
    pencil.line((9.4, 18), (12, 13.4), (14.6, 18))


def _link(pencil: _Pencil) -> None:
    pencil.line((2.6, 12), (21, 12))
    pencil.line((13.8, 4.8), (21, 12), (13.8, 19.2))


ICONS: dict[str, Callable[[_Pencil], None]] = {"clock": _clock, "pin": _pin, "access": _access, "link": _link}
"""Is every sign by its name."""


@lru_cache(maxsize=64)
def icon(name: str, side: int) -> Image.Image:
    """Returns a sign as a mask of ``side`` pixels."""
    pencil = _Pencil(side)
    ICONS[name](pencil)
    return pencil.mask.reduce(_OVER)
