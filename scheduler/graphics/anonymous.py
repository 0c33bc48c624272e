"""Copies of films without what the telephone wrote beside the picture: the place, the device, the hour.

Nothing is decoded or moved: the boxes that hold notes are turned into empty ones of the same size, so that every other byte stays where
the film's index says it is.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from scheduler.disk import private_folder, replace_file
from scheduler.graphics.boxes import Box, Damaged, boxes, outer_boxes
from scheduler.graphics.cache import CacheError
from scheduler.graphics.cleaning import copy_of
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.video import measure_video
from scheduler.model.graphic import Picture

_NOTES: Final = frozenset({b"udta", b"meta"})
_XMP: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_SUFFIX: Final = {"video/mp4": ".mp4", "video/quicktime": ".mov"}
_SIZE, _KIND = 4, 4
"""Are the lengths of what a box begins with."""
_PIECE: Final = 1024 * 1024
_SEEN_OR_HEARD: Final = frozenset({b"vide", b"soun"})


def film_without_notes(picture: Picture, folder: Path) -> Picture | Unreadable:
    """Returns the film itself where it holds no notes, else a copy in ``folder`` of the same size without them.

    Notes are user data and metadata boxes (the place among them), XMP, and whole tracks that are neither seen nor heard, such as
    an action camera's log of positions. Raises CacheError where the disk refuses.
    """
    source = Path(picture.path)
    changed = Unreadable(f"{source.name} was changed while it was looked at.")
    try:
        notes = list(_notes(source, picture.bytes))
    except (OSError, Damaged):
        return changed
    if not notes:
        return picture
    target = copy_of(picture, folder, _SUFFIX[picture.mime])
    try:
        if not target.is_file():
            _copy(picture, target, notes)
    except Damaged:
        return changed
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


def _copy(picture: Picture, target: Path, notes: list[Box]) -> None:
    """Writes the copy in one step; raises Damaged where the film is another one by now, and CacheError where the disk refuses."""
    try:
        private_folder(target.parent)
        with Path(picture.path).open("rb") as film:
            replace_file(target, _blanked(_Reader(film), picture, notes))
    except OSError as error:
        raise CacheError(f"{target.parent} cannot be written: {error.strerror}.", "Free some space there, or set its rights.") from error


def _blanked(film: "_Reader", picture: Picture, notes: list[Box]) -> Iterator[bytes]:
    """Yields the film's bytes, those of its notes as zeros; raises Damaged at the end where they were not those that were measured."""
    at = 0
    for box in sorted(notes, key=lambda each: each.start):
        yield from film.pieces(box.start + _SIZE - at)
        yield from (b"free" for _ in film.pieces(_KIND))
        yield from film.pieces(box.body - box.start - _SIZE - _KIND)
        yield from (bytes(len(piece)) for piece in film.pieces(box.end - box.body))
        at = box.end
    yield from film.pieces(picture.bytes - at)
    if film.digest.hexdigest() != picture.sha256:
        raise Damaged


class _Reader:
    """Reads a film from its first byte on, and keeps the digest of what it read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def pieces(self, size: int) -> Iterator[bytes]:
        """Yields the next ``size`` bytes; raises Damaged where there are fewer."""
        while size > 0:
            piece = self._file.read(min(size, _PIECE))
            if not piece:
                raise Damaged
            self.digest.update(piece)
            size -= len(piece)
            yield piece
