"""Writes small files that can be read by their owner alone, from the first byte on."""

from pathlib import Path

from scheduler.disk import replace_file

_OWNER_ALONE = 0o600


def write_private(path: Path, text: str) -> None:
    """Puts the text at ``path``, readable by its owner alone; a folder that must be made first is private too.

    Raises:
        OSError: The folder or the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(path, text.encode(), mode=_OWNER_ALONE)
