"""Posts that their networks keep until their time: handing them over, getting them back where the file asks for something else.

Nothing is sent from here of what a network keeps: it is ours again only once the network proves that it forgot it.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduler.clock import Clock
from scheduler.daemon.asking import answer_of
from scheduler.daemon.delivering import Courier
from scheduler.daemon.faults import fault
from scheduler.daemon.report import Done, Settings
from scheduler.ledger import Ledger, LedgerError
from scheduler.ledger.sending.claims import Claim, Wanted
from scheduler.ledger.sending.keeping import OVERDUE, Kept
from scheduler.ledger.sending.recovery import Doubt
from scheduler.ledger.sending.settling import Settlement
from scheduler.ledger.sending.strays import LONGEST_WAIT, Stray
from scheduler.model.delivery import State
from scheduler.model.outcome import Absent, Handed, HandingOver, Uncertain, Verdict, Whereabouts
from scheduler.model.outgoing import Envelope
from scheduler.model.plan import Agenda, Entry
from scheduler.planning.times.ahead import differs, is_to_be_handed, keeps_pace
from scheduler.publishers.contract import HandsOver, Publisher

LOG = logging.getLogger(__name__)

TOO_LATE = timedelta(minutes=3)
"""So shortly before its time nothing is taken back: the network may be about to send it."""
URGENT = timedelta(minutes=10)
"""What goes out within this time is taken back whatever else is to be done."""
ROOM = timedelta(seconds=20)
"""Nothing else is begun so shortly before something is to be sent from here."""
LONGEST_TURN = 20.0
"""How many seconds at one look are spent on what networks keep; the rest comes at the next one."""
_GOING = frozenset({State.PLANNED, State.QUEUED})
_GONE = "The post file no longer asks for this."
_LOST = "The network has it, and the ledger could not take that."


@dataclass(slots=True)
class Ahead:
    """Keeps what networks keep in step with the folder; used by the engine that leads."""

    ledger: Ledger
    clock: Clock
    settings: Settings
    publishers: Mapping[str, Publisher]
    courier: Courier
    agenda: Agenda | None = None
    entries: Mapping[str, Entry] = field(default_factory=dict)
    early: Mapping[str, HandsOver] = field(init=False)
    is_idle: bool = False
    silent: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.early = {name: publisher for name, publisher in self.publishers.items() if isinstance(publisher, HandsOver)}

    def follow(self, agenda: Agenda) -> None:
        """Takes up what the folder asks for now."""
        if agenda is self.agenda:
            return
        self.agenda = agenda
        self.entries = {} if self.is_idle else {entry.delivery.id: entry for entry in agenda.entries}

    def recover(self, now: datetime) -> None:
        """Asks a person of what may have been handed over after a copy was made that is now the ledger."""
        if self.settings.early:
            self.ledger.hand_overs.doubt_since_copy(self.settings.early, now)

    def work(self, now: datetime, next_due: datetime | None) -> Iterator[Done]:
        """Takes back what must not go out as it is, looks for what should be out, and hands over what is to be.

        ``next_due`` is when something is to be sent from here, which nothing of this may hold up.

        Raises:
            LedgerError: what must be known before or after cannot be written.
        """
        if self.is_idle:
            return
        kept = self.ledger.hand_overs.kept()
        lost = self.ledger.hand_overs.strays()
        # Where no account hands anything over, what one kept that did so before is still looked for.
        self.is_idle = not self.early and not kept and not lost
        self.silent.clear()
        yield from self._all_chased(lost, now)
        until = self.clock.monotonic() + LONGEST_TURN
        has_room = next_due is None or not now < next_due <= now + ROOM
        for item in kept:
            if (has_room and self.clock.monotonic() < until) or now < item.due <= now + URGENT:
                yield from self._looked_after(item, now)
        if self.agenda is not None and self.settings.early and has_room:
            for entry in self._to_hand(self.agenda, now):
                if self.clock.monotonic() < until and entry.delivery.account.name not in self.silent:
                    yield from self._hand_over(entry, now)

    def look_after(self, doubt: Doubt) -> Done | None:
        """Asks a network what became of a delivery whose handing over was left without an answer."""
        found = self._asked(doubt.account, doubt.envelope)
        return _done(self.ledger.hand_overs.resolve(doubt, found, self.clock.now()))

    # Taking back.

    def _looked_after(self, item: Kept, now: datetime) -> Iterator[Done]:
        why = self._why_back(item) if now < item.due else ""
        if why and now < item.due - TOO_LATE:
            is_time = item.ahead_at is None or not now < item.ahead_at <= now + timedelta(hours=1)
            if is_time and item.account not in self.silent:
                yield from self._taken_back(item, why)
        elif why:
            yield from self._told(item, f"{why} That came too late: {item.account} sends what was handed over.", now)
        elif now < item.due and item.told:
            yield from self._told(item, "", now)
        elif now >= item.look_at and item.account not in self.silent:
            yield from self._looked(item, now)

    def _why_back(self, item: Kept) -> str:
        """Returns why a network must not send what it keeps, as a sentence; empty where it is what the folder asks for."""
        if item.is_paused:
            return "It is paused."
        agenda = self.agenda
        if agenda is None or item.post in agenda.unsettled:
            return ""
        if item.post in agenda.unreadable:
            return agenda.unreadable[item.post]
        return _why_not(self.entries.get(item.delivery), item)

    def _taken_back(self, item: Kept, why: str) -> Iterator[Done]:
        fault("before_look")
        found = self._withdrawn(item.account, item.envelope)
        told = f"{why} It was taken back from {item.account}."
        if isinstance(found, Uncertain):
            self.silent.add(item.account)
            told = f"{why} It could not be taken back: {found.reason} {self._unless(item)}"
            if told != item.told:
                LOG.error("%s on %s: %s", item.post, item.account, told)
        settled = self.ledger.hand_overs.taken_back(item, found, told, self.clock.now())
        fault("after_look")
        done = _done(settled)
        if done is not None:
            if done.state is not State.HANDED:
                LOG.info("%s on %s: %s: %s", item.post, item.account, done.state, done.reason)
            yield done

    def _unless(self, item: Kept) -> str:
        where = f" at {item.url}" if item.url else f" on {item.account}"
        at = item.due_local[:16].replace("T", " ")
        return f"What was handed over goes out at {at} unless you remove it{where}; the scheduler tries again every minute."

    def _told(self, item: Kept, told: str, now: datetime) -> Iterator[Done]:
        if told != item.told:
            done = _done(self.ledger.hand_overs.tell(item, told, now))
            if done is not None:
                LOG.warning("%s on %s: %s", item.post, item.account, told)
                yield done

    def _all_chased(self, lost: Iterable[Stray], now: datetime) -> Iterator[Done]:
        for stray in lost:
            is_time = not now < stray.next_at <= now + LONGEST_WAIT
            done = _done(self._chased(stray)) if is_time and stray.account not in self.silent else None
            if done is not None:
                yield done

    def _chased(self, stray: Stray) -> Settlement:
        """Tries to take back what was handed over by a sender that had lost its claim."""
        fault("before_look")
        found = self._withdrawn(stray.account, stray.envelope)
        if isinstance(found, Uncertain):
            self.silent.add(stray.account)
        settled = self.ledger.hand_overs.chased(stray, found, self.clock.now())
        fault("after_look")
        if settled.reason != stray.told and not isinstance(found, Absent):
            LOG.critical("%s on %s: %s Remove it there: %s", stray.delivery, stray.account, settled.reason, stray.where)
        return settled

    # Looking.

    def _looked(self, item: Kept, now: datetime) -> Iterator[Done]:
        fault("before_look")
        found = self._asked(item.account, item.envelope)
        if isinstance(found, Handed) and now >= item.due + OVERDUE:
            yield from self._taken_back(item, f"{item.account} did not send it at its time.")
            return
        if isinstance(found, Uncertain):
            self.silent.add(item.account)
        settled = self.ledger.hand_overs.looked(item, found, self.clock.now())
        fault("after_look")
        done = _done(settled)
        if done is not None and done.state is not State.HANDED:
            LOG.info("%s on %s: %s %s", item.post, item.account, done.state, done.reason)
            yield done

    def _asked(self, account: str, envelope: Envelope) -> Whereabouts:
        return answer_of(self.early.get(account), account, envelope, lambda publisher: publisher.where_is(envelope))

    def _withdrawn(self, account: str, envelope: Envelope) -> Verdict:
        return answer_of(self.early.get(account), account, envelope, lambda publisher: publisher.take_back(envelope))

    # Handing over.

    def _to_hand(self, agenda: Agenda, now: datetime) -> Iterator[Entry]:
        """Yields what is to be handed over now, in order of due time."""
        due = {entry.delivery.id: entry for entry in agenda.entries if self._is_to_go(entry, now)}
        if not due:
            return
        free = self.ledger.hand_overs.may_go(tuple(due), now, self.settings.policy.quiet_before_publish)
        for delivery, entry in due.items():
            others = (other for other in agenda.entries if other.delivery.account.name == entry.delivery.account.name)
            if delivery in free and keeps_pace(entry, others, self.settings.policy):
                yield entry

    def _is_to_go(self, entry: Entry, now: datetime) -> bool:
        account = entry.delivery.account.name
        known = self.settings.abilities.get(account)
        is_meant = account in self.early and entry.state in _GOING and entry.moves_at is None
        return known is not None and is_meant and is_to_be_handed(entry, known, now)

    def _hand_over(self, entry: Entry, now: datetime) -> Iterator[Done]:
        outgoing = entry.outgoing
        assert outgoing is not None
        ready = self.courier.prepared(entry, now)
        if isinstance(ready, str):
            return  # at its time the same holds it, and says so
        envelope = ready.going_out(entry.delivery.due.utc)
        wanted = Wanted(outgoing.delivery, outgoing.fingerprint, now, self.courier.terms(entry))
        fault("before_claim")
        started = self.clock.monotonic()
        self.ledger.reserve()
        claim = self._claimed(wanted, envelope)
        if claim is None:
            return
        fault("before_send")
        answer = self.courier.guarded(self.early[outgoing.account].hand_over, claim, envelope, started)
        fault("after_send")
        if not isinstance(answer, Handed):
            self.silent.add(outgoing.account)
        done = self._settled(claim, envelope, answer)
        fault("after_settle")
        LOG.info("%s on %s: %s%s", entry.delivery.post.id, outgoing.account, done.state, f": {done.reason}" if done.reason else "")
        yield done

    def _claimed(self, wanted: Wanted, envelope: Envelope) -> Claim | None:
        try:
            return self.ledger.hand_overs.take(wanted, envelope)
        except LedgerError:
            self.courier.unsaved.doubt(wanted)
            raise

    def _settled(self, claim: Claim, envelope: Envelope, answer: HandingOver) -> Done:
        at = self.clock.now()
        try:
            settled = self.ledger.hand_overs.settle(claim, envelope, answer, at)
        except LedgerError:
            # The network is asked as soon as the ledger can be written again.
            self.courier.unsaved.add(claim, Uncertain(_LOST), at)
            fault("after_aside")
            raise
        if settled.state is None and isinstance(answer, Handed):
            # Somebody else has it by now, so that what the network keeps would be a second one.
            for stray in self.ledger.hand_overs.strays():
                if (stray.delivery, stray.remote_id) == (claim.delivery, answer.remote_id):
                    self._chased(stray)
        return Done(settled.delivery, settled.state or State.QUEUED, settled.reason)


def _done(settled: Settlement) -> Done | None:
    return Done(settled.delivery, settled.state, settled.reason) if settled.state is not None else None


def _why_not(entry: Entry | None, item: Kept) -> str:
    """Returns why an entry is not what its network keeps, as a sentence; empty where it is."""
    if entry is None:
        return _GONE
    if entry.state not in _GOING or entry.outgoing is None:
        return entry.reason or _GONE
    if entry.delivery.due.utc != item.due:
        return f"Its time is {entry.delivery.due.local:%Y-%m-%d %H:%M} now."
    return "Its post file was changed." if differs(item.envelope.outgoing, entry.outgoing) else ""
