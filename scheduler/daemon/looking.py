"""Looking at the folder: what it asks for, and making the ledger follow it; a look that nothing could change stays."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

from scheduler.clock import Clock
from scheduler.daemon.faults import fault
from scheduler.daemon.moving import Mover
from scheduler.ledger import Ledger
from scheduler.ledger.agenda.recording import Followed
from scheduler.model.delivery import Facts, State
from scheduler.model.plan import Agenda, Entry
from scheduler.model.settings import Policy

LOG = logging.getLogger(__name__)

MakeAgenda = Callable[[datetime, Facts], Agenda]
"""Reads the folder and returns what it asks for; raises SchedulerError where the folder cannot be read."""

_SENDABLE = frozenset({State.PLANNED, State.QUEUED})
_OLD_AFTER = 1.0
_SHARE = 5.0
"""A look is old after a second, or five times what it took: who sends one post has other things to do as well."""


@runtime_checkable
class Lasting(Protocol):
    """Is what makes agendas and can tell whether the last one still is what it would make."""

    def holds(self, now: datetime) -> bool:
        """Tells whether the last agenda would be made so again at that time (aware UTC) from the same facts.

        Raises:
            SchedulerError: the folder cannot be read.
        """
        ...


class Outlook:
    """Knows what the folder asks for, as of the last look. One thread may look at a time."""

    def __init__(self, ledger: Ledger, clock: Clock, make_agenda: MakeAgenda, policy: Policy) -> None:
        self._ledger = ledger
        self._clock = clock
        self._make_agenda = make_agenda
        self._policy = policy
        self._mover = Mover(ledger)
        self._ready: Mapping[str, Entry] | None = None
        self._last: tuple[tuple[str, bool], Agenda] | None = None
        self._old_at: float | None = None

    @property
    def has_looked(self) -> bool:
        """Tells whether there was a look since the beginning, or since what was seen was forgotten."""
        return self._ready is not None

    @property
    def ready(self) -> Mapping[str, Entry]:
        """Returns what may be sent, by delivery."""
        return self._ready or {}

    def look(self, now: datetime, *, leads: bool) -> Agenda:
        """Reads the folder and, for an engine that leads, makes the ledger follow it; ``now`` is aware UTC.

        Where neither the folder nor the ledger changed since the last look, and time changes nothing either, that one stays.

        Raises:
            SchedulerError: the folder cannot be read, or the ledger not written; then nothing changed.
        """
        began = self._clock.monotonic()
        compared_with = (self._ledger.revision(), leads)
        if self._last is None or self._last[0] != compared_with or not self._lasts(now):
            self._last = None
            self._last = (compared_with, self._looked(now, leads=leads))
        self._old_at = began + max(_OLD_AFTER, (self._clock.monotonic() - began) * _SHARE)
        return self._last[1]

    def forget(self) -> None:
        """Forgets what was seen, as the ledger is no longer the one that it was compared with."""
        self._ready = self._last = self._old_at = None

    def is_old(self) -> bool:
        """Tells whether the last look was a while ago."""
        return self._old_at is None or self._clock.monotonic() >= self._old_at

    def asked(self, delivery: str, draft: str) -> Entry | None:
        """Returns the entry of a delivery, where the folder asks for it with the content of that fingerprint."""
        entry = self.ready.get(delivery)
        return entry if entry is not None and entry.outgoing is not None and entry.outgoing.fingerprint == draft else None

    def _lasts(self, now: datetime) -> bool:
        return isinstance(self._make_agenda, Lasting) and self._make_agenda.holds(now)

    def _looked(self, now: datetime, *, leads: bool) -> Agenda:
        facts = self._ledger.facts()
        agenda = self._make_agenda(now, facts)
        followed = self._ledger.record(agenda, now, self._policy, fault) if leads else Followed()
        self._ready = {entry.delivery.id: entry for entry in agenda.entries if _may_go(entry)}
        if followed.counts:
            LOG.info("post files: %s", ", ".join(f"{number} {state}" for state, number in sorted(followed.counts.items())))
        if leads:
            self._mover.tell(agenda, facts, followed.moves)
        return agenda


def _may_go(entry: Entry) -> bool:
    """Tells whether an entry may be sent at the time that the ledger has; what is about to move may not."""
    return entry.state in _SENDABLE and entry.outgoing is not None and entry.moves_at is None
