"""Chores that have time: they are done every hour beside the loop, so that a slow network keeps no post waiting."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scheduler.clock import Clock
from scheduler.model.errors import SchedulerError

LOG = logging.getLogger(__name__)
EVERY_SECONDS = 3600.0
_ASK_AGAIN = 10.0
_LAST_WORDS = 5.0

Chore = Callable[[], None]


@contextmanager
def kept(chore: Chore | None, clock: Clock, leads: Callable[[], bool], wake: threading.Event | None = None) -> Iterator[None]:
    """Does the chore now, every hour and when ``wake`` is set, while the block lasts and where this process is the one that leads."""
    if chore is None:
        yield
        return
    over, wake = threading.Event(), wake or threading.Event()

    def work() -> None:
        while not over.is_set():
            leading = leads()
            if leading:
                do(chore)
            clock.wait(wake, EVERY_SECONDS if leading else _ASK_AGAIN)
            wake.clear()

    thread = threading.Thread(target=work, name="housekeeping", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        wake.set()
        thread.join(_LAST_WORDS)


def all_of(*chores: Chore) -> Chore:
    """Returns a chore that does each of these; trouble with one keeps none of the others from being done."""

    def work() -> None:
        for chore in chores:
            do(chore)

    return work


def do(chore: Chore | None) -> None:
    """Does the chore once; whatever goes wrong is told, and posts go out all the same."""
    if chore is None:
        return
    try:
        chore()
    except SchedulerError as error:
        LOG.warning("%s %s", error.message, error.hint)
    except Exception:  # the boundary of a thread: a mistake in a chore must not end what publishes
        LOG.exception("a chore failed")
