"""Sending one delivery: claim, freeze, send, settle."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from scheduler.clock import Clock
from scheduler.daemon.faults import fault
from scheduler.daemon.lookback import Lookback
from scheduler.daemon.report import Done, Settings
from scheduler.ledger import Claim, Ledger, LedgerError, Terms
from scheduler.ledger.pauses import Scope
from scheduler.ledger.sending.advancing import Advanced, Next, Step
from scheduler.ledger.sending.claims import Taken, Wanted
from scheduler.ledger.sending.recovery import Doubt
from scheduler.ledger.sending.settling import Result, Settlement
from scheduler.model.delivery import State
from scheduler.model.errors import SchedulerError
from scheduler.model.outcome import Outcome, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.model.plan import Entry
from scheduler.model.settings import Kind
from scheduler.planning.times.lateness import kind_of
from scheduler.publishers.contract import KnowsKeys, Publisher, Remember
from scheduler.publishers.unconnected import LACKING

LOG = logging.getLogger(__name__)
Answer = TypeVar("Answer")

OTHER_SETTINGS = "config.toml was changed at that moment; nothing was sent by what it said before."
STOOD_STILL = "The machine stood still between claiming and sending; nothing was sent."


def _always() -> bool:
    return True


class Unsaved:
    """Keeps results that the ledger could not take; while there are any, nothing new is sent."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[tuple[Claim, Outcome, datetime]] = []
        self._perhaps_taken: list[Wanted] = []
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

    def doubt(self, wanted: Wanted) -> None:
        """Keeps in mind what may have been taken for sending although the ledger did not say so; it is not sent."""
        with self._lock:
            self._perhaps_taken.append(wanted)

    def save(self) -> tuple[Done, ...]:
        """Tries again to write what is waiting; once all of it is written, empties the journal.

        Raises:
            LedgerError: the ledger still cannot be written.
        """
        done = []
        with self._lock:
            while self._perhaps_taken:
                self._ledger.give_back(self._perhaps_taken[0])
                self._perhaps_taken.pop(0)
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
    """Sends deliveries, each through the same guarded steps; ``is_current`` tells whether the configuration still says what it works by."""

    ledger: Ledger
    clock: Clock
    settings: Settings
    publishers: Mapping[str, Publisher]
    unsaved: Unsaved
    lookback: Lookback
    is_current: Callable[[], bool] = _always

    def deliver(self, entries: Iterable[Entry], now: Callable[[], datetime]) -> Iterator[tuple[Entry, Done]]:
        """Sends planned entries of one account in their order; yields those that were ours to send and where they came to stand.

        What became of one is written in the same transaction that takes the next. ``now`` is asked anew for each.

        Raises:
            LedgerError: what must be known before or after cannot be written; nothing was sent before that was so.
        """
        sent: _Sent | None = None
        for entry in entries:
            at = now()
            try:
                ready = self.prepared(entry, at)
            except LACKING as lacking:
                yield from self._settled(sent)
                self._paused(_outgoing(entry).account, lacking, at)
                return  # the account's other posts wait with this one
            if isinstance(ready, str):
                yield from self._settled(sent)
                sent = None
                yield from self._held(entry, ready, at)
                continue
            fault("before_claim")
            started = self.clock.monotonic()
            following = Next(ready, at, self.terms(entry))
            advanced = self._written(Step(ready.outgoing.account, sent.result if sent else None, following))
            if sent is not None and advanced.settled is not None:
                fault("after_settle")
                yield sent.entry, _done(advanced.settled)
            sent = self._sent(entry, advanced.taken, started) if advanced.taken else None
            if advanced.is_left:
                return  # what is left of the queue is looked at again in a moment
        yield from self._settled(sent)

    def prepared(self, entry: Entry, now: datetime) -> Envelope | str:
        """Returns what is to be sent, or why it cannot be; raises what is LACKING where the account cannot send yet."""
        outgoing = _outgoing(entry)
        publisher = self.publishers.get(outgoing.account)
        if publisher is None:
            return f"{outgoing.account} cannot publish yet: it is not connected."
        try:
            return Envelope(outgoing, publisher.prepare(outgoing, now))
        except LACKING:
            raise
        except Exception:  # the boundary of an adapter: its mistake holds this delivery and no other
            LOG.exception("preparing %s failed", outgoing.delivery)
            return f"An error inside scheduler stopped this post for {outgoing.account} before it was sent."

    def _paused(self, account: str, lacking: SchedulerError, now: datetime) -> None:
        """Pauses an account that cannot send until a person mends it: its posts wait, and those of the others go out."""
        LOG.warning("%s %s", lacking.message, lacking.hint)
        mend = f"{lacking.message} {lacking.hint} Put that right, then:  scheduler resume --account {account}"
        self.ledger.pause(Scope.ACCOUNT, account, mend, now)

    def _written(self, step: Step) -> Advanced:
        """Writes a step; where the ledger cannot take it, the answer in it is kept aside."""
        try:
            return self.ledger.advance(step)
        except LedgerError:
            if step.following is not None:
                self.unsaved.doubt(step.following.wanted)
            if step.result is not None:
                self.unsaved.add(step.result.claim, step.result.outcome, step.result.at)
                fault("after_aside")
            raise

    def _sent(self, entry: Entry, taken: Taken, started: float) -> "_Sent":
        claim, envelope = taken
        fault("before_send")
        outcome = self._send(self.publishers[claim.account], claim, envelope, started)
        fault("after_send")
        return _Sent(entry, Result(claim, outcome, self.clock.now()))

    def _settled(self, sent: "_Sent | None") -> Iterator[tuple[Entry, Done]]:
        if sent is not None:
            done = self._settle(sent.result.claim, sent.result.outcome)
            fault("after_settle")
            yield sent.entry, done

    def _held(self, entry: Entry, reason: str, now: datetime) -> Iterator[tuple[Entry, Done]]:
        """Holds an entry that cannot be sent, until its content is another one."""
        outgoing = _outgoing(entry)
        terms = self.terms(entry)
        claim = self.ledger.claim(outgoing.delivery, outgoing.fingerprint, now, terms)
        if claim is not None:
            self.ledger.hold(claim, outgoing.fingerprint, reason, now)
            yield entry, Done(claim.delivery, State.HELD, reason)

    def repeat(self, doubt: Doubt, now: datetime) -> Done | None:
        """Makes the very same call again, which the network recognises by its key; None where it must not be made now.

        Raises:
            LedgerError: what must be known before or after cannot be written.
        """
        publisher = self.publishers.get(doubt.account)
        is_known = publisher is not None and self.is_current() and _knows(publisher, now - (doubt.first_attempt_at or now))
        started = self.clock.monotonic()
        taken = self.ledger.take_again(doubt, now, self._terms(doubt.envelope.outgoing.account)) if is_known else None
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

    def terms(self, entry: Entry) -> Terms:
        """Returns how an entry is claimed here."""
        return self._terms(entry.delivery.account.name, kind_of(entry.delivery.post))

    def _terms(self, account: str, kind: Kind = Kind.POST) -> Terms:
        return Terms.under(self.settings.policy, account, kind, self.settings.owner, self.settings.lease)

    def _send(self, publisher: Publisher, claim: Claim, envelope: Envelope, started: float) -> Outcome:
        return self.guarded(publisher.publish, claim, envelope, started)

    def guarded(
        self, call: Callable[[Envelope, Remember], Answer], claim: Claim, envelope: Envelope, started: float
    ) -> Answer | Refused | Uncertain:
        """Returns the network's answer to the one call that is made for a claim, taken when the monotonic clock said ``started``."""
        self.lookback.keep_again()
        # Half of the lease must be left for the call: who wakes up later than that may no longer be the only sender.
        if timedelta(seconds=self.clock.monotonic() - started) > self.settings.lease / 2:
            return Refused(STOOD_STILL, permanent=False)
        if not self.is_current():
            return Refused(OTHER_SETTINGS, permanent=False)
        try:
            return call(envelope, lambda name, value: self._remember(claim, name, value, started))
        except LedgerError as error:
            # Raised by `remember`, after an invisible step: whether a later step was made is for the network to tell.
            return Uncertain(f"An id from the network could not be kept: {error.message}")
        except Exception as error:  # the boundary of an adapter: bytes may have left, so nobody knows
            LOG.exception("sending %s failed", claim.delivery)
            return Uncertain(f"An error inside scheduler broke the sending off ({type(error).__name__}).")

    def _remember(self, claim: Claim, name: str, value: str, started: float) -> None:
        # A post of many pictures may take longer than one lease: each step that is made shows that this process lives.
        fault("before_step")
        passed = timedelta(seconds=self.clock.monotonic() - started)
        self.ledger.remember(claim, name, value, claim.lease_until + passed)
        fault("after_step")

    def _settle(self, claim: Claim, outcome: Outcome) -> Done:
        at = self.clock.now()
        try:
            settled = self.ledger.settle(claim, outcome, at)
        except LedgerError:
            self.unsaved.add(claim, outcome, at)
            fault("after_aside")
            raise
        return _done(settled)


@dataclass(frozen=True, slots=True)
class _Sent:
    """Is an entry that was sent, with the answer that is still to be written."""

    entry: Entry
    result: Result


def _knows(publisher: Publisher, age: timedelta) -> bool:
    """Tells whether the account's own server still knows a call of that age by its key; some know it for less long than their network."""
    if not isinstance(publisher, KnowsKeys):
        return True
    try:
        return age < publisher.key_life()
    except Exception:  # the boundary of an adapter: then the call is not repeated, only looked for
        LOG.exception("asking how long keys are known failed")
        return False


def _done(settled: Settlement) -> Done:
    return Done(settled.delivery, settled.state or State.SENDING, settled.reason)


def _outgoing(entry: Entry) -> Outgoing:
    assert entry.outgoing is not None
    return entry.outgoing
