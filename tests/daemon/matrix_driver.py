"""The daemons of the fault matrix, each forked from this process so that none waits for Python to start.

A line of JSON on the input, ``[fault, folder, ledger, port, ability, losing, lease]``, starts one, which works twice and ends;
the answer is its process id and its exit code, or ``null`` where it stands still. A line with a process id lets that one go on and answers
when it ended.
"""

import json
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from scheduler.clock import Clock, SystemClock
from scheduler.daemon import Daemon, Engine, Settings, faults
from scheduler.daemon.faults import armed_point
from scheduler.daemon.instance import Holder
from scheduler.ledger import Ledger, LedgerError, open_ledger
from scheduler.model.network import Abilities, Recovery
from scheduler.model.plan import Agenda
from scheduler.model.settings import Policy
from tests.daemon.reader import Writer
from tests.ledger.making import NOON, agenda, entry

ACCOUNT = "hall"
POSTS = 3
PATIENT = Policy(late_after=timedelta(days=30_000))


def posts(case: str) -> Agenda:
    return agenda(*(entry(f"{case}-{number}", account=ACCOUNT, due=NOON.replace(year=2026, minute=number)) for number in range(POSTS)))


def engine_of(ledger: Ledger, clock: Clock, writer: Writer, case: str, owner: str, lease: float = 600) -> Engine:
    abilities = {ACCOUNT: Abilities(recovery=writer.ability, key_window=timedelta(hours=1))}
    settings = Settings(owner=owner, policy=PATIENT, workers=1, lease=timedelta(seconds=lease), abilities=abilities)
    return Engine(ledger, clock, {ACCOUNT: writer}, lambda _now, _facts: posts(case), settings)


def main(folder: Path, address: str, port: int, ability: Recovery, losing: int, lease: float) -> int:
    clock = SystemClock()
    ledger = open_ledger(address, clock, folder=folder)
    holder = Holder.here(clock.now())
    engine = engine_of(ledger, clock, Writer(port, ability, losing), folder.name, holder.owner, lease)
    if armed_point() == "after_aside":
        settle, failing = ledger.settle, [True]

        def fail_once(*arguments: object) -> object:
            if failing and failing.pop():
                raise LedgerError("The ledger cannot be written: its disk is full.")
            return settle(*arguments)  # type: ignore[arg-type]  # handed through

        ledger.settle = fail_once  # type: ignore[method-assign, assignment]  # a disk that is full for a moment
    for _ in range(2):
        Daemon(engine, clock, folder, [], holder).run_once()
    return 0


def child(told: list[Any]) -> int:
    fault, folder, address, port, ability, losing, lease = told
    faults._ARMED = faults._read(fault)  # noqa: SLF001 - what the environment says at the start of a process of its own
    try:
        return main(Path(folder), address, port, Recovery(ability), losing, lease)
    except faults.FaultError:
        return 1


def follow(pid: int) -> None:
    _, status = os.waitpid(pid, os.WUNTRACED)
    print(json.dumps([pid, None if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)]), flush=True)


def serve() -> None:
    for line in sys.stdin:
        told = json.loads(line)
        if isinstance(told, int):
            os.kill(told, signal.SIGCONT)
            follow(told)
            continue
        pid = os.fork()
        if not pid:
            os._exit(child(told))
        follow(pid)


if __name__ == "__main__":
    serve()
