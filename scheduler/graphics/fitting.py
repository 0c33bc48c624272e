"""Makes a picture small enough for a network without cutting anything off it; what comes out is what every command shows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from scheduler.graphics.cleaning import copy_of, keep
from scheduler.graphics.picture import loaded, measure, open_picture, read, upright
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.profiles import on_screen
from scheduler.model.graphic import Picture

_JPEG: Final = "image/jpeg"
_QUALITIES: Final = (92, 86, 80)
_SHRINK: Final = 0.85
_SMALLEST_SIDE: Final = 320
_MANNER: Final = 3
"""Counts the ways in which copies were made, so that none is used that was made in an older one."""


@dataclass(frozen=True, slots=True)
class Room:
    """Is what a network has room for: ``formats`` as MIME types, the most ``bytes``, ``pixels`` in all, and ``sides`` together."""

    formats: tuple[str, ...]
    bytes: int | None = None
    pixels: int | None = None
    sides: int | None = None

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Returns the largest size of the same proportions there is room for."""
        by_pixels = math.sqrt(self.pixels / (width * height)) if self.pixels else 1.0
        scale = min(1.0, by_pixels, self.sides / (width + height) if self.sides else 1.0)
        return (width, height) if scale == 1.0 else (max(int(width * scale), 1), max(int(height * scale), 1))

    def takes(self, picture: Picture) -> bool:
        """Tells whether the picture goes out as it is."""
        small = self.bytes is None or picture.bytes <= self.bytes
        return small and picture.mime in self.formats and self.size(picture.width, picture.height) == (picture.width, picture.height)


def fit(picture: Picture, folder: Path, room: Room) -> Picture | Unreadable:
    """Returns the picture itself where the network takes it, else a JPEG copy in ``folder``: no larger, then less quality, then smaller.

    What moves (films too), and what would have to become smaller than 320 pixels for its bytes, stays as it is, for the checks to
    object to. Raises CacheError where the disk refuses.
    """
    if room.takes(picture) or _JPEG not in room.formats or picture.video is not None or picture.frames:
        return picture
    size = room.size(picture.width, picture.height)
    shrunk = "" if size == (picture.width, picture.height) else f"-{size[0]}x{size[1]}"
    target = copy_of(picture, folder, ".jpg", f"-{room.bytes or 0}{shrunk}-{_MANNER}")
    if not target.is_file():
        source = Path(picture.path)
        data = read(source)
        opened = data if isinstance(data, Unreadable) else open_picture(data, source.name)
        whole = opened if isinstance(opened, Unreadable) else loaded(opened, source.name)
        if isinstance(whole, Unreadable):
            return whole
        found = _small_enough(on_screen(upright(whole)), room)
        if found is None:
            return picture
        keep(target, found)
    return measure(target)


def as_fitted(picture: Picture, formats: tuple[str, ...]) -> Picture:
    """Returns what becomes of a picture that has no file yet."""
    return picture if picture.mime in formats or _JPEG not in formats else replace(picture, mime=_JPEG)


def _small_enough(image: Image.Image, room: Room) -> bytes | None:
    """Returns the largest of the sizes that there is room for in any quality, in the best one that there is room for."""
    whole = room.size(*image.size)
    for size in _sizes(whole):
        small = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
        # Most pictures have room at once; of smaller sizes it is first asked whether there is any.
        if size == whole or _within(small, room, _QUALITIES[-1]):
            found = next(filter(None, (_within(small, room, quality) for quality in _QUALITIES)), None)
            if found is not None:
                return found
    return None


def _within(image: Image.Image, room: Room, quality: int) -> bytes | None:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue() if room.bytes is None or out.tell() <= room.bytes else None


def _sizes(size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yields sizes of the same proportions, the largest first."""
    yield size
    scale = _SHRINK
    while min(size) * scale >= _SMALLEST_SIDE:
        yield max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)
        scale *= _SHRINK
