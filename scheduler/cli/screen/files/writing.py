"""Writing files that must not exist yet: what a person wrote is never overwritten."""

import os
from pathlib import Path

from scheduler.model.errors import SchedulerError


class NotWritable(SchedulerError):
    """Is a place where no file can be made."""

    def __init__(self, place: Path, trouble: OSError) -> None:
        super().__init__(f"{place} cannot be written: {trouble.strerror}.", "Choose a folder that you may write to.")


def write_new(place: Path, content: bytes) -> bool:
    """Writes a file with the folders above it; returns False, and leaves everything as it is, where there is one already."""
    make_folder(place.parent)
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
    except FileExistsError:
        return False
    except OSError as trouble:
        raise NotWritable(place, trouble) from trouble
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError as trouble:
        place.unlink(missing_ok=True)
        raise NotWritable(place, trouble) from trouble
    return True


def make_folder(place: Path) -> None:
    """Makes a folder with those above it, if it is not there."""
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise NotWritable(place, trouble) from trouble
