"""Copies of files in which some stretches are written anew, and every other byte stays where it is."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

_PIECE: Final = 1024 * 1024


class OtherFile(Exception):
    """Is a file that is not the one any more that was measured."""


@dataclass(frozen=True, slots=True, order=True)
class Patch:
    """Is a stretch of a file to write anew, with ``word``, which is as long, or with zeros where it is empty."""

    start: int
    end: int
    word: bytes = b""


def changing(file: BinaryIO, patches: Iterable[Patch]) -> Iterator[Patch]:
    """Yields the patches that change a byte of the file."""
    for patch in patches:
        file.seek(patch.start)
        if patch.word:
            if file.read(len(patch.word)) != patch.word:
                yield patch
        elif any(any(file.read(min(_PIECE, patch.end - at))) for at in range(patch.start, patch.end, _PIECE)):
            yield patch


def patched(file: BinaryIO, size: int, sha256: str, patches: Iterable[Patch]) -> Iterator[bytes]:
    """Yields the bytes of a file of ``size`` with the patches, of which the earlier wins where two meet.

    Raises:
        OtherFile: At the end: the bytes were not those of which ``sha256`` is the digest.
    """
    reader, at = _Reader(file), 0
    for patch in sorted(patches):
        start = max(patch.start, at)
        if patch.end <= start:
            continue
        yield from reader.pieces(start - at)
        yield from (patch.word[start - patch.start :] or bytes(len(piece)) for piece in reader.pieces(patch.end - start))
        at = patch.end
    yield from reader.pieces(size - at)
    if reader.digest.hexdigest() != sha256:
        raise OtherFile


class _Reader:
    """Reads a file from its first byte on, and keeps the digest of what it read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def pieces(self, size: int) -> Iterator[bytes]:
        """Yields the next ``size`` bytes; raises OtherFile where there are fewer."""
        while size > 0:
            piece = self._file.read(min(size, _PIECE))
            if not piece:
                raise OtherFile
            self.digest.update(piece)
            size -= len(piece)
            yield piece
