"""Installs what the tests need beside Python: ``python -m tests.servers``; with ``--check`` it only looks."""

import argparse
import sys
from types import ModuleType

from tests.servers import axe, bluesky_pds, chat_markdown, chromium, faketime, postgresql, richtext, snac, wordpress
from tests.servers.cache import cache_folder
from tests.servers.steps import CannotInstallError, say

SERVERS: tuple[ModuleType, ...] = (postgresql, chromium, snac, axe, bluesky_pds, richtext, chat_markdown, faketime, wordpress)


def main() -> int:
    """Installs each server that is missing; returns 1 when one still is."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description=__doc__)
    parser.add_argument("--check", action="store_true", help="install nothing; exit with 1 if something is missing")
    arguments = parser.parse_args()
    say(f"Servers for the tests; downloads are kept in {cache_folder()}")
    missing = [server.TITLE for server in SERVERS if not _provide(server, look_only=arguments.check)]
    if missing:
        say(f"Missing: {', '.join(missing)}. Install with: python -m tests.servers")
    return 1 if missing else 0


def _provide(server: ModuleType, *, look_only: bool) -> bool:
    if server.is_installed():
        say(f"{server.TITLE}: ready")
        return True
    if look_only:
        say(f"{server.TITLE}: missing")
        return False
    say(f"{server.TITLE}: installing")
    try:
        server.install()
    except CannotInstallError as error:
        say(f"{server.TITLE}: not installed. {error}")
        return False
    say(f"{server.TITLE}: ready")
    return True


if __name__ == "__main__":
    sys.exit(main())
