"""The ledger as the rest of the program sees it: one named operation each, one transaction each."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine

from scheduler.ledger import history, lateness, pauses, remembering, setback
from scheduler.ledger.agenda import recording
from scheduler.ledger.agenda.reconciling import Rules
from scheduler.ledger.database import copies
from scheduler.ledger.database.journal import Journal, Journals
from scheduler.ledger.database.revision import revision_of_rows
from scheduler.ledger.database.sessions import LEAD, Session
from scheduler.ledger.database.writer import Writer
from scheduler.ledger.handovers import HandOvers
from scheduler.ledger.past import NAME, Past
from scheduler.ledger.reading import Reader
from scheduler.ledger.sending import claims, late, leftovers, recovery, settling
from scheduler.ledger.sending.advancing import Advanced, Step, advance, each
from scheduler.ledger.sending.claims import Claim, Taken, Wanted
from scheduler.ledger.sending.pace import Terms
from scheduler.ledger.trouble import LedgerError, explained
from scheduler.model.network import Recovery
from scheduler.model.outcome import Outcome, Proof
from scheduler.model.outgoing import Envelope
from scheduler.model.plan import Agenda
from scheduler.model.settings import Policy


def nowhere(point: str) -> None:
    """Is the fault point outside tests: nothing happens."""
    del point


class Ledger(Reader):
    """Keeps the facts. Threads may share it: one writes at a time.

    Every method raises :class:`LedgerError` where the database cannot do it. All times are aware UTC.
    """

    def __init__(self, engine: Engine, file: Path | None, journals: Journals, chance: random.Random, *, durable: bool = True) -> None:
        super().__init__(engine)
        self._file = file
        self._journals = journals
        self._chance = chance
        self._writer = Writer(engine)
        self._session: Session | None = None
        self.hand_overs = HandOvers(self._reading, self._writing)
        memory = journals.folder / NAME if durable else None
        self.past = Past(memory, file, self._reading, self._writing, self._open_anew)

    @property
    def is_shared(self) -> bool:
        """Tells whether other machines may use this ledger too."""
        return self._engine.dialect.name != "sqlite"

    @property
    def dsn(self) -> str:
        """Returns the address of a shared ledger as PostgreSQL's own programs write it, password included."""
        address, mark, query = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False).partition("?")
        # A space is written as "+" in the query of a web address, which PostgreSQL's own programs take for a plus.
        return address.replace(" ", "%20") + mark + query.replace("+", "%20")

    def session(self, owner: str, lease: timedelta = LEAD) -> Session:
        """Returns what shows the other processes on a shared ledger that this one is alive, and lets one of them lead.

        From then on :meth:`record` writes only while this process does lead. ``lease`` is how long another leader may be silent.
        """
        self._session = Session(self._engine, owner, lease)
        return self._session

    @property
    def backups(self) -> Path:
        """Returns the folder that keeps the copies of a ledger file."""
        return self._journals.folder / "backups"

    def back_up(self, now: datetime, *, daily: bool = False) -> Path | None:
        """Returns a new, verified copy; None where the database server keeps its own, or, with ``daily``, where one is young enough."""
        if self._file is None or (daily and not copies.is_due(self.backups, now)):
            return None
        return copies.back_up(self._file, self.backups, now)

    def close(self) -> None:
        """Ends all connections; the ledger may be used again and opens new ones."""
        self._journals.release()
        self._writer.close()
        self._engine.dispose()

    def _open_anew(self) -> None:
        """Ends all connections to a file whose name leads to another one now; what was not in the old one yet is put there first."""
        self._writer.close()
        # A log of changes that stays beside the new file would be taken for its own, and make a mixture of both.
        with explained():
            raw = self._engine.raw_connection()
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.close()
        self._engine.dispose()

    @contextmanager
    def _writing(self, *, beside: bool = False) -> Iterator[Connection]:
        with self._writer.alone(beside=beside) as connection:
            yield connection

    def revision(self) -> str:
        """Returns a text that is another one after every change of what :meth:`facts` tells or :meth:`record` compares, whoever made it.

        It may change for less than that, and tells something only beside an earlier one of this very object.
        """
        if not self.is_shared:
            return self._writer.revision()
        with self._reading() as connection:
            return revision_of_rows(connection)

    def record(self, agenda: Agenda, now: datetime, policy: Policy, fault: Callable[[str], None] = nowhere) -> recording.Followed:
        """Makes open deliveries follow the folder; returns what that changed."""
        with self._writing() as connection:
            if self._session is not None:
                self._session.insist(connection)
            gap = remembering.gap(connection)
            followed = recording.record(connection, agenda, now, Rules(policy, gap), fault)
            if gap is not None and gap.is_first and not agenda.unsettled:
                remembering.folder_was_read(connection, gap, now)
            return followed

    def mark_late(self, now: datetime) -> tuple[str, ...]:
        """Turns what is too late into missed; returns those deliveries."""
        with self._writing() as connection:
            return late.mark_late(connection, now)

    def claim(self, delivery: str, fingerprint: str, now: datetime, terms: Terms) -> Claim | None:
        """Returns the right to send a delivery, or None where it must not go out now; the ledger then says why."""
        with self._writing() as connection:
            return claims.claim(connection, Wanted(delivery, fingerprint, now, terms))

    def advance(self, step: Step) -> Advanced:
        """Writes what became of an account's delivery and takes its next one: the first byte of that one may leave when this returns it."""
        return self._writer.together(self._advance, step, step.account)

    def _advance(self, connection: Connection, steps: Sequence[Step]) -> Sequence[Advanced]:
        return advance(connection, steps, self._chance)

    def give_back(self, wanted: Wanted) -> bool:
        """Queues a delivery again that this process may have taken when the ledger broke off, and did not send."""
        with self._writing() as connection:
            return claims.give_back(connection, wanted)

    def begin_sending(self, claim: Claim, envelope: Envelope, now: datetime) -> None:
        """Freezes what is sent; the first byte may leave when this returns, and not if it raises."""
        with self._writing() as connection:
            claims.begin_sending(connection, claim, envelope, now)

    def remember(self, claim: Claim, name: str, value: str, lease_until: datetime | None = None) -> None:
        """Commits an id from an invisible step of sending; the claim holds until ``lease_until``, or as long as it did."""
        until = lease_until or claim.lease_until
        self._writer.together(each(partial(claims.remember, name=name, value=value, lease_until=until)), claim, claim.account)

    def release(self, claim: Claim, now: datetime) -> bool:
        """Gives a claim back before anything was sent."""
        with self._writing() as connection:
            return claims.release(connection, claim, now)

    def hold(self, claim: Claim, fingerprint: str, reason: str, now: datetime) -> bool:
        """Holds a claimed delivery until its content is another one."""
        with self._writing() as connection:
            return claims.hold(connection, claim, fingerprint, reason, now)

    def settle(self, claim: Claim, outcome: Outcome, now: datetime) -> settling.Settlement:
        """Writes what became of a delivery that was sent."""
        settled = self.advance(Step(claim.account, settling.Result(claim, outcome, now))).settled
        assert settled is not None
        return settled

    def keep_aside(self, claim: Claim, outcome: Outcome, at: datetime) -> None:
        """Writes a result to the emergency journal, for when :meth:`settle` fails; opening the ledger replays it.

        Raises:
            LedgerError: the journal cannot be written either.
        """
        try:
            self._journals.own.append(settling.outcome_to_json(claim, outcome, at))
        except OSError as error:
            message = f"The result of {claim.delivery} on {claim.account} can be kept nowhere: {settling.describe(outcome)}."
            raise LedgerError(message, "It is asked of the network at the next start.") from error

    def reserve(self) -> None:
        """Sets space aside for the emergency journal, before anything is sent.

        Raises:
            LedgerError: the disk is full or the folder cannot be written to.
        """
        try:
            self._journals.own.reserve()
        except OSError as error:
            message = f"The folder of the ledger cannot be written to: {error.strerror}."
            raise LedgerError(message, f"Free some space or set the rights of {self._journals.folder}.") from error

    def replay(self) -> tuple[settling.Settlement, ...]:
        """Takes over the results that the emergency journals hold, this process's and those of processes that ended, and empties them.

        What this ledger does not know stays there.
        """
        return tuple(settled for journal in self._journals.left() for settled in self._replayed(journal))

    def _replayed(self, journal: Journal) -> Iterable[settling.Settlement]:
        lines = journal.lines()
        done = {line: self.settle(*settling.outcome_from_json(line)) for line in lines}
        strangers = [line for line, settled in done.items() if settled.reason == settling.UNKNOWN]
        if len(strangers) < len(lines):
            _rewrite(journal, strangers)
        return done.values()

    def forget_aside(self) -> None:
        """Empties this process's emergency journal, once everything in it is in the ledger."""
        _rewrite(self._journals.own, [])

    def recover(self, now: datetime, is_dead: Callable[[str], bool]) -> tuple[str, ...]:
        """Frees what dead processes held; what they were sending becomes uncertain."""
        with self._writing() as connection:
            return recovery.recover(connection, now, is_dead)

    def sweep(self, now: datetime, is_dead: Callable[[str], bool]) -> recovery.Sweep:
        """Takes up claims of the dead and those whose lease ran out, marks what is too late, and returns what needs a look."""
        with self._writing() as connection:
            return recovery.sweep(connection, now, is_dead)

    def resolve(self, doubt: recovery.Doubt, proof: Proof, now: datetime, ability: Recovery = Recovery.CLIENT_ID) -> settling.Settlement:
        """Writes what the network's own proof says of an uncertain delivery; ``ability`` is what its word is worth."""
        with self._writing() as connection:
            return recovery.resolve(connection, doubt, proof, now, ability)

    def take_again(self, doubt: recovery.Doubt, now: datetime, terms: Terms) -> Taken | None:
        """Takes an uncertain delivery to repeat its call under the same key; None where it must not be repeated now."""
        wanted = Wanted(doubt.delivery, doubt.envelope.outgoing.fingerprint, now, terms)
        return self._writer.together(each(partial(claims.take_again, fence=doubt.fence)), wanted, doubt.account)

    def decide_sent(self, delivery: str, url: str, now: datetime) -> None:
        """Writes a person's word that an uncertain delivery is out."""
        with self._writing() as connection:
            recovery.decide_sent(connection, delivery, url, now)

    def decide_not_sent(self, delivery: str, now: datetime) -> None:
        """Writes a person's word that an uncertain delivery is not out; it is queued again."""
        with self._writing() as connection:
            recovery.decide_not_sent(connection, delivery, now)

    def let_go(self, deliveries: Iterable[str], now: datetime) -> int:
        """Queues missed deliveries although they are late; returns how many."""
        with self._writing() as connection:
            return lateness.let_go(connection, deliveries, now)

    def skip(self, deliveries: Iterable[str], now: datetime) -> int:
        """Gives missed deliveries up; returns how many."""
        with self._writing() as connection:
            return lateness.skip(connection, deliveries, now)

    def clear(self, left: leftovers.Leftover, names: Iterable[str]) -> bool:
        """Writes that ids of a delivery that nothing is fetched for are of nothing any more; returns False where it has moved on."""
        with self._writing() as connection:
            return leftovers.clear(connection, left, names)

    def put(self, key: str, value: list[str]) -> None:
        """Keeps a fact about the ledger itself; as a few texts."""
        with self._writing(beside=key != remembering.RESTORED) as connection:
            remembering.put(connection, key, value)

    def clock_went_back(self, now: datetime, by: timedelta = timedelta(0)) -> None:
        """Counts waits from now on that a clock wrote which was ahead, and makes every call in doubt as old as it may be."""
        with self._writing() as connection:
            setback.count_anew(connection, now, by)

    def pause(self, scope: pauses.Scope, name: str, reason: str, now: datetime) -> None:
        """Pauses everything, an account or a campaign, at once."""
        with self._writing(beside=True) as connection:
            pauses.pause(connection, pauses.Pause(scope, name, reason, now))

    def resume(self, scope: pauses.Scope, name: str = "") -> bool:
        """Ends a pause; returns False where there was none."""
        with self._writing(beside=True) as connection:
            return pauses.resume(connection, scope, name)

    def beat(self, instance: history.Instance) -> None:
        """Writes that a run of the program is alive."""
        with self._writing(beside=True) as connection:
            history.beat(connection, instance)


def _rewrite(journal: Journal, lines: list[str]) -> None:
    try:
        journal.clear()
        for line in lines:
            journal.append(line)
    except OSError as error:
        raise LedgerError(
            f"The file {journal.path} cannot be written: {error.strerror}.", "Check the disk and the rights of its folder."
        ) from error
