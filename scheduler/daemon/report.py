"""What the engine is told and what it reports, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduler.model.delivery import State
from scheduler.model.errors import SchedulerError
from scheduler.model.network import Abilities, Recovery
from scheduler.model.settings import Policy

KEY_MARGIN = timedelta(minutes=5)
"""A call takes time, and clocks differ: a key is given up this long before its network forgets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Is how an engine works: its name among others, the policy, how many accounts it serves at once, and its lease.

    One ``worker`` means that everything happens in the calling thread. ``abilities`` is what each account's network can prove;
    an account without them is one whose own word is proof. ``early`` is how long before its time an account hands a post over.
    """

    owner: str
    policy: Policy = field(default_factory=Policy)
    workers: int = 12
    lease: timedelta = timedelta(minutes=10)
    abilities: Mapping[str, Abilities] = field(default_factory=dict)
    early: Mapping[str, timedelta] = field(default_factory=dict)

    def recovery(self, account: str) -> Recovery:
        """Returns what the account's network can prove after a lost answer."""
        return self.abilities[account].recovery if account in self.abilities else Recovery.CLIENT_ID

    def key_window(self, account: str) -> timedelta:
        """Returns how long after the first call its key may be used again; nothing where the network knows no keys."""
        known = self.abilities.get(account)
        window = known.key_window if known is not None and known.recovery is Recovery.IDEMPOTENCY_KEY else None
        return timedelta(0) if window is None else window - KEY_MARGIN


@dataclass(frozen=True, slots=True)
class Done:
    """Is where one delivery came to stand in a tick."""

    delivery: str
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TickReport:
    """Is what one tick did; ``trouble`` is why it could not do all of it. ``next_due`` is aware UTC."""

    done: tuple[Done, ...] = ()
    next_due: datetime | None = None
    trouble: SchedulerError | None = None

    def count(self, state: State) -> int:
        """Returns how many deliveries came to stand in a state."""
        return sum(1 for item in self.done if item.state is state)
