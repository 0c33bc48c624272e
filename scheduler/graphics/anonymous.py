"""Copies of films without what the telephone wrote beside the picture: the place, the device, the hour.

Nothing is decoded or moved: the boxes that hold notes are turned into empty ones of the same size, and times and the content of tracks
that nobody sees or hears into zeros, so that every other byte stays where the film's index says it is.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from scheduler.disk import private_folder, replace_file
from scheduler.graphics.boxes import Box, Damaged, boxes, outer_boxes
from scheduler.graphics.cache import CacheError
from scheduler.graphics.cleaning import copy_of
from scheduler.graphics.problem import Unreadable
from scheduler.graphics.samples import chunks
from scheduler.graphics.video import measure_video
from scheduler.model.graphic import Picture

_NOTES: Final = frozenset({b"udta", b"meta", b"uuid"})
_TELLING: Final = _NOTES | {b"gps ", b"prft", b"emsg", b"thum"}
"""Are boxes of notes, dashcams' tables of positions, clocks of live films and small pictures, beside the index or right in it."""
_TIMED: Final = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_SUFFIX: Final = {"video/mp4": ".mp4", "video/quicktime": ".mov"}
_PIECE: Final = 1024 * 1024
_SEEN_OR_HEARD: Final = frozenset({b"vide", b"soun"})


@dataclass(frozen=True, slots=True, order=True)
class _Patch:
    """Is a stretch of the file to write anew, with ``word`` or with zeros."""

    start: int
    end: int
    word: bytes = b""


def film_without_notes(picture: Picture, folder: Path) -> Picture | Unreadable:
    """Returns the film itself where it holds no notes, else a copy in ``folder`` of the same size without them.

    Notes are user data and metadata boxes (the place among them), XMP and other makers' boxes, the hours in the headers, and whole tracks
    that are neither seen nor heard, such as an action camera's log of positions, with their content. Of a film that is written in
    fragments such content stays. Raises CacheError where the disk refuses.
    """
    source = Path(picture.path)
    changed = Unreadable(f"{source.name} was changed while it was looked at.")
    try:
        patches = list(_patches(source, picture.bytes))
    except (OSError, Damaged):
        return changed
    if not patches:
        return picture
    target = copy_of(picture, folder, _SUFFIX[picture.mime], "-bare")
    try:
        if not target.is_file():
            _copy(picture, target, patches)
    except Damaged:
        return changed
    return measure_video(target)


def _patches(path: Path, size: int) -> Iterator[_Patch]:
    with path.open("rb") as file:
        outer = list(outer_boxes(file, size))
        content = [box for box in outer if box.kind == b"mdat"]
        for box in outer:
            if box.kind in _TELLING:
                yield from _emptied(box, 0)
            elif box.kind == b"moov":
                file.seek(box.start)
                yield from _in_index(file.read(box.end - box.start), box, content)


def _in_index(data: bytes, moov: Box, content: list[Box]) -> Iterator[_Patch]:
    for box in boxes(data, moov.body - moov.start, len(data)):
        hidden = box.kind == b"trak" and _kind_of(data, box) not in _SEEN_OR_HEARD
        if hidden:
            yield from (patch for start, end in chunks(data, box) for patch in _within(start, end, content))
        if hidden or box.kind in _TELLING:
            yield from _emptied(box, moov.start)
        elif box.kind == b"trak":
            yield from _in_track(data, box, moov.start)
        else:
            yield from _hour(data, box, moov.start)


def _in_track(data: bytes, track: Box, moved: int) -> Iterator[_Patch]:
    for box in boxes(data, track.body, track.end):
        if box.kind in _NOTES:
            yield from _emptied(box, moved)
        elif box.kind == b"mdia":
            yield from _in_track(data, box, moved)
        else:
            yield from _hour(data, box, moved)


def _emptied(box: Box, moved: int) -> Iterator[_Patch]:
    kind = box.start + moved + 4
    yield _Patch(kind, kind + 4, b"free")
    yield _Patch(box.body + moved, box.end + moved)


def _hour(data: bytes, box: Box, moved: int) -> Iterator[_Patch]:
    """Yields where a header says when the film was made and changed; zeros mean that nobody said."""
    if box.kind in _TIMED:
        start = box.body + 4
        end = min(start + (16 if data[box.body : start].startswith(b"\x01") else 8), box.end)
        if any(data[start:end]):
            yield _Patch(start + moved, end + moved)


def _within(start: int, end: int, content: list[Box]) -> Iterator[_Patch]:
    for box in content:
        if max(start, box.body) < min(end, box.end):
            yield _Patch(max(start, box.body), min(end, box.end))


def _kind_of(data: bytes, trak: Box) -> bytes:
    for media in boxes(data, trak.body, trak.end):
        if media.kind == b"mdia":
            return next((data[box.body + 8 : box.body + 12] for box in boxes(data, media.body, media.end) if box.kind == b"hdlr"), b"")
    return b""


def _copy(picture: Picture, target: Path, patches: Iterable[_Patch]) -> None:
    """Writes the copy in one step; raises Damaged where the film is another one by now, and CacheError where the disk refuses."""
    try:
        private_folder(target.parent)
        with Path(picture.path).open("rb") as film:
            replace_file(target, _patched(_Reader(film), picture, patches))
    except OSError as error:
        raise CacheError(f"{target.parent} cannot be written: {error.strerror}.", "Free some space there, or set its rights.") from error


def _patched(film: "_Reader", picture: Picture, patches: Iterable[_Patch]) -> Iterator[bytes]:
    """Yields the film's bytes with the patches; raises Damaged at the end where the bytes were not those that were measured."""
    at = 0
    for patch in sorted(patches):
        start = max(patch.start, at)
        if patch.end <= start:
            continue
        yield from film.pieces(start - at)
        yield from (patch.word[start - patch.start :] or bytes(len(piece)) for piece in film.pieces(patch.end - start))
        at = patch.end
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
