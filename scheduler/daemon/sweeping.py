"""Takes away the pictures that were offered to networks for posts that are out, held or came to nothing, as far as that was not done."""

import logging
from collections.abc import Callable

from scheduler.ledger import Ledger
from scheduler.model.outgoing import OFFERED
from scheduler.publishers.hosting.host import HostingError, MediaHost

LOG = logging.getLogger(__name__)


def sweep_pictures(ledger: Ledger, place: Callable[[], MediaHost | None]) -> None:
    """Takes away what is left; what the place cannot take away now is tried again at the next sweep.

    Raises:
        LedgerError: the ledger cannot be used.
        ConfigurationError: ``[media]`` cannot be used.
    """
    found = ledger.leftovers(OFFERED)
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
        LOG.warning("A picture that is no longer needed was not taken away: %s", error.reason)
        return error.permanent
    return True
