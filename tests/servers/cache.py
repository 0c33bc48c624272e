"""Where downloaded servers are kept: one folder per version, made whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock


def cache_folder() -> Path:
    """Returns the folder of this user that all versions share."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "scheduler-tests"


def cached(key: str) -> Path:
    """Returns the folder of one version, which exists only when its making was finished."""
    return cache_folder() / key


def fill(key: str, make: Callable[[Path], None]) -> Path:
    """Returns the folder of one version after ``make`` has filled it, which happens once however many processes ask."""
    target = cached(key)
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_name(f"{key}.lock")):
        if not target.exists():
            workshop = Path(tempfile.mkdtemp(prefix=f"{key}.", dir=target.parent))
            try:
                make(workshop)
                workshop.rename(target)
            finally:
                shutil.rmtree(workshop, ignore_errors=True)
    return target
