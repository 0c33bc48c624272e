"""Writing: what several threads want written goes into one transaction, since a commit costs as much for ten as for one."""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from scheduler.ledger.events import forget, write_down
from scheduler.ledger.trouble import explain, explained

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Work = Callable[[Connection, Sequence[Item]], Sequence[Answer]]
"""Writes several things in one go; returns one answer for each, in their order."""

ACCOUNTS = "scheduler.accounts"
"""The option of a transaction that names the accounts it is about: such transactions may run side by side, all others alone."""

MOST = 64
"""How many pieces of work one transaction takes at most."""

LINGER_SECONDS = 0.003
"""How long a transaction waits for those who wrote just before, since each commit waits for the disk."""


class _Job:
    """Is what one thread wants written, and what came of it.

    ``asleep`` is let go of when it is done, or when its thread must do the writing: a lock wakes a thread at a fraction of an event's cost.
    """

    __slots__ = ("account", "answer", "asleep", "done", "error", "item", "work")

    def __init__(self, work: Work[Any, Any], item: object, account: str) -> None:
        self.work = work
        self.item = item
        self.account = account
        self.answer: Any = None
        self.error: Exception | None = None
        self.done = False
        self.asleep = threading.Lock()
        self.asleep.acquire()


class Writer:
    """Runs what is to be written. Threads may share it; other processes wait in the database.

    The thread that finds nobody writing writes for all that wait; when it is done, the first of those that came meanwhile does.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._queue = threading.Condition()
        self._waiting: deque[_Job] = deque()
        self._is_led = False
        self._expected = 1
        self._is_file = engine.dialect.name == "sqlite"
        self._kept: Connection | None = None
        self._opened = 0
        self._beside = 0

    @contextmanager
    def alone(self, *, beside: bool = False) -> Iterator[Connection]:
        """Gives a connection in a transaction of its own, beside which nobody writes.

        What is written ``beside`` is nothing that :meth:`revision` is to tell of.
        """
        with self._turn:
            before = self._changes()
            with self._transaction() as connection:
                yield connection
            if beside:
                self._beside += self._changes() - before

    def revision(self) -> str:
        """Returns for a file a text that is another one after every change but those written beside, by this process or by others."""
        with self._turn, explained(), self._connected(()) as connection:
            try:
                # It is another number once any other connection has committed something, whatever program that belongs to.
                others = _raw(connection).execute("PRAGMA data_version").fetchone()[0]
            except sqlite3.Error as error:
                raise explain(DBAPIError(None, None, error)) from error
            return f"{self._opened} {others} {self._changes() - self._beside}"

    def close(self) -> None:
        """Ends the connection that is kept for writing to a file; another one is opened when it is needed."""
        with self._turn:
            self._let_go()

    def _changes(self) -> int:
        """Returns how many rows the kept connection has changed."""
        return 0 if self._kept is None else _raw(self._kept).total_changes

    def together(self, work: Work[Item, Answer], item: Item, account: str) -> Answer:
        """Runs small work about one account in one transaction with what other threads want written; returns once it is committed.

        Where one piece fails, none of the transaction stays and each piece is run again by itself, so that nobody
        suffers for another.
        """
        job = _Job(work, item, account)
        with self._queue:
            self._waiting.append(job)
            if len(self._waiting) >= self._expected:
                self._queue.notify()
            leads, self._is_led = not self._is_led, True
        if not leads:
            job.asleep.acquire()
        if not job.done:
            self._lead(job)
        if job.error is not None:
            raise job.error
        answer: Answer = job.answer
        return answer

    def _lead(self, mine: _Job) -> None:
        """Writes for all that wait by now, and lets the first of those that came meanwhile lead."""
        jobs: list[_Job] = []
        try:
            with self._turn:
                jobs = self._gathered()
                self._run(jobs)
        finally:
            with self._queue:
                # Where this thread is torn out of its work, the others' is still to be done.
                self._waiting.extendleft(job for job in reversed(jobs) if not job.done and job is not mine)
                following = self._waiting[0] if self._waiting else None
                self._expected = min(MOST, len(jobs) + len(self._waiting))
                self._is_led = following is not None
            for job in jobs:
                if job.done and job is not mine:
                    job.asleep.release()
            if following is not None:
                following.asleep.release()

    def _gathered(self) -> list[_Job]:
        """Returns what waits, after a moment in which those who wrote lately may come again."""
        with self._queue:
            self._queue.wait_for(lambda: len(self._waiting) >= self._expected, LINGER_SECONDS)
            return [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]

    def _run(self, jobs: list[_Job]) -> None:
        try:
            with self._transaction({job.account for job in jobs}) as connection:
                for work in dict.fromkeys(job.work for job in jobs):
                    same = [job for job in jobs if job.work == work]
                    for job, answer in zip(same, work(connection, [job.item for job in same]), strict=True):
                        job.answer = answer
        except Exception as error:  # noqa: BLE001 - handed to the thread whose work it is
            if len(jobs) == 1:
                jobs[0].error = error
            else:
                for job in jobs:
                    self._run([job])
        for job in jobs:
            job.done = True

    @contextmanager
    def _transaction(self, accounts: Iterable[str] | None = None) -> Iterator[Connection]:
        with explained(), self._connected(accounts) as connection, connection.begin():
            forget(connection)
            yield connection
            write_down(connection)

    @contextmanager
    def _connected(self, accounts: Iterable[str] | None) -> Iterator[Connection]:
        """Gives a connection to a server, or the one that writes to a file: by that one others can be told from ourselves."""
        if not self._is_file:
            options: dict[str, Any] = {} if accounts is None else {ACCOUNTS: tuple(sorted(accounts))}
            with self._engine.connect().execution_options(**options) as connection:
                yield connection
            return
        if self._kept is None:
            self._kept = self._engine.connect()
            self._opened += 1
        try:
            yield self._kept
        except BaseException:
            # What broke off may have left anything behind, so the next one begins anew.
            self._let_go()
            raise

    def _let_go(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw
