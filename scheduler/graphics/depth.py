"""Brings greys of more than eight bits down to eight, which is what JPEG, screens and every network have."""

from typing import Final

from PIL import Image, ImageChops

_SIXTEEN_BITS: Final = 65535.0
_DEEP: Final = frozenset({"I;16", "I;16B", "I;16L", "I", "F"})


def eight_bit(image: Image.Image) -> Image.Image:
    """Returns the picture with at most eight bits a channel: scanners' 16-bit greys are scaled, where ``convert`` would cut them off.

    A 16-bit grey that its file declares transparent is so in what is returned, which then is in mode LA. Fractions count up to the
    largest that is in the picture.
    """
    if image.mode not in _DEEP:
        return image
    grey = image.convert("F")
    span = _SIXTEEN_BITS if image.mode != "F" else max(_most(grey), 1.0)
    flat = grey.point(lambda value: value * (255.0 / span)).convert("L")
    clear = image.info.get("transparency")
    return Image.merge("LA", (flat, _other_than(grey, clear))) if isinstance(clear, int) else flat


def _most(grey: Image.Image) -> float:
    high = grey.getextrema()[1]
    assert isinstance(high, (int, float))
    return float(high)


def _other_than(grey: Image.Image, clear: int) -> Image.Image:
    """Returns 255 where a grey is not exactly ``clear``, else 0: a step between neighbours is stretched until it fills eight bits."""
    above = grey.point(lambda value: value * 255.0 + clear * -255.0).convert("L")
    below = grey.point(lambda value: value * -255.0 + clear * 255.0).convert("L")
    return ImageChops.add(above, below)
