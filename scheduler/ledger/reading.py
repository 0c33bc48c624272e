"""What the ledger tells: one named question each; nothing here writes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, Engine

from scheduler.ledger import history, lateness, pauses, remembering
from scheduler.ledger.agenda.gaps import Gap
from scheduler.ledger.agenda.reconciling import NEVER
from scheduler.ledger.events import Attempt
from scheduler.ledger.sending import leftovers, parts, recovery
from scheduler.ledger.trouble import explained
from scheduler.model.delivery import Facts, State
from scheduler.model.outcome import Placed
from scheduler.model.outgoing import Outgoing


class Reader:
    """Answers from the facts. All times are aware UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(), self._engine.connect().execution_options(reads=True) as connection, connection.begin():
            yield connection

    def due(self, now: datetime, limit: int = 10_000) -> tuple[str, ...]:
        """Returns the deliveries to send now, the longest due first; paused ones are left out."""
        with self._reading() as connection:
            return history.due(connection, now, limit)

    def waiting(self, until: datetime, limit: int = 10_000) -> tuple[history.Waiting, ...]:
        """Returns the queued deliveries to send until then, the longest due first; paused ones are left out."""
        with self._reading() as connection:
            return history.waiting(connection, until, limit)

    def standing(self, delivery: str) -> history.Standing | None:
        """Returns where one delivery stands, or None where there is no such delivery."""
        with self._reading() as connection:
            return history.standing(connection, delivery)

    def doubts(self, now: datetime = NEVER, *, early: bool = False) -> tuple[recovery.Doubt, ...]:
        """Returns the uncertain deliveries to look after now; without a time, all of them.

        With ``early`` no look is put off but by a network that asked to wait.
        """
        with self._reading() as connection:
            return recovery.doubts(connection, now, early=early)

    def missed(self, scope: pauses.Scope, name: str, now: datetime) -> tuple[lateness.Late, ...]:
        """Returns what was missed lately and could still go out."""
        with self._reading() as connection:
            return lateness.missed(connection, scope, name, now)

    def get(self, key: str) -> list[str] | None:
        """Returns a fact about the ledger itself, or None."""
        with self._reading() as connection:
            return remembering.get(connection, key)

    def gap(self) -> Gap | None:
        """Returns the time that the ledger knows nothing of, where it was ever set back."""
        with self._reading() as connection:
            return remembering.gap(connection)

    def pauses(self) -> tuple[pauses.Pause, ...]:
        """Returns the pauses in force."""
        with self._reading() as connection:
            return pauses.pauses(connection)

    def facts(self) -> Facts:
        """Returns everything that planning must know of the past."""
        with self._reading() as connection:
            return history.facts(connection)

    def attempts(self, post: str | None = None) -> tuple[Attempt, ...]:
        """Returns every attempt, of one post or of all."""
        with self._reading() as connection:
            return history.attempts(connection, post)

    def events(self, delivery: str | None = None) -> tuple[history.Event, ...]:
        """Returns every change of state, of one delivery or of all."""
        with self._reading() as connection:
            return history.events(connection, delivery)

    def moves(self, since: datetime) -> tuple[history.Event, ...]:
        """Returns what was written since then of deliveries that got another time, and of those that were out by then."""
        with self._reading() as connection:
            return history.moves(connection, since)

    def counts(self) -> Counter[State]:
        """Returns the number of deliveries in each state."""
        with self._reading() as connection:
            return history.counts(connection)

    def rehearsed(self) -> int:
        """Returns how many of the deliveries that are sent were only rehearsed."""
        with self._reading() as connection:
            return history.rehearsed(connection)

    def next_due(self) -> datetime | None:
        """Returns when the next thing must be done."""
        with self._reading() as connection:
            return history.next_due(connection)

    def overdue(self, now: datetime) -> int:
        """Returns how many queued deliveries should be out by now."""
        with self._reading() as connection:
            return history.overdue(connection, now)

    def last_tick(self) -> datetime | None:
        """Returns when any run of the program was last alive."""
        with self._reading() as connection:
            return history.last_tick(connection)

    def runs(self, since: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """Returns from when to when each run of the program was alive that was so after an instant, the oldest first."""
        with self._reading() as connection:
            return history.runs(connection, since)

    def unfinished(self, since: datetime | None = None) -> tuple[history.Line, ...]:
        """Returns every delivery that still waits for something or somebody, and what went out since then and lacks something."""
        with self._reading() as connection:
            return history.unfinished(connection, since)

    def threads(self) -> Mapping[str, tuple[Placed, ...]]:
        """Returns what is out of the threads that are out in part, by delivery."""
        with self._reading() as connection:
            return parts.threads(connection)

    def leftovers(self, kind: str) -> tuple[leftovers.Leftover, ...]:
        """Returns the deliveries that are out, came to nothing or are held, and have ids of that kind still."""
        with self._reading() as connection:
            return leftovers.leftovers(connection, kind)

    def frozen(self, delivery: str) -> Outgoing | None:
        """Returns what a delivery sent, or was about to; None where nothing was frozen."""
        with self._reading() as connection:
            return history.frozen(connection, delivery)
