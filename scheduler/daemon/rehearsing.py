"""Playing a plan through the real engine on a virtual clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

from scheduler.clock import VirtualClock
from scheduler.daemon.engine import Engine
from scheduler.daemon.report import Done, TickReport

Progress = Callable[[int, datetime], None]
"""Is told how many deliveries are done and what time it is in the rehearsal."""

_STUCK = timedelta(minutes=1)


def play(engine: Engine, clock: VirtualClock, from_: datetime, until: datetime, on_progress: Progress | None = None) -> TickReport:
    """Jumps from due time to due time and lets the engine work; returns everything that was done.

    The folder is read once, at ``from_``. Times are aware; ``until`` belongs to the rehearsal.

    Raises:
        SchedulerError: the folder cannot be read or the ledger not written.
    """
    clock.advance_to(from_)
    engine.refresh()
    done: list[Done] = []
    due = engine.ledger.next_due()
    while due is not None and due <= until:
        clock.advance_to(due)
        report = engine.tick(fresh=False)
        if report.trouble is not None:
            raise report.trouble
        done.extend(report.done)
        if on_progress is not None:
            on_progress(len(done), clock.now())
        due = report.next_due
        # What is still due after a tick (the account waits for its turn) must not stop the clock.
        if due is not None and due <= clock.now():
            due = clock.now() + _STUCK
    clock.advance_to(until)
    return TickReport(tuple(done), due)
