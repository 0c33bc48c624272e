"""A receiver, a ledger and any number of processes that send to it; every process is ended by its own id."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from scheduler.clock import SystemClock
from scheduler.ledger import Ledger, open_ledger
from scheduler.model.delivery import State
from scheduler.model.plan import Agenda
from tests.fleet.driver import QuickClock, Run, plan

ROOT = Path(__file__).parents[2]
CLOCK = SystemClock()
PATIENCE = 180.0
"""Seconds until a test gives up; it goes on as soon as what it waits for has happened, so that a machine may be as slow as it likes."""
UNFINISHED = frozenset({State.PLANNED, State.QUEUED, State.CLAIMED, State.SENDING})


class Scene:
    """Is a folder with a run in it. ``started`` and ``receiver`` are real processes."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.address = address
        self.started: list[subprocess.Popen[bytes]] = []
        self.stack = ExitStack()
        self.port = self.listen("tests.fleet.receiver", str(folder))
        self.began = CLOCK.now()
        self.never = threading.Event()
        self.run: Run | None = None

    def listen(self, module: str, *arguments: str) -> int:
        """Starts a server that prints its port."""
        process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE)
        self.stack.callback(end, process)
        assert process.stdout is not None
        return int(process.stdout.readline())

    def prepare(self, posts: Sequence[tuple[str, str, datetime]], **more: float) -> None:
        """Writes the plan and what the processes share; ``port`` may be that of a proxy."""
        lines = "".join(f"{name} {account} {due.isoformat()} {name} on {account}\n" for name, account, due in posts)
        new = self.folder / "plan.new"
        new.write_text(lines, encoding="utf-8")
        new.replace(self.folder / "plan.txt")
        accounts = tuple(sorted({account for _, account, _ in posts}))
        port = int(more.pop("port", self.port))
        self.run = Run(self.address, port, accounts, self.began.isoformat(), **more)  # type: ignore[arg-type] # numbers by name; the record checks nothing
        self.run.write(self.folder)

    def start(self, role: str, name: str, *, fault: str = "") -> subprocess.Popen[bytes]:
        """Starts one process; its log goes to a file of its name."""
        environment = {**os.environ, "SCHEDULER_FAULT": fault, "PYTHONWARNINGS": "error"}
        command = [sys.executable, "-m", "tests.fleet.driver", str(self.folder), role, name]
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        self.started.append(process)
        return process

    def ledger(self) -> Ledger:
        """Opens the ledger as one more process would; the caller closes it."""
        speed = self.run.speed if self.run else 1.0
        return open_ledger(self.address, QuickClock(self.began, speed), folder=self.folder / "watching")

    def agenda(self) -> Agenda:
        return plan((self.folder / "plan.txt").read_text(encoding="utf-8"))

    def counts(self) -> Counter[State]:
        ledger = self.ledger()
        try:
            return ledger.counts()
        finally:
            ledger.close()

    def accepted(self) -> Counter[str]:
        """Returns how often the receiver made each delivery visible, by its own book."""
        lines = (self.folder / "accepted.jsonl").read_text(encoding="utf-8").splitlines()
        return Counter(json.loads(line)["key"] for line in lines)

    def wait(self, until: Callable[[], bool], seconds: float = PATIENCE, each: float = 0.1) -> None:
        """Waits for something that other processes do."""
        limit = CLOCK.monotonic() + seconds
        while not until():
            assert CLOCK.monotonic() < limit, self.story()
            CLOCK.wait(self.never, each)

    def story(self) -> str:
        """Returns what the processes said last, and where the deliveries are."""
        logs = [f"== {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-12:]) for path in self.folder.glob("*.log")]
        return f"{self.counts()}\n" + "\n".join(logs)

    def said(self, name: str) -> str:
        """Returns what a process has said so far."""
        log = self.folder / f"{name}.log"
        return log.read_text(encoding="utf-8") if log.exists() else ""

    def is_up(self, name: str) -> bool:
        """Tells whether a process has come through its start, in which it needs the database."""
        return "stop with Ctrl-C" in self.said(name)

    def all_sent(self, number: int) -> bool:
        return self.counts()[State.SENT] == number

    def close(self) -> None:
        for process in self.started:
            end(process)
        self.stack.close()


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
