"""Pictures that are in the folder by name alone: empty, a pointer of Git LFS, or left in a cloud."""

import os

from scheduler.postfiles.folder.awaiting import waiting
from scheduler.postfiles.lines.slips import Slip, shown

_SMALL = 1024  # bytes; pointers are far below, and no picture that anybody posts is
_POINTER = b"version https://git-lfs"
_DATALESS = 0x40000000  # SF_DATALESS of macOS: the content is fetched when somebody opens the file


def stub(path: str, file: str) -> Slip | None:
    """Returns why the file found for a picture has no picture in it yet, or None; ``file`` is the name that the author typed."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - one system call for each picture of each reading
        if getattr(stat, "st_flags", 0) & _DATALESS:
            return waiting(file, "it is in the cloud only", "open the folder and download the picture")
        if stat.st_size > _SMALL:
            return None
        with open(path, "rb") as opened:  # noqa: PTH123 - as above
            head = opened.read(len(_POINTER))
    except OSError as trouble:
        return _stub(file, f"it cannot be read: {trouble.strerror or trouble}", "give yourself the right to read it")
    if not stat.st_size:
        return waiting(file, "the file is empty", "wait until it has been synced, or save the picture again")
    if head == _POINTER:
        return _stub(file, "this is a note of Git LFS, not the picture", "git lfs pull")
    return None


def _stub(file: str, label: str, fix: str) -> Slip:
    return Slip(
        rule="picture-not-here",
        message=f"the picture “{shown(file, 80)}” is not really here",
        label=label,
        consequence="there is nothing to send, so the post waits for it",
        fix=fix,
    )
