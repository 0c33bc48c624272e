"""Sending one delivery: claim, freeze, send, settle."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.clock import Clock
from scheduler.daemon.faults import fault
from scheduler.daemon.report import Done, Settings
from scheduler.ledger import Claim, Ledger, LedgerError, Terms
from scheduler.ledger.recovery import Doubt
from scheduler.model.delivery import State
from scheduler.model.outcome import Outcome, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.model.plan import Entry
from scheduler.publishers.contract import Publisher

LOG = logging.getLogger(__name__)

STOOD_STILL = "The machine stood still between claiming and sending; nothing was sent."


class Unsaved:
    """Keeps results that the ledger could not take; while there are any, nothing new is sent."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[tuple[Claim, Outcome, datetime]] = []
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, claim: Claim, outcome: Outcome, at: datetime) -> None:
        """Keeps a result in memory, and in the emergency journal in case the program ends."""
        with self._lock:
            self._waiting.append((claim, outcome, at))
            try:
                self._ledger.keep_aside(claim, outcome, at)
            except LedgerError as error:
                LOG.critical("%s %s", error.message, error.hint)

    def save(self) -> tuple[Done, ...]:
        """Tries again to write what is waiting; once all of it is written, empties the journal.

        Raises:
            LedgerError: the ledger still cannot be written.
        """
        done = []
        with self._lock:
            while self._waiting:
                settled = self._ledger.settle(*self._waiting[0])
                self._waiting.pop(0)
                if settled.state is not None:
                    done.append(Done(settled.delivery, settled.state, settled.reason))
                if not self._waiting:
                    self._ledger.forget_aside()
        return tuple(done)


@dataclass(frozen=True, slots=True)
class Courier:
    """Sends deliveries, each through the same guarded steps."""

    ledger: Ledger
    clock: Clock
    settings: Settings
    publishers: Mapping[str, Publisher]
    unsaved: Unsaved

    def deliver(self, entry: Entry, now: datetime) -> Done | None:
        """Sends one planned entry; returns where it came to stand, or None where it was not ours to send.

        Raises:
            LedgerError: what must be known before or after cannot be written; nothing was sent before that was so.
        """
        outgoing = entry.outgoing
        assert outgoing is not None
        terms = self._terms()
        publisher = self.publishers.get(outgoing.account)
        if publisher is None:
            return self._hold(outgoing, terms, f"{outgoing.account} cannot publish yet: it is not connected.")
        try:
            fresh = Envelope(outgoing, publisher.prepare(outgoing, now))
        except Exception:  # the boundary of an adapter: its mistake holds this delivery and no other
            LOG.exception("preparing %s failed", outgoing.delivery)
            return self._hold(outgoing, terms, f"An error inside scheduler stopped this post for {outgoing.account} before it was sent.")
        fault("before_claim")
        started = self.clock.monotonic()
        taken = self.ledger.take(fresh, now, terms)
        if taken is None:
            return None
        claim, envelope = taken
        fault("before_send")
        outcome = self._send(publisher, claim, envelope, started)
        fault("after_send")
        done = self._settle(claim, outcome)
        fault("after_settle")
        return done

    def repeat(self, doubt: Doubt, now: datetime) -> Done | None:
        """Makes the very same call again, which the network recognises by its key; None where it must not be made now.

        Raises:
            LedgerError: what must be known before or after cannot be written.
        """
        publisher, started = self.publishers.get(doubt.account), self.clock.monotonic()
        taken = self.ledger.take_again(doubt, now, self._terms()) if publisher is not None else None
        if publisher is None or taken is None:
            return None
        claim, envelope = taken
        fault("before_repeat")
        outcome = self._send(publisher, claim, envelope, started)
        fault("after_repeat")
        if isinstance(outcome, Refused):
            # The first call may have been taken all the same.
            outcome = Uncertain(f"The repeated call was refused, so what became of the first is open: {outcome.reason}")
        return self._settle(claim, outcome)

    def _terms(self) -> Terms:
        return Terms.under(self.settings.policy, self.settings.owner, self.settings.lease)

    def _hold(self, outgoing: Outgoing, terms: Terms, reason: str) -> Done | None:
        claim = self.ledger.claim(outgoing.delivery, outgoing.fingerprint, self.clock.now(), terms)
        if claim is None:
            return None
        self.ledger.hold(claim, outgoing.fingerprint, reason, self.clock.now())
        return Done(claim.delivery, State.HELD, reason)

    def _send(self, publisher: Publisher, claim: Claim, envelope: Envelope, started: float) -> Outcome:
        # Half of the lease must be left for the call: who wakes up later than that may no longer be the only sender.
        if timedelta(seconds=self.clock.monotonic() - started) > self.settings.lease / 2:
            return Refused(STOOD_STILL, permanent=False)
        try:
            return publisher.publish(envelope, lambda name, value: self._remember(claim, name, value))
        except LedgerError as error:
            # Raised by `remember`, after an invisible step: whether a later step was made is for the network to tell.
            return Uncertain(f"An id from the network could not be kept: {error.message}")
        except Exception as error:  # the boundary of an adapter: bytes may have left, so nobody knows
            LOG.exception("sending %s failed", claim.delivery)
            return Uncertain(f"An error inside scheduler broke the sending off ({type(error).__name__}).")

    def _remember(self, claim: Claim, name: str, value: str) -> None:
        self.ledger.remember(claim, name, value)
        fault("after_step")

    def _settle(self, claim: Claim, outcome: Outcome) -> Done:
        at = self.clock.now()
        try:
            settled = self.ledger.settle(claim, outcome, at)
        except LedgerError:
            self.unsaved.add(claim, outcome, at)
            fault("after_aside")
            raise
        return Done(claim.delivery, settled.state or State.SENDING, settled.reason)
