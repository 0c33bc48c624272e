"""axe-core, which finds barriers for disabled people in a page that a browser shows."""

from pathlib import Path

from tests.servers import cache, npm

TITLE = "axe-core"
VERSION = "4.14.1"
KEY = f"axe-core-{VERSION}"


def is_installed() -> bool:
    """Tells whether this version is in the cache."""
    return script().is_file()


def install() -> None:
    """Fetches this version into the cache."""
    if not is_installed():
        npm.provide_node()
        cache.fill(KEY, lambda folder: npm.install(folder, {"axe-core": VERSION}))


def script() -> Path:
    """Returns the file to add to a page, which then knows ``axe.run()``."""
    return cache.cached(KEY) / "node_modules/axe-core/axe.min.js"
