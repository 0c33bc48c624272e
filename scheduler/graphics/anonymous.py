"""Copies of films without what the telephone wrote beside the picture: the place, the device, the hour.

Nothing is decoded or moved: the boxes that hold notes are turned into empty ones of the same size, so that every other byte stays where
the film's index says it is.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from scheduler.graphics.boxes import Box, Damaged, boxes, outer_boxes
from scheduler.graphics.cache import CacheError
from scheduler.graphics.cleaning import copy_of
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.video import measure_video
from scheduler.model.graphic import Picture

_NOTES: Final = frozenset({b"udta", b"meta"})
_XMP: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_SUFFIX: Final = {"video/mp4": ".mp4", "video/quicktime": ".mov"}
_SEEN_OR_HEARD: Final = frozenset({b"vide", b"soun"})


def film_without_notes(picture: Picture, folder: Path) -> Picture | Unreadable:
    """Returns the film itself where it holds no notes, else a copy in ``folder`` of the same size without them.

    Notes are user data and metadata boxes (the place among them), XMP, and whole tracks that are neither seen nor heard, such as
    an action camera's log of positions. Raises CacheError where the disk refuses.
    """
    source = Path(picture.path)
    try:
        notes = list(_notes(source, picture.bytes))
    except (OSError, Damaged):
        return Unreadable(f"{source.name} was changed while it was looked at.")
    if not notes:
        return picture
    target = copy_of(picture, folder, _SUFFIX[picture.mime])
    if not target.is_file():
        _copy(source, target, notes)
    return measure_video(target)


def _notes(path: Path, size: int) -> Iterator[Box]:
    with path.open("rb") as file:
        for outer in outer_boxes(file, size):
            file.seek(outer.body)
            if outer.kind == b"meta" or (outer.kind == b"uuid" and file.read(16) == _XMP):
                yield outer
            elif outer.kind == b"moov":
                file.seek(outer.start)
                yield from _notes_of_index(file.read(outer.end - outer.start), outer)


def _notes_of_index(data: bytes, moov: Box) -> Iterator[Box]:
    for box in boxes(data, moov.body - moov.start, len(data)):
        if box.kind in _NOTES or (box.kind == b"trak" and _kind_of(data, box) not in _SEEN_OR_HEARD):
            yield _moved(box, moov.start)
        elif box.kind == b"trak":
            yield from (_moved(inner, moov.start) for inner in boxes(data, box.body, box.end) if inner.kind in _NOTES)


def _kind_of(data: bytes, trak: Box) -> bytes:
    for media in boxes(data, trak.body, trak.end):
        if media.kind == b"mdia":
            return next((data[box.body + 8 : box.body + 12] for box in boxes(data, media.body, media.end) if box.kind == b"hdlr"), b"")
    return b""


def _moved(box: Box, by: int) -> Box:
    return Box(box.kind, box.start + by, box.body + by, box.end + by)


def _copy(source: Path, target: Path, notes: list[Box]) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as film, tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as copy:
            shutil.copyfileobj(film, copy, 1024 * 1024)
            for box in notes:
                copy.seek(box.start + 4)
                copy.write(b"free")
                copy.seek(box.body)
                copy.write(bytes(box.end - box.body))
            copy.flush()
            os.fsync(copy.fileno())
        Path(copy.name).replace(target)
    except OSError as error:
        raise CacheError(f"{target.parent} cannot be written: {error.strerror}.", "Free some space there, or set its rights.") from error
