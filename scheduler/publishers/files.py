"""Reads the pictures of a post as they were measured, and names files so that every system can keep them."""

import hashlib
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from scheduler.checks.objection import file_name
from scheduler.clock import Clock
from scheduler.model.graphic import Picture

LOCK_SECONDS = 30.0
_PIECE = 1024 * 1024
_MINUTE = 60.0
SLOWEST = 250_000.0
"""Is how many bytes a second the slowest line carries that is waited for."""

_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
}
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


class PictureError(Exception):
    """Says in a sentence why a picture cannot be taken; ``permanent`` means that waiting does not help."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


Beat = Callable[[], None]
"""Is called again and again while a film is read."""


def picture_bytes(picture: Picture) -> bytes:
    """Returns the bytes of a picture, the very ones that were measured.

    Raises:
        PictureError: The file is gone, cannot be read, or is not the one that was composed.
    """
    with closing(_opened(picture)) as source:
        return Frozen(source, picture, no_beat).read()


class Frozen:
    """Is the open file of a picture or film that is sent piece by piece, from its first byte, as often as it has to be.

    It is held to what was measured while it is read: the last bytes are given only where the whole is the same, so that a file that
    was changed meanwhile arrives nowhere. ``beat`` is called with each piece, for what has to be done while a long film is sent.
    """

    def __init__(self, source: BinaryIO, picture: Picture, beat: Beat) -> None:
        self._source = source
        self._picture = picture
        self._beat = beat
        self._at = 0
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Returns the next bytes; empty at the end.

        Raises:
            PictureError: The file cannot be read, or is not the one that was composed.
        """
        self._beat()
        left = self._picture.bytes - self._at
        wanted = left if size < 0 else min(left, size)
        try:
            piece = self._source.read(wanted)
            self._at += len(piece)
            self._digest.update(piece)
            if len(piece) < wanted or (wanted == left and self._is_another()):
                name = file_name(self._picture)
                raise PictureError(f"The picture “{name}” was changed after the post was made ready.", permanent=True)
        except OSError as error:
            raise _unreadable(self._picture, error) from error
        return piece

    def _is_another(self) -> bool:
        return bool(self._source.read(1)) or self._digest.hexdigest() != self._picture.sha256

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Goes to the first byte, from which all is read anew, or tells how long the whole is; there is no other place to go to."""
        if whence == os.SEEK_END and not offset:
            return self._picture.bytes
        if whence == os.SEEK_SET and not offset:
            self._source.seek(0)
            self._at, self._digest = 0, hashlib.sha256()
        elif whence != os.SEEK_SET or offset != self._at:
            raise io.UnsupportedOperation("a picture is read from its first byte on")
        return self._at

    def tell(self) -> int:
        """Returns how many bytes were read."""
        return self._at

    def __iter__(self) -> Iterator[bytes]:
        """Yields the whole, piece by piece; raises PictureError as :meth:`read` does."""
        self.seek(0)
        while piece := self.read(_PIECE):
            yield piece


def no_beat() -> None:
    """Does nothing."""


def every_minute(act: Callable[[], object], clock: Clock) -> Beat:
    """Returns a beat that acts once a minute at most, and never in the first one."""
    last = clock.monotonic()

    def beat() -> None:
        nonlocal last
        if clock.monotonic() - last >= _MINUTE:
            last = clock.monotonic()
            act()

    return beat


@contextmanager
def measured(picture: Picture, beat: Beat = no_beat) -> Iterator[Frozen]:
    """Yields the open file of a picture or film, at its first byte, after a look that it is the one that was measured.

    It is read piece by piece: a film does not fit into the memory of every machine.

    Raises:
        PictureError: The file is gone, cannot be read, or is not the one that was composed.
    """
    with closing(_opened(picture)) as source:
        found = Frozen(source, picture, beat)
        for _ in found:
            pass
        found.seek(0)
        yield found


@contextmanager
def all_measured(pictures: Iterable[Picture], beat: Beat = no_beat) -> Iterator[list[Frozen]]:
    """Yields the open files of the pictures of a post, after a look at all of them; raises PictureError as :func:`measured` does."""
    with ExitStack() as files:
        yield [files.enter_context(measured(picture, beat)) for picture in pictures]


def sending_time(pictures: Iterable[Picture]) -> float:
    """Returns for how many seconds the slowest line that is waited for carries the pictures and films."""
    return sum(picture.bytes for picture in pictures) / SLOWEST


def _opened(picture: Picture) -> BinaryIO:
    try:
        return Path(picture.path).open("rb")
    except FileNotFoundError as error:
        raise PictureError(f"The picture “{file_name(picture)}” is no longer there.", permanent=True) from error
    except OSError as error:
        raise _unreadable(picture, error) from error


def _unreadable(picture: Picture, error: OSError) -> PictureError:
    return PictureError(f"The picture “{file_name(picture)}” cannot be read: {trouble(error)}.", permanent=False)


def ending(picture: Picture) -> str:
    """Returns the ending a picture's file gets, from its content and not from its name."""
    return _ENDINGS.get(picture.mime, ".bin")


def safe_name(word: str) -> str:
    """Returns the word where it can be a file's name on every system, otherwise a digest of it."""
    return word if _PLAIN.fullmatch(word) else "x-" + hashlib.sha256(word.encode(errors="surrogatepass")).hexdigest()[:24]


def trouble(error: OSError) -> str:
    """Returns what the system says is wrong, without the error's number and path."""
    return error.strerror or type(error).__name__
