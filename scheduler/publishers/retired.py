"""Stands for an account that was live before: it rehearses, and takes back what its network was handed in that time."""

from collections.abc import Callable
from pathlib import Path

from scheduler.model.network import Account, Network
from scheduler.model.outcome import HandingOver, Proof, Refused, Uncertain, Whereabouts
from scheduler.model.outgoing import Envelope
from scheduler.publishers.contract import HandsOver, Publisher, Remember
from scheduler.publishers.rehearsal import Rehearsal
from scheduler.publishers.unconnected import LACKING


class Retired(Rehearsal):
    """Rehearses like any account that is not live; ``connect`` returns its network's own publisher, for what that keeps."""

    def __init__(self, facts: Network, folder: Path, account: Account, connect: Callable[[], Publisher]) -> None:
        super().__init__(facts, folder, account)
        self._connect = connect

    def hand_over(self, envelope: Envelope, remember: Remember) -> HandingOver:  # noqa: ARG002 - nothing is handed over from here
        """Refuses: nothing leaves this machine."""
        return Refused("The account is not live, so nothing is handed over.", permanent=False)

    def where_is(self, envelope: Envelope) -> Whereabouts:
        """Returns the network's answer."""
        found = self._connected()
        return found if isinstance(found, Uncertain) else found.where_is(envelope)

    def take_back(self, envelope: Envelope) -> Proof:
        """Returns the network's proof."""
        found = self._connected()
        return found if isinstance(found, Uncertain) else found.take_back(envelope)

    def _connected(self) -> HandsOver | Uncertain:
        try:
            publisher = self._connect()
        except LACKING as missing:
            return Uncertain(f"{missing.message} {missing.hint}")
        return publisher if isinstance(publisher, HandsOver) else Uncertain("The network keeps no posts.")
