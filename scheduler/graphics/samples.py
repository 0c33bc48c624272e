"""Finds where in an MP4 or QuickTime file the content of a track lies.

Source: ISO/IEC 14496-12: ``stsc`` (8.7.4: samples a chunk), ``stsz`` (8.7.3: sizes), ``stco`` and ``co64`` (8.7.5: where chunks begin).
"""

from collections.abc import Iterator
from itertools import islice

from scheduler.graphics.boxes import Box, Damaged, found

_MOST_CHUNKS = 1_000_000


def chunks(data: bytes, trak: Box) -> Iterator[tuple[int, int]]:
    """Yields where each chunk of the track begins and ends, as the index says it, in bytes from the file's start.

    What the index has no room for is left out; nothing ensures that a chunk lies within the file.

    Raises:
        Damaged: A box does not fit, or there are more than a million chunks.
    """
    for table in found(data, trak, b"mdia", b"minf", b"stbl"):
        one, sizes = _sizes(data, table)
        counts = _counts(data, table)
        for number, start in enumerate(_starts(data, table)):
            if number == _MOST_CHUNKS:
                raise Damaged
            count = next(counts, 0)
            yield start, start + (one * count if one else sum(islice(sizes, count)))


def _starts(data: bytes, table: Box) -> Iterator[int]:
    for kind, size in ((b"stco", 4), (b"co64", 8)):
        for box in found(data, table, kind):
            yield from _numbers(data, box.body + 8, box.end, size)


def _sizes(data: bytes, table: Box) -> tuple[int, Iterator[int]]:
    """Returns the size that all samples have, or zero and the size of each."""
    box = next(iter(found(data, table, b"stsz")), None)
    if box is None:
        return 0, iter(())
    return int.from_bytes(data[box.body + 4 : box.body + 8], "big"), _numbers(data, box.body + 12, box.end, 4)


def _counts(data: bytes, table: Box) -> Iterator[int]:
    """Yields how many samples each chunk has; the last row of the table holds for all chunks that follow."""
    for box in found(data, table, b"stsc"):
        rows = list(_numbers(data, box.body + 8, box.end - (box.end - box.body - 8) % 12, 4))
        firsts, counts = rows[::3], rows[1::3]
        for first, following, count in zip(firsts, [*firsts[1:], 2**32], counts, strict=True):
            yield from (count for _ in range(following - first))


def _numbers(data: bytes, start: int, end: int, size: int) -> Iterator[int]:
    for at in range(start, end - size + 1, size):
        yield int.from_bytes(data[at : at + size], "big")
