"""Whether this system tells us when a file in a folder changes; network folders and some containers never do."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchfiles import watch

PROBE = ".scheduler-probe"
"""Begins the name of the file that is written into a watched folder, for a moment, to see whether its coming is announced."""

_MOUNTS = Path("/proc/self/mountinfo")
_ELSEWHERE = re.compile(r"(nfs|nfs4|cifs|smb3|smbfs|9p|virtiofs|vboxsf|vmhgfs|afs|ceph|fakeowner|grpcfuse|drvfs|fuse\..+)$")
_ROUNDS, _ROUND_MILLISECONDS = 15, 100


def hears(folder: Path, stop: threading.Event) -> bool:
    """Tells whether changes in a folder are announced: by what is known of its file system, else by trying it for a second or two.

    Where nothing may be written nothing can be tried, and the answer is that they are.
    """
    if is_shared(folder, _mounts()):
        return False
    arriving = watch(
        folder,
        watch_filter=None,
        recursive=False,
        stop_event=stop,
        debounce=_ROUND_MILLISECONDS,
        step=10,
        rust_timeout=_ROUND_MILLISECONDS,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    try:
        next(arriving, None)  # the watch is set up once this returns
    except OSError:
        return False
    try:
        with _probe(folder):
            return any(PROBE in path for _, changes in zip(range(_ROUNDS), arriving, strict=False) for _, path in changes)
    except OSError:
        return True


def is_shared(folder: Path, mounts: str) -> bool:
    """Tells whether a folder lies on a file system that others write to without this system's knowing; ``mounts`` is mountinfo(5)."""
    place, found = os.path.realpath(folder), ("", "")
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        columns, kind = fields.split(), rest.split(" ", 1)[0]
        if len(columns) < 5:  # noqa: PLR2004 - the fifth column is the mount point
            continue
        mount = re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), columns[4])
        inside = place == mount or place.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(found[0]):
            found = (mount, kind)
    return _ELSEWHERE.match(found[1]) is not None


def _mounts() -> str:
    try:
        return _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


@contextmanager
def _probe(folder: Path) -> Iterator[None]:
    path = folder / f"{PROBE}-{os.getpid()}"
    path.write_bytes(b"")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
