"""libfaketime, Debian's package: a process sees the time that a file says, and its waiting goes on by the true one."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from tests.servers import debian
from tests.servers.steps import CannotInstallError

TITLE = "libfaketime"
PACKAGES = ("faketime",)


def library() -> Path | None:
    """Returns the library for programs with threads; None where it is not installed."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return found[0] if found else None


def is_installed() -> bool:
    return library() is not None


def install() -> None:
    """Installs the package.

    Raises:
        CannotInstallError: it cannot be installed here.
    """
    debian.install(PACKAGES)
    if not is_installed():
        raise CannotInstallError("The package faketime brought no libfaketimeMT.so.1.")


class Hands:
    """Moves the hands of one process's clock."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set(timedelta(0))

    def set(self, off: timedelta) -> None:
        """Sets the clock that far from the true time; negative is behind."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{off.total_seconds():+.0f}\n", encoding="ascii")
        fresh.replace(self._file)

    @property
    def environment(self) -> Mapping[str, str]:
        """Returns what a process needs in its environment to see this clock."""
        found = library()
        assert found is not None
        before = os.environ.get("LD_PRELOAD", "")
        return {
            "LD_PRELOAD": f"{found}:{before}".rstrip(":"),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
