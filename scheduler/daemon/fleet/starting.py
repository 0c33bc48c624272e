"""Starting either side of a fleet, where what it needs is there."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

from scheduler.clock import Clock
from scheduler.daemon.dispatching import Dispatcher
from scheduler.daemon.engine import Engine
from scheduler.daemon.instance import Holder
from scheduler.daemon.seats import SharedSeat
from scheduler.ledger import Ledger
from scheduler.ledger.remembering import WORKERS
from scheduler.model.errors import ConfigurationError


class NoFleetError(ConfigurationError):
    """Says what a fleet lacks."""


@contextmanager
def dispatcher_for(ledger: Ledger, clock: Clock, *, fleet: bool) -> Iterator[Dispatcher | None]:
    """Gives what hands deliveries to workers, or None where this process is to send them itself.

    Raises:
        NoFleetError: the ledger is a file, or the extra is not installed.
        LedgerError: the database does not answer or refuses.
    """
    if not fleet:
        if ledger.get(WORKERS):
            ledger.put(WORKERS, [])  # a fleet's daemon that was killed could not say that it hands out no more
        yield None
        return
    _check(ledger)
    from scheduler.daemon.fleet.handing import handing_out  # noqa: PLC0415 - an extra: only who has a fleet has it installed

    with handing_out(ledger, clock) as dispatcher:
        yield dispatcher


def carry(engine: Engine, clock: Clock, holder: Holder, at_once: int) -> None:
    """Sends what is handed out, that many deliveries at once, until SIGTERM or SIGINT.

    Raises:
        NoFleetError: the ledger is a file, or the extra is not installed.
        SchedulerError: the ledger cannot be used at the start.
    """
    _check(engine.ledger)
    from scheduler.daemon.fleet.carrying import Worker  # noqa: PLC0415 - an extra: only who has a fleet has it installed

    seat = SharedSeat(engine.ledger, holder)
    with seat.taken():
        engine.join(seat)
        Worker(engine, clock, at_once).run()


def _check(ledger: Ledger) -> None:
    if not ledger.is_shared:
        raise NoFleetError(
            "A fleet needs a ledger that several machines can use, and this one is a file.",
            'Name a PostgreSQL database in config.toml:  [database]  url = "postgresql://user@host/name"',
        )
    if importlib.util.find_spec("procrastinate") is None:
        raise NoFleetError("A fleet is carried by Procrastinate, which is not installed.", "pip install 'scheduler[fleet]'")
