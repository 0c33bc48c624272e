"""What every network does for us, in words and types.

*Outgoing* is what is sent, an *envelope* is the same with the ids we chose for it. *Prepare* chooses those ids and touches no network.
*Publish* makes the post visible. *Find* is the network's own proof of what became of an envelope.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from scheduler.clock import Clock, SystemClock
from scheduler.model.network import Account, Network
from scheduler.model.outcome import Outcome, Proof
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.model.settings import Organisation
from scheduler.publishers.hosting.host import MediaHost

Remember = Callable[[str, str], None]
"""Commits an id that the network gave in an invisible step (a container, an uploaded picture) before the next step is made."""


class Publisher(Protocol):
    """Sends to one account. No method raises for anything the network does; programming errors do raise."""

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        """Returns the ids chosen by us (record key, idempotency key, slug, time stamp); they are committed before ``publish``."""
        ...

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Makes the post visible, once; publishing the same envelope again never makes a second post where the network can tell."""
        ...

    def find(self, envelope: Envelope) -> Proof:
        """Returns what became of an envelope whose answer was lost: out, proven absent, or still uncertain."""
        ...


@dataclass(frozen=True, slots=True)
class Connection:
    """Is what a network needs to connect an account.

    ``folder`` is where a local network writes: the project folder, or the rehearsal's.
    ``secret`` fetches the account's secret when it is needed.
    ``organisation`` gives a local network its name, language and time zone.
    ``media`` is where networks can fetch pictures by their address; None where config.toml has no ``[media]``.
    """

    account: Account
    folder: Path
    secret: Callable[[], str]
    organisation: Organisation = field(default_factory=lambda: Organisation(name=""))
    clock: Clock = field(default_factory=SystemClock)
    media: MediaHost | None = None


@dataclass(frozen=True, slots=True)
class Adapter:
    """Is what a network's file exports as ``NETWORK``; ``connect`` is None where we know the limits and cannot send yet."""

    facts: Network
    connect: Callable[[Connection], Publisher] | None
