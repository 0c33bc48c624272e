"""Reads films that are written in fragments, as live pictures and some telephones' recorders are: each part has an index of its own.

Source: ISO/IEC 14496-12, 8.8: ``trex`` (8.8.3: what holds unless a fragment says otherwise), ``tfhd`` (8.8.7), ``trun`` (8.8.8).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from scheduler.graphics.boxes import Box, Damaged, boxes, found, read_box, within

_BASE, _ENTRY, _DURATION, _SIZE = 0x01, 0x02, 0x08, 0x10
_FROM_HERE: Final = 0x020000
_OFFSET, _FIRST = 0x01, 0x04
_ROW: Final = (0x100, 0x200, 0x400, 0x800)
"""Are the flags of a run that give each sample its own duration, size, flags and shift in time, in this order."""


@dataclass(frozen=True, slots=True)
class Run:
    """Is what one fragment holds of one ``track``: ``samples`` of ``ticks`` together, from ``start`` to ``end`` in the file.

    ``chained`` tells that its place follows from what stands before it, in the same fragment, of whatever track.
    """

    track: int
    start: int
    end: int
    samples: int
    ticks: int
    chained: bool = False


@dataclass(slots=True)
class _Part:
    """Is a track's part of a fragment while it is read: what its samples have unless they say otherwise, and where the next begin."""

    track: int
    base: int
    at: int
    duration: int
    size: int
    chained: bool


def runs(file: BinaryIO, outer: Iterable[Box], usual: Mapping[int, tuple[int, int]]) -> Iterator[Run]:
    """Yields the runs of all fragments among the outermost boxes; ``usual`` is what :func:`usual_in` returns.

    Raises:
        Damaged: A box does not fit.
    """
    for moof in outer:
        if moof.kind == b"moof":
            yield from runs_of(read_box(file, moof), moof, usual)


def usual_in(data: bytes, moov: Box) -> dict[int, tuple[int, int]]:
    """Returns by a track's number how long and how large its samples are unless fragments say otherwise."""
    rows = found(data, moov, b"mvex", b"trex")
    return {_number(data, row.body + 4): (_number(data, row.body + 12), _number(data, row.body + 16)) for row in rows}


def track_of(data: bytes, traf: Box) -> int:
    """Returns the number of the track that a part of a fragment is of; raises Damaged where it does not say."""
    headers = found(data, traf, b"tfhd")
    if not headers:
        raise Damaged
    return _number(data, headers[0].body + 4)


def runs_of(data: bytes, moof: Box, usual: Mapping[int, tuple[int, int]]) -> Iterator[Run]:
    """Yields the runs of one fragment, whose index is ``data``; raises Damaged as :func:`runs` does."""
    end = moof.start
    for number, traf in enumerate(found(data, within(moof, data), b"traf")):
        part = _part(data, traf, moof.start, end if number else moof.start, usual)
        for box in boxes(data, traf.body, traf.end):
            if box.kind == b"trun":
                run = _run(data, box, part)
                end = part.at = run.end
                yield run


def _part(data: bytes, traf: Box, moof: int, before: int, usual: Mapping[int, tuple[int, int]]) -> _Part:
    track = track_of(data, traf)
    header = found(data, traf, b"tfhd")[0]
    flags, at = _number(data, header.body), header.body + 8
    base = _number(data, at, 8) if flags & _BASE else moof if flags & _FROM_HERE else before
    at += (8 if flags & _BASE else 0) + (4 if flags & _ENTRY else 0)
    duration, size = usual.get(track, (0, 0))
    if flags & _DURATION:
        duration, at = _number(data, at), at + 4
    if flags & _SIZE:
        size = _number(data, at)
    return _Part(track, base, base, duration, size, chained=not flags & (_BASE | _FROM_HERE) and before != moof)


def _run(data: bytes, box: Box, part: _Part) -> Run:
    flags, count, at = _number(data, box.body), _number(data, box.body + 4), box.body + 8
    start = part.at
    if flags & _OFFSET:
        shift = _number(data, at)
        start, at = part.base + (shift - 2**32 if shift >= 2**31 else shift), at + 4
    at += 4 if flags & _FIRST else 0
    own = [flag for flag in _ROW if flags & flag]
    width = 4 * len(own)
    if at + width * count > box.end or start < 0:
        raise Damaged
    rows = data[at : at + width * count]
    ticks, size = (
        _sum(rows, 4 * own.index(flag), width) if flag in own else one * count
        for flag, one in zip(_ROW, (part.duration, part.size), strict=False)
    )
    return Run(part.track, start, start + size, count, ticks, part.chained)


def _sum(rows: bytes, at: int, width: int) -> int:
    return sum(int.from_bytes(rows[place : place + 4], "big") for place in range(at, len(rows), width))


def _number(data: bytes, at: int, size: int = 4) -> int:
    if at + size > len(data):
        raise Damaged
    return int.from_bytes(data[at : at + size], "big")
