"""Chromium of the system, driven by Playwright, with emoji to draw and no way out of this machine."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.servers import debian

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TITLE = "Chromium"
PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-noto-color-emoji")
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def is_installed() -> bool:
    """Tells whether the browser and its emoji are there."""
    return all(debian.installed(package) for package in PACKAGES)


def install() -> None:
    """Installs the system's browser and one font with emoji."""
    debian.install(PACKAGES)


def executable() -> str:
    """Returns the path of the browser."""
    path = shutil.which("chromium")
    assert path is not None, "run `python -m tests.servers` first"
    return path


@contextmanager
def running() -> Iterator["Browser"]:
    """Runs one browser without a window; it reaches loopback and files alone."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only the tests that need a browser pay for loading it

    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*ARGUMENTS, *sandbox])
        try:
            yield browser
        finally:
            browser.close()
