"""The bytes of a file, or why there are none."""

import os
from pathlib import Path

from scheduler.model.finding import Finding, Span
from scheduler.postfiles.lines.decoding import LARGEST
from scheduler.postfiles.lines.slips import Slip

_AT_ONCE = getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


def bytes_of(path: str, piece: int) -> bytes:
    """Returns the bytes of a file, read no further than a post file may go; by plain system calls, which are the fastest.

    It waits for nobody: a named pipe, into which nobody may ever write, is empty.
    """
    handle = os.open(path, os.O_RDONLY | _AT_ONCE)
    try:
        data = b""
        while len(data) <= LARGEST and (more := os.read(handle, min(piece, LARGEST + 1))):
            data += more
        return data
    finally:
        os.close(handle)


def read_bytes(root: Path, path: str) -> bytes | Finding | None:
    """Returns a file's bytes, None where there is no such file, or why it cannot be read."""
    try:
        return bytes_of(str(root / path), LARGEST)
    except FileNotFoundError:
        return None
    except OSError as trouble:
        return unreadable(path, trouble.strerror or str(trouble))


def unreadable(path: str, reason: str) -> Finding:
    """Returns the finding of a file that the system does not give to us."""
    slip = Slip(
        rule="unreadable-file",
        message=f"this file cannot be read: {reason}",
        label="it stays as it is",
        consequence="nothing of it is sent",
        fix="give yourself the right to read it, or wait until it has been synced",
    )
    return slip.found(path, Span())
