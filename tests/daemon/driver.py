"""A daemon in a process of its own: `python -m tests.daemon.driver FOLDER [run|once]`.

Its posts are lines ``name account minutes-from-now text`` of FOLDER/plan.txt; the network writes one file for each post it accepts into
FOLDER/received, under a name that no two posts share, so that a second arrival is seen. It proves by looking there.
Where FOLDER/fill exists, the disk of the ledger is full from the moment at which a post arrives.
"""

import contextlib
import logging
import sqlite3
import sys
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.clock import SystemClock
from scheduler.daemon import Daemon, Engine, Settings
from scheduler.daemon.instance import Holder
from scheduler.ledger import open_ledger
from scheduler.model.delivery import Facts
from scheduler.model.errors import SchedulerError
from scheduler.model.outcome import Absent, Outcome, Proof, Published
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.model.plan import Agenda
from scheduler.publishers.contract import Remember
from tests.ledger.making import agenda, entry


def fill(state: Path) -> sqlite3.Connection:
    """Fills the disk of the ledger; who looks at the ledger meanwhile keeps it from using its space again, and is returned."""
    reading = sqlite3.connect(state / "ledger.sqlite", check_same_thread=False)
    reading.execute("BEGIN")
    reading.execute("SELECT count(*) FROM delivery").fetchone()
    with (state / "ballast").open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
        while ballast.write(bytes(512)) == 512:
            pass
    return reading


class Receiver:
    """Accepts posts by writing a file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        del now
        return {"slug": f"{outgoing.delivery}"}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        remember("step", "1")
        name = f"{envelope.ids['slug']}.{uuid.uuid4().hex}"
        # All of a post at once: the process may be killed in the middle of this, for another account's sake.
        arriving = self._folder.parent / f"{name}.arriving"
        arriving.write_text(envelope.outgoing.text, encoding="utf-8")
        arriving.rename(self._folder / name)
        if (self._folder.parent / "fill").exists():
            self._reading = fill(self._folder.parent / ".scheduler")
        return Published(name, f"https://example.org/{name}")

    def find(self, envelope: Envelope) -> Proof:
        found = sorted(self._folder.glob(f"{envelope.ids['slug']}.*"))
        return Published(found[0].name) if found else Absent()


def main(folder: Path, verb: str) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    clock = SystemClock()
    state = folder / ".scheduler"

    def read(now: datetime, facts: Facts) -> Agenda:
        del now, facts
        lines = (folder / "plan.txt").read_text(encoding="utf-8").splitlines()
        entries = []
        for line in lines:
            name, account, due, text = line.split(" ", 3)
            entries.append(entry(name, account=account, due=datetime.fromisoformat(due), text=text))
        return agenda(*entries)

    publishers = {account: Receiver(folder / "received") for account in ("hall", "other")}
    try:
        ledger = open_ledger(state / "ledger.sqlite", clock)
        holder = Holder.here(clock.now())
        settings = Settings(owner=holder.owner, lease=timedelta(minutes=10))
        daemon = Daemon(Engine(ledger, clock, publishers, read, settings), clock, state, [folder / "plan.txt"], holder)
        if verb == "once":
            print(len(daemon.run_once().done))
            return 0
        return daemon.run()
    except SchedulerError as error:
        print(f"{error.message} {error.hint}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "run"))
