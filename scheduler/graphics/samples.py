"""Finds where in an MP4 or QuickTime file the content of a track lies, as its index says it.

Source: ISO/IEC 14496-12: ``stsc`` (8.7.4: samples a chunk), ``stsz`` (8.7.3: sizes), ``stco`` and ``co64`` (8.7.5: where chunks begin).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from scheduler.graphics.boxes import Box, Damaged, found

_MOST_CHUNKS = 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class Extent:
    """Is a stretch of a film's content, in bytes from the file's start; a ``loose`` one reaches to the next, wherever its ``end`` is."""

    start: int
    end: int
    loose: bool = False


def chunks(data: bytes, trak: Box, *, loose: bool = False) -> Iterator[Extent]:
    """Yields the chunks of a track; nothing ensures that one lies within the file.

    QuickTime counts some sounds in samples of one byte, however long they are: with ``loose``, chunks of samples that are all of one
    size are.

    Raises:
        Damaged: A box does not fit, the tables do not speak of the same samples, or there are more than a million chunks.
    """
    for table in found(data, trak, b"mdia", b"minf", b"stbl"):
        one, sizes, left = _sizes(data, table)
        counts = _counts(data, table)
        for number, start in enumerate(_starts(data, table)):
            count = next(counts, 0)
            if number == _MOST_CHUNKS or not count:
                raise Damaged
            left -= count
            yield Extent(start, start + (one * count if one else sum(islice(sizes, count))), loose and one > 0)
        if left and not (loose and one):
            raise Damaged


def _starts(data: bytes, table: Box) -> Iterator[int]:
    for kind, size in ((b"stco", 4), (b"co64", 8)):
        for box in found(data, table, kind):
            yield from islice(_numbers(data, box.body + 8, box.end, size), _number(data, box.body + 4))


def _sizes(data: bytes, table: Box) -> tuple[int, Iterator[int], int]:
    """Returns the size that all samples have, or zero and the size of each; last, how many there are."""
    box = next(iter(found(data, table, b"stsz")), None)
    if box is None:
        return 0, iter(()), 0
    count = _number(data, box.body + 8)
    return _number(data, box.body + 4), islice(_numbers(data, box.body + 12, box.end, 4), count), count


def _counts(data: bytes, table: Box) -> Iterator[int]:
    """Yields how many samples each chunk has; the last row of the table holds for all chunks that follow."""
    for box in found(data, table, b"stsc"):
        rows = list(islice(_numbers(data, box.body + 8, box.end, 4), 3 * _number(data, box.body + 4)))
        firsts, counts = rows[::3], rows[1::3]
        for first, following, count in zip(firsts, [*firsts[1:], 2**32], counts, strict=False):
            yield from (count for _ in range(following - first))


def _numbers(data: bytes, start: int, end: int, size: int) -> Iterator[int]:
    for at in range(start, end - size + 1, size):
        yield int.from_bytes(data[at : at + size], "big")


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")
