"""An engine on a real ledger with networks of our own."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.clock import VirtualClock
from scheduler.daemon import Engine, Settings
from scheduler.ledger import Ledger, open_ledger
from scheduler.model.delivery import Facts
from scheduler.model.errors import SchedulerError
from scheduler.model.plan import Agenda
from tests.daemon.network import Network
from tests.ledger.making import NOON


class Desk:
    """Is a folder, a ledger, two networks and an engine."""

    def __init__(self, folder: Path, workers: int = 1) -> None:
        self.clock = VirtualClock(NOON)
        self.path = folder / "ledger.sqlite"
        self.agenda = Agenda()
        self.trouble: SchedulerError | None = None
        self.read = 0
        self.networks = {"hall": Network(), "other": Network()}
        self.ledger = self.open()
        self.engine = self.hire("first", workers)

    def open(self) -> Ledger:
        return open_ledger(self.path, self.clock, durable=False, chance=random.Random(1))

    def hire(self, owner: str, workers: int = 1, ledger: Ledger | None = None) -> Engine:
        settings = Settings(owner=owner, workers=workers)
        return Engine(ledger or self.ledger, self.clock, self.networks, self.make_agenda, settings)

    def make_agenda(self, now: object, facts: Facts) -> Agenda:
        del now, facts
        self.read += 1
        if self.trouble is not None:
            raise self.trouble
        return self.agenda


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.ledger.close()
