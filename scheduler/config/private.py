"""Writes small files in one step; what is private can be read by its owner alone from the first byte on."""

import os
import tempfile
from pathlib import Path

_OWNER_ALONE = 0o600


def write_private(path: Path, text: str) -> None:
    """Puts the text at ``path``, readable by its owner alone; a folder that must be made first is private too.

    Raises:
        OSError: The folder or the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(path, text.encode(), _OWNER_ALONE)


def replace_file(path: Path, data: bytes, mode: int) -> None:
    """Puts the bytes at ``path`` with the rights ``mode``; a reader sees the old file or the new one.

    Raises:
        OSError: The file cannot be written; the old one stays.
    """
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # made with the rights 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
