"""Makes a picture small enough for a network, without cutting anything off it; what comes out is what every command shows."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from scheduler.graphics.cleaning import copy_of, keep
from scheduler.graphics.depth import eight_bit
from scheduler.graphics.ground import on_ground
from scheduler.graphics.picture import loaded, measure, open_picture, read, upright
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.profiles import in_srgb
from scheduler.model.graphic import Picture

_JPEG: Final = "image/jpeg"
_QUALITIES: Final = (92, 86, 80)
_SHRINK: Final = 0.85
_SMALLEST_SIDE: Final = 320
_MANNER: Final = 2
"""Counts the ways in which copies were made, so that none is used that was made in an older one."""


def fit(picture: Picture, folder: Path, *, max_bytes: int | None, formats: tuple[str, ...]) -> Picture | Unreadable:
    """Returns the picture itself where the network takes it, else a JPEG copy in ``folder`` with less quality, then fewer pixels.

    What moves (films too), and what would have to become smaller than 320 pixels, stays as it is, for the checks to object to.
    Raises CacheError where the disk refuses.
    """
    fits = picture.mime in formats and (max_bytes is None or picture.bytes <= max_bytes)
    if fits or _JPEG not in formats or picture.video is not None:
        return picture
    target = copy_of(picture, folder, ".jpg", f"-{max_bytes or 0}-{_MANNER}")
    if not target.is_file():
        source = Path(picture.path)
        data = read(source)
        opened = data if isinstance(data, Unreadable) else open_picture(data, source.name)
        whole = opened if isinstance(opened, Unreadable) else loaded(opened, source.name)
        if isinstance(whole, Unreadable):
            return whole
        found = None if getattr(whole, "is_animated", False) else _small_enough(_opaque(upright(whole)), max_bytes)
        if found is None:
            return picture
        keep(target, found)
    return measure(target)


def as_fitted(picture: Picture, formats: tuple[str, ...]) -> Picture:
    """Returns what becomes of a picture that has no file yet."""
    return picture if picture.mime in formats or _JPEG not in formats else replace(picture, mime=_JPEG)


def _small_enough(image: Image.Image, max_bytes: int | None) -> bytes | None:
    for size, quality in _steps(image.size):
        out = BytesIO()
        (image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)).save(out, "JPEG", quality=quality, optimize=True)
        if max_bytes is None or out.tell() <= max_bytes:
            return out.getvalue()
    return None


def _steps(size: tuple[int, int]) -> Iterator[tuple[tuple[int, int], int]]:
    """Yields sizes and qualities, best first; proportions stay."""
    for quality in _QUALITIES:
        yield size, quality
    scale = _SHRINK
    while min(size) * scale >= _SMALLEST_SIDE:
        yield (max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)), _QUALITIES[-1]
        scale *= _SHRINK


def _opaque(image: Image.Image) -> Image.Image:
    """Returns the picture in the colours of screens, and on a ground where it lets the background through."""
    flat = eight_bit(image)
    return in_srgb(on_ground(flat) if flat.has_transparency_data else flat.convert("RGB"), image.info.get("icc_profile"))
