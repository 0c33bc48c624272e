"""Tells whether all that a HEIC or AVIF picture is made of is in its file: a reader shows grey where a tile of it is missing.

Source: ISO/IEC 14496-12, 8.11.3 (``iloc``): where the pieces of each item lie, in numbers as long as the box itself says.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from scheduler.graphics.boxes import Box, Damaged, boxes, found

_HOLE: Final = bytes(512)
"""Is longer than any stretch of zeros in what the coders of these pictures write: HEVC keeps to two, AV1 to a few."""
_CODED: Final = frozenset({b"hvc1", b"av01"})
_IN_FILE, _IN_BOX = 0, 1
"""Are the manners of counting where a piece lies: from the start of the file, or of the box of small data (``idat``)."""
_WITH_MANNER = (1, 2)
_SHORT: Final = 2
"""Is the version of an item's entry that has two bytes for its number and four for its kind; older ones have no kind, later ones more."""
_MOST_PIECES = 100_000


def is_whole(data: bytes) -> bool:
    """Tells whether no box and no piece of an item ends behind the end of the file, and none has a hole of zeros, as of a broken copy."""
    try:
        outer = list(boxes(data, 0, len(data)))
        # The four bytes of version and flags stand before the boxes in this one.
        index = next((Box(box.kind, box.start, box.body + 4, box.end) for box in outer if box.kind == b"meta"), None)
        if index is None:
            return True  # an animation keeps its pictures as films do; who reads it finds what is missing
        small = next(iter(found(data, index, b"idat")), Box(b"idat", 0, 0, 0))
        coded = frozenset(_coded(data, index))
        return _are_there(data, coded, (piece for box in found(data, index, b"iloc") for piece in _pieces(_Numbers(data, box), small)))
    except Damaged:
        return False


def _are_there(data: bytes, coded: frozenset[int], pieces: Iterable[tuple[int, int, int, int]]) -> bool:
    left = 2 * len(data)  # pieces that lie over each other again and again would take hours to look at
    for item, start, size, end in pieces:
        left -= size
        if left < 0 or start + size > end or (size and data.count(0, start, start + size) == size):
            return False
        if item in coded and data.find(_HOLE, start, start + size) >= 0:
            return False
    return True


def _coded(data: bytes, index: Box) -> Iterator[int]:
    """Yields the numbers of the items that are pictures, or tiles of one; what a camera wrote beside them may well be zeros."""
    for box in found(data, index, b"iinf"):
        # Version and flags, and how many there are, stand before the entries (8.11.6).
        for entry in boxes(data, box.body + (8 if data[box.body] else 6), box.end):
            numbers = _Numbers(data, entry)
            version = numbers.next(4) >> 24
            item = numbers.next(2 if version == _SHORT else 4)
            numbers.next(2)
            if version >= _SHORT and numbers.next(4).to_bytes(4, "big") in _CODED:
                yield item


class _Numbers:
    """Reads the numbers of a box one after the other."""

    def __init__(self, data: bytes, box: Box) -> None:
        self.data = data
        self._at = box.body
        self._end = box.end

    def next(self, size: int) -> int:
        """Returns the next number of so many bytes; raises Damaged at the end of the box."""
        if self._at + size > self._end:
            raise Damaged
        self._at += size
        return int.from_bytes(self.data[self._at - size : self._at], "big")


def _pieces(numbers: _Numbers, small: Box) -> Iterator[tuple[int, int, int, int]]:
    """Yields of each piece the number of its item, where it starts, how long it is, and where the place that holds it ends."""
    version, sizes, more = numbers.next(4) >> 24, numbers.next(1), numbers.next(1)
    short = 2 if version < 2 else 4  # noqa: PLR2004 - version 2 has more than 65,535 items
    left = _MOST_PIECES
    for _ in range(numbers.next(short)):
        item = numbers.next(short)
        manner = numbers.next(2) & 15 if version in _WITH_MANNER else _IN_FILE
        numbers.next(2)
        base = numbers.next(more >> 4)
        for _ in range(numbers.next(2)):
            left -= 1
            if left < 0:
                raise Damaged
            numbers.next(more & 15 if version in _WITH_MANNER else 0)
            start, size = base + numbers.next(sizes >> 4), numbers.next(sizes & 15)
            if manner == _IN_FILE:
                yield item, start, size, len(numbers.data)
            elif manner == _IN_BOX:
                yield item, small.body + start, size, small.end
