"""Takes away the pictures that were offered to networks for posts that came to nothing: called off, missed, given up or refused."""

import logging
from collections.abc import Callable

from scheduler.ledger import Ledger
from scheduler.publishers.graph.hosted import PREFIX
from scheduler.publishers.hosting.host import HostingError, MediaHost

LOG = logging.getLogger(__name__)


def sweep_pictures(ledger: Ledger, place: Callable[[], MediaHost | None]) -> None:
    """Takes away what is left; what the place cannot take away now is tried again at the next sweep.

    Raises:
        LedgerError: the ledger cannot be used.
        ConfigurationError: ``[media]`` cannot be used.
    """
    found = ledger.leftovers(PREFIX)
    host = place() if found else None
    if host is None:
        return
    for left in found:
        gone = [name for name, key in left.ids.items() if _is_taken_away(host, key)]
        if gone:
            ledger.clear(left, gone)


def _is_taken_away(host: MediaHost, key: str) -> bool:
    try:
        host.withdraw(key)
    except HostingError as error:
        LOG.warning("A picture of a post that came to nothing was not taken away: %s", error.reason)
        return False
    return True
