"""Puts files on the disk in one step: a reader sees the old file or the new one, and a power cut takes neither of them back."""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

Content = bytes | Iterable[bytes]
"""Is what goes into a file: the bytes, or pieces of a file that is too large for the memory, which are asked for one by one."""

_BY_THE_SYSTEM = 0o666
"""Are the rights of a new file before the system takes off what the user's mask says."""

OWNER_ALONE = 0o600
"""Are the rights of a file that nobody but its owner may read."""

_OWNER_S_FOLDER = 0o700
_OTHERS = 0o077


def replace_file(
    path: Path, data: Content, *, mode: int | None = None, by_way_of: Path | None = None, last_look: Callable[[], None] | None = None
) -> None:
    """Puts ``data`` at ``path`` with the rights ``mode``, from its first byte on; a link stays and what it leads to is replaced.

    Without a ``mode`` the rights of the old file are kept. ``by_way_of`` is where the new file is written, on the same disk: for
    writers that a lock keeps apart, so that a crash leaves nothing behind that the next one does not use up; other writers get a
    place of their own beside ``path``. ``last_look`` is called when the new file is whole, and may raise to keep the old one.

    Raises:
        OSError: The disk is full or refuses; the old file stays, and nothing else is left. So it is with whatever a piece raises.
    """
    _put(path, data, mode, by_way_of, last_look, durable=True)


def replace_quickly(path: Path, data: Content, *, by_way_of: Path | None = None) -> None:
    """Does the same for a file that can be made again: it does not wait for the disk, so that a power cut may empty the file."""
    _put(path, data, None, by_way_of, None, durable=False)


def write_file(path: Path, data: Content) -> None:
    """Writes a file where nobody looks yet and waits until it is on the disk; raises OSError."""
    _write(path, data, _BY_THE_SYSTEM, durable=True)


def private_folder(folder: Path) -> None:
    """Makes a folder and those above it that are missing, for their owner alone, whatever the user's mask says; one that is there stays.

    Raises:
        OSError: It cannot be made.
    """
    try:
        folder.mkdir(mode=_OWNER_S_FOLDER)
    except FileNotFoundError:
        private_folder(folder.parent)
        folder.mkdir(mode=_OWNER_S_FOLDER, exist_ok=True)
    except OSError:  # a disk that can only be read complains of folders that are there, too
        if not folder.is_dir():
            raise


def private_file(path: Path) -> None:
    """Makes an empty file for its owner alone where there is none, for writers that would let the user's mask decide; raises OSError."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE))


def tightened(path: Path) -> bool:
    """Takes what others may do with a file or folder of ours, and tells whether there was anything to take.

    What belongs to somebody else stays, and so it is on a disk or a system without such rights.
    """
    if os.name != "posix":
        return False
    try:
        found = path.stat()
        if found.st_uid != os.geteuid() or not found.st_mode & _OTHERS:
            return False
        path.chmod(found.st_mode & 0o7777 & ~_OTHERS)
        return not path.stat().st_mode & _OTHERS
    except OSError:
        return False


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder are on the disk; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put(
    path: Path, data: Content, mode: int | None, by_way_of: Path | None, last_look: Callable[[], None] | None, *, durable: bool
) -> None:
    target = path.resolve()
    draft = by_way_of or target.with_name(f".{secrets.token_hex(8)}.part")
    wanted = _rights(target) if mode is None else mode
    try:
        _write(draft, data, _BY_THE_SYSTEM if wanted is None else wanted, durable=durable)
        if wanted is not None:
            draft.chmod(wanted)
        if last_look is not None:
            last_look()
        draft.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(target.parent)


def _rights(path: Path) -> int | None:
    try:
        return path.stat().st_mode & 0o7777
    except FileNotFoundError:
        return None


def _write(path: Path, data: Content, mode: int, *, durable: bool) -> None:
    with open(path, "wb", opener=partial(os.open, mode=mode)) as file:
        file.writelines([data] if isinstance(data, bytes) else data)
        file.flush()
        if durable:
            os.fsync(file.fileno())
