"""The agenda that is sent: made of the files that nobody is writing, with the pages that cards need, and made anew where it must be."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from scheduler.model.delivery import Facts
from scheduler.model.plan import Agenda, Entry
from scheduler.model.post import Reading
from scheduler.model.settings import Config
from scheduler.planning.composing.cards import READ_AHEAD
from scheduler.planning.witness import Witness


class Made(Protocol):
    """Is what agendas are made by."""

    config: Config

    def live_agenda(self, now: datetime, facts: Facts, reading: Reading, witness: Witness) -> Agenda:
        """Returns the plan that is sent; the witness hears what else than the files it is of."""
        ...

    def settled(self, before: datetime) -> Reading:
        """Returns what the files say that were changed no later than that, aware UTC."""
        ...

    def read_pages(self, entries: Iterable[Entry], until: datetime) -> bool:
        """Reads the pages that cards are made of; returns whether anything new is known."""
        ...


class Live:
    """Makes the agenda that is sent, and tells whether it would still be the same."""

    def __init__(self, project: Made) -> None:
        self._project = project
        self._settle = project.config.policy.settle
        self._last: tuple[Reading, Witness, Agenda] | None = None

    def __call__(self, now: datetime, facts: Facts) -> Agenda:
        """Returns the agenda, with the pages read that cards are made of soon."""
        self._last = None
        agenda = self._made(now, facts)
        return self._made(now, facts) if self._has_new_pages(agenda, now) else agenda

    def holds(self, now: datetime) -> bool:
        """Tells whether the last agenda would be made so again from the same facts; looks at the folder for that."""
        if self._last is None:
            return False
        reading, witness, agenda = self._last
        if not agenda.is_so_at(now) or self._has_new_pages(agenda, now):
            return False
        return self._read(now) == reading and witness.still()

    def _made(self, now: datetime, facts: Facts) -> Agenda:
        reading, witness = self._read(now), Witness()
        agenda = self._project.live_agenda(now, facts, reading, witness)
        self._last = (reading, witness, agenda)
        return agenda

    def _read(self, now: datetime) -> Reading:
        return self._project.settled(now - self._settle)

    def _has_new_pages(self, agenda: Agenda, now: datetime) -> bool:
        return self._project.read_pages(agenda.entries, now + READ_AHEAD)
