"""Colours as three numbers from 0 to 255, and the contrast between them as WCAG 2.2 defines it."""

import re
from dataclasses import dataclass
from functools import cache

from scheduler.graphics.problem import Undrawable
from scheduler.model.settings import Brand

Rgb = tuple[int, int, int]

BLACK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)
TEXT_CONTRAST = 4.5
"""Is what WCAG 2.2 success criterion 1.4.3 asks of text that is not large."""

_HEX = re.compile(r"#([0-9a-fA-F]{6})")
_STEPS = 20


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """Returns ``one`` with ``share`` (0 to 1) of ``other`` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


@cache
def linear(channel: int) -> float:
    """Returns the light that an sRGB channel stands for, 0 to 1."""
    value = channel / 255
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 -- WCAG's own numbers


def luminance(colour: Rgb) -> float:
    """Returns the relative luminance, 0 for black and 1 for white."""
    red, green, blue = colour
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def ratio(one: float, other: float) -> float:
    """Returns the contrast of two luminances, 1 to 21."""
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)


def contrast(one: Rgb, other: Rgb) -> float:
    """Returns the contrast of two colours, 1 to 21."""
    return ratio(luminance(one), luminance(other))


def readable(ink: Rgb, ground: Rgb, least: float = TEXT_CONTRAST) -> Rgb:
    """Returns ``ink``, moved towards white or black no further than it takes to be read on ``ground``."""
    end = WHITE if contrast(WHITE, ground) >= contrast(BLACK, ground) else BLACK
    tries = (mix(ink, end, step / _STEPS) for step in range(_STEPS + 1))
    return next((colour for colour in tries if contrast(colour, ground) >= least), end)


@dataclass(frozen=True, slots=True)
class Palette:
    """Is the brand's colours and those derived from them.

    ``scrim`` is the dark that lies under text, ``ink`` and ``highlight`` are what is written on it,
    ``stamp`` is what is written on ``accent``.
    """

    primary: Rgb
    dark: Rgb
    accent: Rgb
    light: Rgb
    scrim: Rgb
    ink: Rgb
    highlight: Rgb
    stamp: Rgb


def palette(brand: Brand) -> Palette | Undrawable:
    """Returns the brand's palette, in which every ink can be read on its ground whatever the brand's colours are."""
    parsed: list[Rgb] = []
    for name in ("primary", "dark", "accent", "light"):
        written = str(getattr(brand, name))
        found = _HEX.fullmatch(written)
        if not found:
            return Undrawable(f"The brand's colour {name} is “{written}”, which is not a colour.", 'Write it like "#0b4f6c".')
        value = bytes.fromhex(found[1])
        parsed.append((value[0], value[1], value[2]))
    primary, dark, accent, light = parsed
    # 12:1 below white leaves room for an accent that is less bright than white.
    scrim = readable(dark, WHITE, 12.0)
    stamp = max((scrim, WHITE), key=lambda ink: contrast(ink, accent))
    return Palette(primary, dark, accent, light, scrim, readable(light, scrim, 7.0), readable(accent, scrim), readable(stamp, accent))
