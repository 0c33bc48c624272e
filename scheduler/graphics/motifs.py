"""Drawn backgrounds for graphics without a photograph; the same seed always gives the same picture."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from scheduler.graphics.colour import Palette, Rgb, mix

_OVER = 2
_COARSE = 24
_WHITE: Rgb = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Stage:
    """Is what a motif draws on: a larger image, the point that it grows around, and the height free there, as fractions."""

    image: Image.Image
    palette: Palette
    dice: random.Random
    centre: tuple[float, float]
    free: float

    @property
    def reach(self) -> float:
        """Returns the length that sizes are fractions of."""
        width, height = self.image.size
        return min(width, height) if width < height * 1.5 else height * 1.45

    def point(self) -> tuple[float, float]:
        """Returns the centre in pixels."""
        return self.centre[0] * self.image.width, self.centre[1] * self.image.height


def _gradient(size: tuple[int, int], palette: Palette, centre: tuple[float, float]) -> Image.Image:
    """Returns the brand's dark with its primary glowing around a point."""
    bright = mix(palette.primary, _WHITE, 0.30)
    small = Image.new("RGB", (_COARSE, _COARSE))
    for y in range(_COARSE):
        for x in range(_COARSE):
            u, v = x / (_COARSE - 1), y / (_COARSE - 1)
            near = max(0.0, 1 - math.hypot(u - centre[0], (v - centre[1]) * 1.1) / 0.95)
            base = mix(palette.dark, palette.primary, min(1.0, 0.35 + 0.95 * near))
            small.putpixel((x, y), mix(base, bright, 0.9 * near**2.2))
    return small.resize(size, Image.Resampling.BICUBIC)


def _veil(stage: Stage, colour: Rgb, strength: float, points: Sequence[tuple[float, float]]) -> None:
    """Lays a translucent polygon over the picture."""
    ImageDraw.Draw(stage.image, "RGBA").polygon(points, fill=(*colour, round(255 * strength)))


def _wave(stage: Stage, level: float, height: float, length: float, phase: float) -> list[tuple[float, float]]:
    width, tall = stage.image.size
    top = []
    for x in range(0, width + 24, 24):
        u = x / length * math.tau + phase
        top.append((x, level * tall + (math.sin(u) + 0.45 * math.sin(1.7 * u + phase)) * height * stage.reach))
    return [*top, (width + 24, tall), (0, tall)]


def _rays(stage: Stage, many: int, strength: float) -> None:
    x, y = stage.point()
    far = math.hypot(*stage.image.size)
    turn = stage.dice.random()
    for number in range(many):
        start, end = ((number + turn + half) * math.tau / many for half in (0, 0.5))
        points = [(x, y), *((x + far * math.cos(angle), y + far * math.sin(angle)) for angle in (start, end))]
        _veil(stage, _WHITE, strength, points)


def _disc(stage: Stage, colour: Rgb, strength: float, radius: float) -> None:
    x, y = stage.point()
    size = radius * stage.reach
    ImageDraw.Draw(stage.image, "RGBA").ellipse((x - size, y - size, x + size, y + size), fill=(*colour, round(255 * strength)))


def sunrise(stage: Stage) -> None:
    """Draws a sun with its rays above a harbour's waves."""
    palette = stage.palette
    _rays(stage, 18, 0.055)
    for radius, strength in ((0.42, 0.05), (0.33, 0.07), (0.27, 0.10)):
        _disc(stage, palette.accent, strength, radius)
    _disc(stage, palette.accent, 1.0, 0.205)
    tints = [mix(palette.primary, palette.dark, share) for share in (0.05, 0.35, 0.62, 0.85, 1.0)]
    for number, tint in enumerate(tints):
        level = stage.centre[1] + 0.075 + number * 0.055
        length = stage.reach * stage.dice.uniform(0.85, 1.35)
        _veil(stage, mix(tint, _WHITE, 0.10 - number * 0.02), 1.0, _wave(stage, level, 0.016, length, stage.dice.uniform(0, math.tau)))


def banners(stage: Stage) -> None:
    """Draws long cloths that blow across the picture, one of them in the accent colour."""
    palette, dice = stage.palette, stage.dice
    width, height = stage.image.size
    reach = stage.reach
    tints = [mix(palette.primary, _WHITE, share) for share in (0.34, 0.22, 0.12, 0.03)]
    colours: list[tuple[Rgb, float]] = [(tints[0], 0.55), (tints[1], 0.8), (palette.accent, 1.0), (tints[2], 0.9), (tints[3], 0.96)]
    start, phase = stage.centre[1] - 0.17, dice.uniform(0, math.tau)
    for number, (colour, strength) in enumerate(colours):
        thick = reach * (0.05 if colour == palette.accent else dice.uniform(0.12, 0.17))
        upper, lower = [], []
        for x in range(-24, width + 48, 24):
            u = x / reach * 2.6 + phase + number * 0.5
            y = (start + number * 0.075) * height + (1.0 - x / width) * reach * 0.30 + math.sin(u) * reach * 0.075
            upper.append((float(x), y))
            lower.append((float(x), y + thick * (1 + 0.28 * math.sin(u * 0.8 + 1))))
        shade = [(x, y + reach * 0.022) for x, y in lower]
        _veil(stage, palette.scrim, 0.16, [*upper, *reversed(shade)])
        _veil(stage, colour, strength, [*upper, *reversed(lower)])


def rings(stage: Stage) -> None:
    """Draws rings that spread from one point, and leaves the accent colour to the words."""
    palette = stage.palette
    steps = 9
    for number in range(steps, 0, -1):
        colour = mix(palette.primary, _WHITE, 0.30) if number % 2 else palette.dark
        _disc(stage, colour, 0.16 if number % 2 else 0.22, number * 0.105 + 0.05)


def circles(stage: Stage) -> None:
    """Draws rings that spread from one point, as when a stone falls into water."""
    rings(stage)
    _disc(stage, stage.palette.accent, 1.0, min(0.115, 0.40 * stage.free * stage.image.height / stage.reach))


MOTIFS: dict[str, Callable[[Stage], None]] = {"banners": banners, "circles": circles, "rings": rings, "sunrise": sunrise}
"""Is every motif by its name."""
_ANY = ("banners", "circles", "sunrise")


@lru_cache(maxsize=4)
def draw(size: tuple[int, int], palette: Palette, motif: str, seed: int, place: tuple[float, float, float]) -> Image.Image:
    """Returns a background of ``size``; ``place`` is where it grows (across, down, free height), ``auto`` lets the seed choose."""
    dice = random.Random(seed)  # noqa: S311 -- a picture is wanted, not a secret
    name = dice.choice(_ANY) if motif == "auto" else motif
    centre = place[:2]
    # The tones are soft: only the motif's edges need the larger picture.
    ground = _gradient(size, palette, centre).resize((size[0] * _OVER, size[1] * _OVER), Image.Resampling.NEAREST)
    stage = Stage(ground, palette, dice, centre, place[2])
    MOTIFS[name](stage)
    return stage.image.reduce(_OVER)
