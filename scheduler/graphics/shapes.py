"""Smooth shapes as masks: drawn four times as large and reduced."""

from functools import lru_cache

from PIL import Image, ImageDraw

_OVER = 4


@lru_cache(maxsize=32)
def plate(size: tuple[int, int], radius: int) -> Image.Image:
    """Returns a rectangle with round corners that fills the mask."""
    width, height = size
    mask = Image.new("L", (width * _OVER, height * _OVER))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width * _OVER - 1, height * _OVER - 1), radius * _OVER, fill=255)
    return mask.reduce(_OVER)


@lru_cache(maxsize=32)
def disc(side: int) -> Image.Image:
    """Returns a disc that fills the mask."""
    mask = Image.new("L", (side * _OVER, side * _OVER))
    ImageDraw.Draw(mask).ellipse((0, 0, side * _OVER - 1, side * _OVER - 1), fill=255)
    return mask.reduce(_OVER)
