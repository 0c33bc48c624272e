"""What a ledger that was set back does not know."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SLACK = timedelta(hours=1)
"""What was due shortly before the copy was made may have been tried again after it."""
_CAUSES = {
    "copy": "The ledger was put back from a copy of {at}",
    "found": "The ledger was found set back to one of {at}",
    "new": "The ledger was lost and this one began at {at}",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """Is the time that a ledger which was set back knows nothing of; aware UTC.

    ``cause`` is ``copy`` where a copy was put back by our own command, ``found`` where the ledger was found to be an older one,
    ``new`` where it was found to be another that knows nothing of before.
    ``is_first`` is so until the folder was read once: by then a post of that time may be out and have been given another time.
    """

    copied_at: datetime
    restored_at: datetime
    is_first: bool = False
    cause: str = "copy"

    @property
    def told(self) -> str:
        """Returns what happened to the ledger, as the beginning of a sentence."""
        return _CAUSES[self.cause].format(at=f"{self.copied_at:%Y-%m-%d %H:%M} UTC")

    @property
    def reason(self) -> str:
        """Returns why a delivery of that time is in doubt."""
        return f"{self.told}, so this may be out already. Look at the account, then decide with  scheduler resolve."

    @property
    def strange(self) -> str:
        """Returns why a post that the copy does not know is in doubt, although its time is to come."""
        return (
            f"{self.told} that does not know this post, so it may have gone out before it was given this time."
            " Look at the account, then decide with  scheduler resolve."
        )

    def holds(self, due: datetime, late_at: datetime) -> bool:
        """Tells whether something due then, and allowed until ``late_at``, may have gone out without this ledger knowing."""
        return due <= self.restored_at and max(due + SLACK, late_at) > self.copied_at
