"""Finds how dark a veil must be for text to be read on the very pixels that lie under it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image

from scheduler.graphics.block import Box, Ink
from scheduler.graphics.colour import Rgb, linear, luminance, ratio

CELL = 8
"""Is the side, in pixels, of the cells whose mean colour is judged: about the stroke of a letter."""

_WORST = 0.05
_LINEAR = tuple(linear(channel) for channel in range(256))

Veil = Callable[[float, float], float]
"""Tells how much of the veil lies at a point, 0 to 1."""


def smooth(value: float) -> float:
    """Returns 0 to 1 for 0 to 1, without a corner at either end."""
    value = min(max(value, 0.0), 1.0)
    return value * value * (3 - 2 * value)


@dataclass(frozen=True, slots=True)
class Cells:
    """Is the cells under one stretch of text: their mean colours, and how much of the veil lies on each."""

    colours: tuple[Rgb, ...]
    shares: tuple[float, ...]
    ink: float

    def worst(self, veil: Rgb, strength: float) -> float:
        """Returns the contrast that 95 of 100 cells reach under a veil of that strength."""
        light = []
        for colour, share in zip(self.colours, self.shares, strict=True):
            laid = strength * share
            red, green, blue = (_LINEAR[round(below + (above - below) * laid)] for below, above in zip(colour, veil, strict=True))
            light.append(0.2126 * red + 0.7152 * green + 0.0722 * blue)
        ratios = sorted(ratio(self.ink, cell) for cell in light)
        return ratios[int(len(ratios) * _WORST)]


def cells(reduced: Image.Image, ink: Ink, veil: Veil) -> Cells:
    """Returns the cells of an image that was reduced by :data:`CELL`, under a stretch of text."""
    box = _within(ink.box, reduced.size)
    places = [(x, y) for y in range(box.top, box.bottom) for x in range(box.left, box.right)]
    pixels = reduced.load()
    assert pixels is not None
    colours = []
    for place in places:
        colour = pixels[place]
        assert isinstance(colour, tuple)
        colours.append((int(colour[0]), int(colour[1]), int(colour[2])))
    shares = [veil((x + 0.5) * CELL, (y + 0.5) * CELL) for x, y in places]
    return Cells(tuple(colours), tuple(shares), luminance(ink.colour))


def _within(box: Box, size: tuple[int, int]) -> Box:
    left, top = min(max(box.left // CELL, 0), size[0] - 1), min(max(box.top // CELL, 0), size[1] - 1)
    return Box(left, top, max(left + 1, min(-(-box.right // CELL), size[0])), max(top + 1, min(-(-box.bottom // CELL), size[1])))


def worst(image: Image.Image, inks: Sequence[Ink]) -> float:
    """Returns the least contrast of any stretch of text with the image under it; 21 where there is no text."""
    reduced = image.reduce(CELL)
    return min((cells(reduced, ink, lambda _x, _y: 0.0).worst((0, 0, 0), 0.0) for ink in inks), default=21.0)


def solve(under: Sequence[Cells], veil: Rgb, floor: float, least: float) -> float:
    """Returns the smallest strength, not below ``floor``, at which all text reaches ``least``; 1 where none does."""
    # A darker veil never makes light words harder to read: only what fails at the floor has to be tried again.
    failing = [cell for cell in under if cell.worst(veil, floor) < least]
    if not failing:
        return floor
    low, high = int(floor * 32) + 1, 32
    while low < high:
        middle = (low + high) // 2
        if all(cell.worst(veil, middle / 32) >= least for cell in failing):
            high = middle
        else:
            low = middle + 1
    return high / 32
