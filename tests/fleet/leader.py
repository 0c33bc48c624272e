"""A process that leads: `python -m tests.fleet.leader ADDRESS FOLDER`; each line of input is a thing to do, answered by a line."""

import sys
from pathlib import Path

from scheduler.clock import VirtualClock
from scheduler.ledger import LedgerError, open_ledger
from tests.ledger.making import NOON, entry, queued


def main(address: str, folder: str) -> None:
    ledger = open_ledger(address, VirtualClock(NOON), folder=Path(folder))
    session = ledger.session("first")
    for line in sys.stdin:
        if line.strip() == "elect":
            answer = "leads" if session.elect() else "follows"
        else:
            try:
                queued(ledger, entry(line.strip()))
                answer = "recorded"
            except LedgerError as error:
                answer = error.message
        print(answer, flush=True)
    session.close()
    ledger.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
