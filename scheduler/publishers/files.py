"""Reads the pictures of a post as they were measured, and names files so that every system can keep them."""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from scheduler.checks.objection import file_name
from scheduler.model.graphic import Picture

LOCK_SECONDS = 30.0
_PIECE = 1024 * 1024

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


def picture_bytes(picture: Picture) -> bytes:
    """Returns the bytes of a picture, the very ones that were measured.

    Raises:
        PictureError: The file is gone, cannot be read, or is not the one that was composed.
    """
    name = file_name(picture)
    try:
        data = Path(picture.path).read_bytes()
    except FileNotFoundError as error:
        raise PictureError(f"The picture “{name}” is no longer there.", permanent=True) from error
    except OSError as error:
        raise PictureError(f"The picture “{name}” cannot be read: {trouble(error)}.", permanent=False) from error
    if hashlib.sha256(data).hexdigest() != picture.sha256:
        raise PictureError(f"The picture “{name}” was changed after the post was made ready.", permanent=True)
    return data


@contextmanager
def measured(picture: Picture) -> Iterator[BinaryIO]:
    """Yields the open file of a picture or film, at its first byte, after a look that it is the one that was measured.

    It is read piece by piece: a film does not fit into the memory of every machine.

    Raises:
        PictureError: The file is gone, cannot be read, or is not the one that was composed.
    """
    name = file_name(picture)
    with _opened(picture) as source:
        try:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
            source.seek(0)
        except OSError as error:
            raise PictureError(f"The picture “{name}” cannot be read: {trouble(error)}.", permanent=False) from error
        if digest != picture.sha256:
            raise PictureError(f"The picture “{name}” was changed after the post was made ready.", permanent=True)
        yield source


def _opened(picture: Picture) -> BufferedReader:
    name = file_name(picture)
    try:
        return Path(picture.path).open("rb")
    except FileNotFoundError as error:
        raise PictureError(f"The picture “{name}” is no longer there.", permanent=True) from error
    except OSError as error:
        raise PictureError(f"The picture “{name}” cannot be read: {trouble(error)}.", permanent=False) from error


def copy_picture(picture: Picture, target: Path) -> None:
    """Writes a picture or film to ``target`` piece by piece, and holds it to what was measured.

    Raises:
        PictureError: The file is gone, cannot be read, or is not the one that was composed.
        OSError: The target cannot be written.
    """
    name, digest = file_name(picture), hashlib.sha256()
    with _opened(picture) as source, target.open("wb") as copy:
        while piece := source.read(_PIECE):
            digest.update(piece)
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())
    if digest.hexdigest() != picture.sha256:
        target.unlink()
        raise PictureError(f"The picture “{name}” was changed after the post was made ready.", permanent=True)


def ending(picture: Picture) -> str:
    """Returns the ending a picture's file gets, from its content and not from its name."""
    return _ENDINGS.get(picture.mime, ".bin")


def safe_name(word: str) -> str:
    """Returns the word where it can be a file's name on every system, otherwise a digest of it."""
    return word if _PLAIN.fullmatch(word) else "x-" + hashlib.sha256(word.encode(errors="surrogatepass")).hexdigest()[:24]


def trouble(error: OSError) -> str:
    """Returns what the system says is wrong, without the error's number and path."""
    return error.strerror or type(error).__name__
