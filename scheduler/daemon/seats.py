"""Who may work on a project: one process on a file ledger; on a shared one any number, of which one leads."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from scheduler.clock import Clock
from scheduler.daemon.instance import Holder, left_behind, only_one
from scheduler.ledger import Ledger

_ALONE_SECONDS = 15.0
_SHARED_SECONDS = 2.0


class Seat(Protocol):
    """Is a process's place at the ledger. ``patience`` is the longest time in seconds that it may sleep."""

    patience: float

    def taken(self) -> AbstractContextManager[None]:
        """Takes the place for the length of a block; raises SchedulerError where it is not free."""
        ...

    def leads(self) -> bool:
        """Returns whether this process looks after the folder and the deliveries in doubt, for all of them."""
        ...

    def is_dead(self, owner: str) -> bool:
        """Tells whether it is proven that the process of that name sends nothing any more."""
        ...


class Alone:
    """Is the place of the only process: it leads, and knows nothing of others."""

    patience = _ALONE_SECONDS

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Takes the place, which is free."""
        yield

    def leads(self) -> bool:
        """Returns True."""
        return True

    def is_dead(self, owner: str) -> bool:
        """Returns False: nothing is proven of anybody."""
        del owner
        return False


class FolderSeat(Alone):
    """Is the only place at a file ledger, guarded by a lock in the project's ``.scheduler`` folder."""

    def __init__(self, ledger: Ledger, state: Path, clock: Clock, holder: Holder) -> None:
        self._ledger = ledger
        self._state = state
        self._clock = clock
        self._holder = holder

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Holds the lock of the folder; where the last process was killed, the ledger's file is read whole first.

        Raises:
            AlreadyRunningError: another process holds it; the sentence says which.
            LedgerError: the file is damaged.
        """
        # What a killed process left beside the file is joined to whatever file is there now, be it one of another day.
        if left_behind(self._state) is not None:
            self._ledger.past.see_that_it_is_whole()
        with only_one(self._state, self._clock, self._holder):
            yield


class SharedSeat:
    """Is one of many places at a ledger on a database server."""

    patience = _SHARED_SECONDS

    def __init__(self, ledger: Ledger, holder: Holder) -> None:
        self._session = ledger.session(holder.owner)
        self._holder = holder

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Shows the others that this process is alive.

        Raises:
            LedgerError: the database does not answer.
        """
        self._session.open()
        try:
            yield
        finally:
            self._session.close()

    def leads(self) -> bool:
        """Returns whether this process is the one that leads, having tried to become it."""
        return self._session.elect()

    def is_dead(self, owner: str) -> bool:
        """Tells whether a process of this machine is gone and its session with it; of other machines only the lease tells."""
        return owner != self._holder.owner and _is_gone(owner, self._holder) and not self._session.is_alive(owner)


def seat_for(ledger: Ledger, state: Path, clock: Clock, holder: Holder) -> Seat:
    """Returns the kind of place that the ledger has."""
    return SharedSeat(ledger, holder) if ledger.is_shared else FolderSeat(ledger, state, clock, holder)


def _is_gone(owner: str, here: Holder) -> bool:
    """Tells whether the name is that of a process of this machine, since its last start, that no longer exists."""
    host, _, rest = owner.rpartition("/")[0].partition("/")
    boot, _, pid = rest.partition("/")
    if (host, boot) != (here.host, here.boot) or not here.boot or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
