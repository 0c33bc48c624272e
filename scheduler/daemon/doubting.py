"""Deliveries in doubt: the networks are asked what became of them, and a call is repeated only where that can do no harm."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scheduler.clock import Clock
from scheduler.daemon.ahead import Ahead
from scheduler.daemon.asking import answer_of
from scheduler.daemon.delivering import Courier
from scheduler.daemon.faults import fault
from scheduler.daemon.report import Done, Settings
from scheduler.ledger import Ledger
from scheduler.ledger.sending.recovery import Doubt
from scheduler.model.outcome import Absent, Halted, Proof, Published
from scheduler.model.outgoing import Envelope
from scheduler.publishers.contract import Publisher

LOG = logging.getLogger(__name__)

MOST_REPEATS = 4
"""A key that is refused so often is left alone; then only looking is left."""


@dataclass(frozen=True, slots=True)
class Doubting:
    """Ends doubts by what the networks can prove."""

    ledger: Ledger
    clock: Clock
    settings: Settings
    publishers: Mapping[str, Publisher]
    courier: Courier
    ahead: Ahead

    def look_after(self, doubts: Iterable[Doubt]) -> tuple[Done, ...]:
        """Asks the networks what became of deliveries in doubt."""
        done = []
        for doubt in doubts:
            fault("before_look")
            if doubt.envelope.goes_out is not None:
                early = self.ahead.look_after(doubt)
                fault("after_look")
                done += [early] if early is not None else []
                continue
            proof = self._proof(doubt.account, doubt.envelope)
            is_plain = isinstance(proof, Published | Halted) or (isinstance(proof, Absent) and proof.is_uncalled)
            repeated = None if is_plain else self._repeated(doubt)
            if repeated is not None:
                done.append(repeated)
                continue
            settled = self.ledger.resolve(doubt, proof, self.clock.now(), self.settings.recovery(doubt.account))
            fault("after_look")
            if settled.state is not None:
                done.append(Done(settled.delivery, settled.state, settled.reason))
        return tuple(done)

    def _repeated(self, doubt: Doubt) -> Done | None:
        """Repeats a call whose key the network still remembers; None where only looking is left.

        A clock that was set back says nothing about the age of a key.
        """
        now, first = self.clock.now(), doubt.first_attempt_at
        if first is None or doubt.attempts > MOST_REPEATS or not now - self.settings.key_window(doubt.account) < first <= now:
            return None
        return self.courier.repeat(doubt, now)

    def _proof(self, account: str, envelope: Envelope) -> Proof:
        return answer_of(self.publishers.get(account), account, envelope, lambda publisher: publisher.find(envelope))
