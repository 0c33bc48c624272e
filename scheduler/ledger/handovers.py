"""The ledger's word on what is handed over early: one named operation each, one transaction each."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from scheduler.ledger import remembering
from scheduler.ledger.sending import ahead, keeping, strays
from scheduler.ledger.sending.claims import Claim, Wanted
from scheduler.ledger.sending.keeping import Kept
from scheduler.ledger.sending.recovery import Doubt
from scheduler.ledger.sending.settling import Settlement
from scheduler.ledger.sending.strays import Stray
from scheduler.model.outcome import HandingOver, Verdict, Whereabouts
from scheduler.model.outgoing import Envelope

Opening = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class HandOvers:
    """Keeps what networks keep. Every method raises LedgerError where the database cannot do it; all times are aware UTC."""

    _reading: Opening
    _writing: Opening

    def kept(self) -> tuple[Kept, ...]:
        """Returns everything that networks keep until its time."""
        with self._reading() as connection:
            return keeping.kept(connection)

    def may_go(self, wanted: Collection[str], now: datetime, quiet: timedelta) -> frozenset[str]:
        """Returns those of the deliveries that may be handed over now; what changed within ``quiet`` waits."""
        with self._reading() as connection:
            return ahead.may_go(connection, wanted, now, quiet)

    def take(self, wanted: Wanted, envelope: Envelope) -> Claim | None:
        """Freezes what is handed over; the first byte may leave when this returns a claim."""
        with self._writing() as connection:
            return ahead.take_early(connection, wanted, envelope)

    def settle(self, claim: Claim, envelope: Envelope, outcome: HandingOver, now: datetime) -> Settlement:
        """Writes what came of handing a delivery over."""
        with self._writing() as connection:
            return ahead.settle_early(connection, claim, envelope, outcome, now)

    def strays(self) -> tuple[Stray, ...]:
        """Returns what networks keep, or have sent, for senders that had lost their claims."""
        with self._reading() as connection:
            return strays.strays(connection)

    def chased(self, stray: Stray, found: Verdict, now: datetime) -> Settlement:
        """Writes what came of taking a stray back."""
        with self._writing() as connection:
            return strays.chased(connection, stray, found, now)

    def removed(self, delivery: str, now: datetime) -> int:
        """Writes a person's word that the strays of a delivery are gone; returns how many were known of."""
        with self._writing() as connection:
            return strays.removed(connection, delivery, now)

    def resolve(self, doubt: Doubt, found: Whereabouts, now: datetime) -> Settlement:
        """Writes what the network says of a delivery whose handing over was left without an answer."""
        with self._writing() as connection:
            return keeping.resolve_early(connection, doubt, found, now)

    def looked(self, item: Kept, found: Whereabouts, now: datetime) -> Settlement:
        """Writes where the network's copy stands once its time has passed."""
        with self._writing() as connection:
            return keeping.looked(connection, item, found, now)

    def taken_back(self, item: Kept, found: Verdict, why: str, now: datetime) -> Settlement:
        """Writes what came of taking a delivery back."""
        with self._writing() as connection:
            return keeping.taken_back(connection, item, found, why, now)

    def tell(self, item: Kept, told: str, now: datetime) -> Settlement:
        """Writes what a person must know of a delivery that its network keeps; an empty text takes it back."""
        with self._writing() as connection:
            return keeping.tell(connection, item, told, now)

    def doubt_since_copy(self, early: Mapping[str, timedelta], now: datetime) -> tuple[str, ...]:
        """Marks what may have been handed over after the copy was made that this ledger was put back from."""
        with self._writing() as connection:
            gap = remembering.gap(connection)
            return ahead.doubt_since(connection, gap, early, now) if gap is not None and early else ()
