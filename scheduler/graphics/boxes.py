"""Walks the boxes that an MP4 or QuickTime file is made of, in files that anybody may have sent.

Source: ISO/IEC 14496-12 (ISO base media file format), clause 4.2: four bytes of size, four of kind; size 1 means eight more bytes of it.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import BinaryIO

_HEADER = 8
"""Is how many bytes the shortest box has."""
_NAME = re.compile(rb"[ -~\xa9]{4}")
_MOST_BOXES = 10_000
_MOST_OUTER = 100_000
"""Allows for films in fragments of half a second that last for hours."""
_DEEPEST = 8
_MOST_BYTES = 64 * 1024**2


class Damaged(Exception):
    """Is a file whose boxes do not fit into each other: it was cut off or damaged on the way."""


class Strange(Exception):
    """Is a film that plays, perhaps, but is written in a way that is not understood; its word goes on after the film's name."""


@dataclass(frozen=True, slots=True)
class Box:
    """Is one box: ``start`` is where its header begins, ``body`` where its content does, ``end`` where the next box begins."""

    kind: bytes
    start: int
    body: int
    end: int


def outer_boxes(file: BinaryIO, size: int) -> Iterator[Box]:
    """Yields the outermost boxes of a file of ``size`` bytes without reading what is in them.

    What cameras and programs leave behind the end of a whole film, and is no box, comes last as one without a ``kind``.

    Raises:
        Damaged: A box is larger than the file.
    """
    at, kinds = 0, set[bytes]()
    for _ in range(_MOST_OUTER):
        if at >= size:
            return
        file.seek(at)
        header = file.read(16)
        box = Box(b"", at, at, size) if _is_left_over(header, kinds, size - at) else _box(header, at, size)
        yield box
        kinds.add(box.kind)
        at = box.end
    raise Damaged


def _is_left_over(header: bytes, kinds: Container[bytes], left: int) -> bool:
    """Tells whether this is no box, behind the end of a film whose index names all that is needed; a box that was cut off has a name."""
    if b"moov" not in kinds or b"mdat" not in kinds or b"moof" in kinds:
        return False
    size = int.from_bytes(header[:4], "big")
    fits = len(header) >= _HEADER and (size == 0 or _HEADER <= size <= left)
    return not fits and not _NAME.fullmatch(header[4:8])


def read_box(file: BinaryIO, box: Box) -> bytes:
    """Returns an outermost box with its header.

    Raises:
        Damaged: It is larger than 64 MiB, as none is that is read whole.
    """
    if box.end - box.start > _MOST_BYTES:
        raise Damaged
    file.seek(box.start)
    return file.read(box.end - box.start)


def boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """Yields the boxes that lie between two places of ``data``.

    Raises:
        Damaged: A box does not fit.
    """
    for _ in range(_MOST_BOXES):
        # QuickTime ends some lists with four bytes of zero.
        if end - start < _HEADER:
            return
        box = _box(data[start : start + 16], start, end)
        yield box
        start = box.end
    raise Damaged


def found(data: bytes, within: Box, *path: bytes) -> list[Box]:
    """Returns the boxes at a path of kinds below ``within``.

    Raises:
        Damaged: A box does not fit, or the path is deeper than films are.
    """
    if len(path) > _DEEPEST:
        raise Damaged
    here = [within]
    for kind in path:
        here = [box for outer in here for box in boxes(data, outer.body, outer.end) if box.kind == kind]
    return here


def within(outer: Box, data: bytes) -> Box:
    """Returns an outermost box as it lies in ``data``, which are its own bytes."""
    return Box(outer.kind, 0, outer.body - outer.start, len(data))


def _box(header: bytes, at: int, end: int) -> Box:
    if len(header) < _HEADER:
        raise Damaged
    size, body = int.from_bytes(header[:4], "big"), at + 8
    if size == 1:
        size, body = int.from_bytes(header[8:16], "big"), at + 16
    elif size == 0:
        size = end - at
    if at + size > end or at + size < body:
        raise Damaged
    return Box(header[4:8], at, body, at + size)
