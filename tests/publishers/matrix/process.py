"""The processes of the networks' fault matrix, each forked from this one so that none waits for Python and the program to load.

A line of JSON on the input, an :class:`Order`, starts ``scheduler run --once``; the answer is its process id and how it ended: its
exit code, :data:`NOT_REACHED` where the point that was to break it was never reached, ``null`` where it stands still. A line with a
process id lets that one go on and answers when it ended.
"""

import importlib
import json
import os
import pkgutil
import signal
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import scheduler
from scheduler import assembly
from scheduler.clock import SystemClock
from scheduler.daemon import faults
from scheduler.model.errors import SchedulerError
from tests.daemon.matrix_driver import NOT_REACHED, fail_once, follow

CLOCK = "clock"
"""Is the file in a project that says how many seconds its time is ahead, for all of its processes, also for one that stands still."""


SHORT_WAIT = 0.02
LONG_WAIT = 600.0
PASSED = "passed"
"""Is the file that says how often a process that was not broken passed the point where it was to break."""


@dataclass(frozen=True)
class Order:
    """Is one run in a project's folder, at each of these seconds after the beginning; ``full`` has the disk full for a moment.

    ``lives`` makes it ``scheduler run``, which ends after so many seconds of a time that passes only while it waits.
    """

    folder: str
    fault: str = ""
    at: tuple[float, ...] = (0.0,)
    full: bool = False
    lives: float = 0.0

    def text(self) -> str:
        return json.dumps(asdict(self))


class Moved(SystemClock):
    """Is the machine's clock, moved on by what the project's file says; nobody waits long by it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / CLOCK

    def _ahead(self) -> float:
        return float(self._file.read_text(encoding="ascii"))

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._ahead())

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead()

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Waits a moment: what a network is given time for is done there by the next call."""
        return super().wait(stop, min(seconds, SHORT_WAIT))


class Leaping(Moved):
    """Is a clock by which every wait is over in a moment; after ``end`` seconds it ends its process as a person would."""

    def __init__(self, folder: Path, end: float) -> None:
        super().__init__(folder)
        self._leapt, self._end = 0.0, end
        self._lock = threading.Lock()

    def _ahead(self) -> float:
        return super()._ahead() + self._leapt

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        if stop.wait(SHORT_WAIT):
            return True
        if seconds > LONG_WAIT and threading.current_thread() is not threading.main_thread():
            until = self.monotonic() + seconds  # what is done every hour waits for the hour to pass
            while self.monotonic() < until and not stop.wait(SHORT_WAIT):
                pass
            return stop.is_set()
        with self._lock:
            self._leapt += max(seconds, 0.0)
            if self._leapt > self._end:
                os.kill(os.getpid(), signal.SIGTERM)
        return stop.is_set()


def set_clock(folder: Path, seconds: float) -> None:
    """Puts the time of a project that far ahead."""
    fresh = folder / f"{CLOCK}.new"
    fresh.write_text(str(seconds), encoding="ascii")
    fresh.replace(folder / CLOCK)


def work(order: Order) -> None:
    folder = Path(order.folder)
    if order.lives:
        assembly.open_project(folder, Leaping(folder, order.lives)).run(once=False)
        return
    project = assembly.open_project(folder, Moved(folder))
    if order.full:
        opened = project.open_ledger()
        fail_once(opened)
        project.open_ledger = lambda: opened  # type: ignore[method-assign]  # its disk is full for a moment
    for seconds in order.at:
        set_clock(folder, seconds)
        project.run(once=True)


def child(order: Order) -> int:
    log = os.open(Path(order.folder) / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    faults._ARMED = faults._read(order.fault)  # noqa: SLF001 - what the environment says at the start of a process of its own
    code = 0
    try:
        work(order)
    except faults.FaultError:
        return 1
    except SchedulerError as error:
        print(f"{order.fault}: {error.message} {error.hint}", flush=True)
        code = error.exit_code
    armed = faults._ARMED  # noqa: SLF001 - as above
    if armed is not None:
        Path(order.folder, PASSED).write_text(str(int(order.fault.split(":")[2]) - armed.left), encoding="ascii")
    return NOT_REACHED if armed is not None and armed.left > 0 else code


def warm() -> None:
    """Loads all that a run needs, once for all processes: everything of the program's own, and what it loads on its way."""
    for module in pkgutil.walk_packages(scheduler.__path__, "scheduler."):
        if ".migrations." not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    importlib.import_module("sqlalchemy.dialects.postgresql.psycopg")
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "posts").mkdir()
        (Path(name) / "config.toml").write_text('[organisation]\nname = "Nobody"\nlanguages = ["en"]\n', encoding="utf-8")
        set_clock(Path(name), 0.0)
        work(Order(name))


def serve() -> None:
    warm()
    for line in sys.stdin:
        if line.strip().isdigit():
            os.kill(int(line), signal.SIGCONT)
            follow(int(line))
            continue
        pid = os.fork()
        if not pid:
            data = json.loads(line)
            code = 70
            try:
                code = child(Order(**{**data, "at": tuple(data["at"])}))
            finally:
                os._exit(code)
        follow(pid)


if __name__ == "__main__":
    serve()
