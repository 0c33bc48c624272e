"""Makes JPEG copies of the photographs that telephones save in formats which most networks refuse."""

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Final

from scheduler.graphics.cleaning import copy_at, keep
from scheduler.graphics.picture import DAMAGED, damaged, loaded, measure, moves, open_picture, read, upright
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.profiles import on_screen
from scheduler.model.graphic import Picture

_QUALITY: Final = 95
_MANNER: Final = 2
"""Counts the ways in which copies were made, so that none is used that was made in an older one."""


def as_jpeg(path: Path, folder: Path) -> Picture | Unreadable:
    """Returns a JPEG copy in ``folder`` of the HEIC or AVIF picture at ``path``, or why there is none.

    The copy is upright, in the colours of screens, without anything that the camera wrote beside the picture, and on a plain ground where
    the picture is clear. Of several pictures in a file, as of a burst, it is the one that the file itself shows. The file is decoded once:
    a copy that is there is used. Raises CacheError where the disk refuses.
    """
    data = read(path)
    if isinstance(data, Unreadable):
        return data
    target = copy_at(hashlib.sha256(data).hexdigest(), path, folder, ".jpg", f"-jpeg-{_MANNER}")
    if not target.is_file():
        made = _jpeg(data, path.name)
        if isinstance(made, Unreadable):
            return made
        keep(target, made)
    return measure(target)


def _jpeg(data: bytes, name: str) -> bytes | Unreadable:
    image = open_picture(data, name)
    if isinstance(image, Unreadable):
        return image
    if moves(image):
        return Unreadable(f"{name} moves, which no network shows of such a file: export it as a film (MP4) or a GIF.", settled=True)
    whole = loaded(image, name)
    if isinstance(whole, Unreadable):
        return whole
    out = BytesIO()
    try:
        on_screen(upright(whole)).save(out, "JPEG", quality=_QUALITY, optimize=True)
    except DAMAGED:
        return damaged(name)
    return out.getvalue()
