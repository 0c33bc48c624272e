"""The port through which deliveries that are due reach whoever carries them out."""

from typing import TYPE_CHECKING, Protocol

from scheduler.daemon.report import TickReport

if TYPE_CHECKING:
    from scheduler.daemon.engine import Engine


class Dispatcher(Protocol):
    """Sees to it that due deliveries are sent. However they travel, each one goes through the same guarded steps."""

    def dispatch(self, engine: "Engine", *, fresh: bool) -> TickReport:
        """Sends what is due, or hands it to those who do; returns what is done already.

        With ``fresh`` the folder is read first.
        ``next_due`` of the report is when to be called again at the latest, or None to leave that to the ledger.

        Raises:
            SchedulerError: it could not be done; nothing is lost, the next call tries again.
        """
        ...


class Embedded:
    """Sends in this process, accounts side by side."""

    def dispatch(self, engine: "Engine", *, fresh: bool) -> TickReport:
        """Sends what is due before it returns."""
        return engine.send_due(fresh=fresh)
