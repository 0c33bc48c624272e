"""Telling of what moves to another time: before it does, when it does, and when it does not after all."""

import logging
from collections.abc import Iterable
from datetime import datetime

from scheduler.ledger import Ledger
from scheduler.ledger.agenda.moving import MOVED, Told, together
from scheduler.ledger.remembering import MOVING
from scheduler.model.delivery import Facts
from scheduler.model.plan import Agenda
from scheduler.planning.moving import from_to

LOG = logging.getLogger(__name__)


class Mover:
    """Says once what is about to move; ``ledger`` keeps when that is, for others to tell."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._coming: dict[str, Told] = {}
        self._noted: list[str] = []

    def tell(self, agenda: Agenda, facts: Facts, moves: Iterable[Told]) -> None:
        """Tells of an agenda that the ledger follows now; ``facts`` are those it was made of, ``moves`` what was written of it."""
        coming = dict(_coming(agenda, facts))
        done = tuple(moves)
        gone = {move.delivery for move in done}
        _say([told for name, told in coming.items() if self._coming.get(name) != told], until=agenda.moves_at)
        for told, accounts in together(told for name, told in self._coming.items() if name not in coming and name not in gone):
            LOG.info("%s (%s) keeps its time", _name(told), ", ".join(accounts))
        for told, accounts in together(done):
            level = logging.INFO if told.words.startswith(MOVED) else logging.WARNING
            LOG.log(level, "%s (%s): %s", _name(told), ", ".join(accounts), told.words)
        self._coming = coming
        self._note(agenda.moves_at, len(coming))

    def _note(self, moves_at: datetime | None, number: int) -> None:
        noted = [] if moves_at is None else [moves_at.isoformat(), str(number)]
        if noted != self._noted:
            self._ledger.put(MOVING, noted)
            self._noted = noted


def _say(coming: Iterable[Told], until: datetime | None) -> None:
    for told, accounts in together(coming):
        LOG.info(
            "%s (%s) moves %s %s", _name(told), ", ".join(accounts), told.words, f"at {until:%H:%M:%S} UTC, if its files stay as they are"
        )


def _coming(agenda: Agenda, facts: Facts) -> Iterable[tuple[str, Told]]:
    for entry in agenda.entries if agenda.moves_at is not None else ():
        fact = facts.deliveries.get(entry.delivery.id)
        if entry.moves_at is not None and fact is not None:
            delivery = entry.delivery
            told = Told(delivery.id, 0, fact.state, delivery.post.id, delivery.label or "", delivery.account.name, from_to(entry, fact))
            yield delivery.id, told


def _name(told: Told) -> str:
    return f"{told.post} · {told.part}" if told.part else told.post
