"""Writing: one transaction at a time, and one for all threads that wait, since a commit costs as much for ten as for one."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from scheduler.ledger.events import forget, write_down
from scheduler.ledger.trouble import LostClaimError, explained

T = TypeVar("T")


class _Job:
    """Is what one thread wants written, and what came of it."""

    __slots__ = ("answer", "done", "error", "work")

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.answer: Any = None
        self.error: Exception | None = None
        self.done = False


class Writer:
    """Runs what is to be written. Threads may share it; other processes wait in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._waiting: deque[_Job] = deque()

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Gives a connection in a transaction of its own."""
        with self._turn, self._transaction() as connection:
            yield connection

    def together(self, work: Callable[[Connection], T]) -> T:
        """Runs small work in one transaction with what other threads want written; returns once all of it is committed.

        Where one piece fails, none of the transaction stays and each piece is run again by itself, so that nobody
        suffers for another. Work that raises LostClaimError must have written nothing.
        """
        job = _Job(work)
        self._waiting.append(job)
        with self._turn:
            if not job.done:
                self._run(self._all_waiting(job))
        if job.error is not None:
            raise job.error
        answer: T = job.answer
        return answer

    def _all_waiting(self, mine: _Job) -> list[_Job]:
        found = []
        while self._waiting:
            found.append(self._waiting.popleft())
        return found if mine in found else [mine, *found]

    def _run(self, jobs: list[_Job]) -> None:
        try:
            with self._transaction() as connection:
                for job in jobs:
                    job.answer, job.error = _tried(job, connection)
        except Exception as error:  # noqa: BLE001 - handed to the thread whose work it is
            if len(jobs) == 1:
                jobs[0].error = error
            else:
                for job in jobs:
                    self._run([job])
        for job in jobs:
            job.done = True

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with explained(), self._engine.begin() as connection:
            forget(connection)
            yield connection
            write_down(connection)


def _tried(job: _Job, connection: Connection) -> tuple[Any, LostClaimError | None]:
    try:
        return job.work(connection), None
    except LostClaimError as error:
        return None, error
