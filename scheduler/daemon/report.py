"""What the engine is told and what it reports, as values."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduler.model.delivery import State
from scheduler.model.errors import SchedulerError
from scheduler.model.settings import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Is how an engine works: its name among others, the policy, how many accounts it serves at once, and its lease.

    One ``worker`` means that everything happens in the calling thread.
    """

    owner: str
    policy: Policy = field(default_factory=Policy)
    workers: int = 12
    lease: timedelta = timedelta(minutes=10)


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
