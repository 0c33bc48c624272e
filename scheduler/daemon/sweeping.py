"""Takes away the pictures that were offered to networks for posts that are out, held or came to nothing, as far as that was not done.

Those that a ledger of before offered are among them, where a copy was put in its place.
"""

import logging
from collections.abc import Callable

from scheduler.ledger import Ledger
from scheduler.ledger.remembering import OFFERED_SINCE
from scheduler.model.outgoing import OFFERED
from scheduler.publishers.hosting.host import HostingError

LOG = logging.getLogger(__name__)


def sweep_pictures(ledger: Ledger, emptying: Callable[[], Callable[[str], None]]) -> None:
    """Takes away what is left, by what ``emptying`` returns; what the place cannot take away now is tried again at the next sweep.

    Raises:
        LedgerError: the ledger cannot be used.
        ConfigurationError: ``[media]`` cannot be used.
    """
    found, since = ledger.leftovers(OFFERED), ledger.get(OFFERED_SINCE)
    if not found and not since:
        return
    take_away = emptying()
    if since:
        ledger.put(OFFERED_SINCE, [key for key in since if not _is_taken_away(take_away, key)])
    for left in found:
        gone = [name for name, key in left.ids.items() if _is_taken_away(take_away, key)]
        if gone:
            ledger.clear(left, gone)


def _is_taken_away(take_away: Callable[[str], None], key: str) -> bool:
    try:
        take_away(key)
    except HostingError as error:
        LOG.warning("A picture that is no longer needed was not taken away: %s", error.reason)
        return error.permanent
    return True
