"""Looking back before anything is done: what went out since a ledger was set back is unknown to it and must not be sent again."""

import logging
import threading
from dataclasses import dataclass, field

from scheduler.clock import Clock
from scheduler.ledger import Ledger, LedgerError

LOG = logging.getLogger(__name__)

EACH_SECONDS = 1.0
"""How long what is being sent is at most not kept in mind beside the ledger, since each time waits for the disk."""
_FOUND = "%s, so that it does not know all that went out. Whatever was due since is in doubt and is not sent:  scheduler queue  shows it."


@dataclass(slots=True)
class Lookback:
    """Compares the ledger with what this machine saw of it last. Threads may share it."""

    ledger: Ledger
    clock: Clock
    _next: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_set_back(self) -> bool:
        """Tells whether the ledger was found to be set back, and starts it in recovery then.

        Raises:
            LedgerError: the ledger cannot be used, or its file is gone.
        """
        gap = self.ledger.past.look_back(self.clock.now())
        if gap is None:
            return False
        LOG.error(_FOUND, gap.told)
        return True

    def keep_again(self) -> None:
        """Does what :meth:`keep` does, at most once a second; called before each post is sent."""
        with self._lock:
            now = self.clock.monotonic()
            if self._next is not None and now < self._next:
                return
            self._next = now + EACH_SECONDS
        self.keep()

    def keep(self) -> None:
        """Keeps in mind how far the ledger has come."""
        try:
            self.ledger.past.keep()
        except LedgerError as error:
            # What is about to be sent is committed; the ledger itself says so where it can take no more.
            LOG.debug("%s", error.message)
