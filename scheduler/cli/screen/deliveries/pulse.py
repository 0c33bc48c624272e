"""Whether the scheduler runs for a project, and where it does not, what became of it."""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.cli.screen.times import moment, span
from scheduler.ledger.trouble import LedgerError

if TYPE_CHECKING:
    from scheduler.assembly import Project
    from scheduler.daemon.instance import Holder
    from scheduler.ledger import Ledger

SHARED_BEAT = timedelta(minutes=1)
"""Daemons on one database look every two seconds and tell so; one that was not heard of for so long is gone."""

HANGS_AFTER = timedelta(minutes=5)
FULL_BYTES = 1_000_000
START = "Start it:  scheduler run"


@dataclass(frozen=True, slots=True)
class Pulse:
    """Is how the daemon is: ``runs``, ``hangs``, ``died``, ``stopped`` or ``never``, in words, with what to do about it."""

    state: str
    sentence: str
    step: str = ""
    trouble: tuple[str, ...] = ()

    @property
    def alive(self) -> bool:
        """Tells whether there is a daemon at all."""
        return self.state in {"runs", "hangs"}

    @property
    def healthy(self) -> bool:
        """Tells whether it does its work."""
        return self.state == "runs" and not self.trouble


def pulse_of(project: "Project", ledger: "Ledger | None", now: datetime, zone: tzinfo) -> Pulse:
    """Returns how the daemon of a project is; ``ledger`` is None where there is none yet."""
    if ledger is None:
        return Pulse("never", "The scheduler has not run for this folder yet.", START)
    from scheduler.daemon.instance import left_behind, running

    last, trouble = ledger.last_tick(), _trouble(project, ledger, now, zone)
    if ledger.is_shared:
        return _shared(last, trouble, now, zone)
    holder = running(project.state_folder)
    if holder is not None:
        return _serving(holder, last, trouble, now, zone)
    heard, disk = f" It was last heard of {_when(last, now, zone)}." if last else "", _disk(project.state_folder)
    gone = left_behind(project.state_folder)
    if gone is not None:
        who = f"process {gone.pid} on {gone.host}"
        return Pulse("died", f"The scheduler does not run: {who} ended without a word.{heard}", f"{START} ; nothing is sent twice.", disk)
    return Pulse("stopped", f"The scheduler does not run.{heard}", START, disk)


def without_ledger(project: "Project", why: LedgerError) -> Pulse:
    """Returns how the daemon is where its ledger cannot be read."""
    from scheduler.daemon.instance import running

    trouble = (f"{why.message} {why.hint}".strip(),)
    holder = running(project.state_folder)
    if holder is None:
        return Pulse("stopped", "The scheduler does not run here, and its ledger cannot be read.", trouble=trouble)
    return Pulse("runs", f"The scheduler is there (process {holder.pid}), but its ledger cannot be read.", trouble=trouble)


def _shared(last: datetime | None, trouble: tuple[str, ...], now: datetime, zone: tzinfo) -> Pulse:
    if last is not None and now - last < SHARED_BEAT:
        return Pulse("runs", f"The scheduler runs; it last looked {_when(last, now, zone)}.", trouble=trouble)
    heard = f" None was heard of since {_when(last, now, zone)}." if last else ""
    return Pulse("stopped", f"No scheduler runs on this database.{heard}", START)


def _serving(holder: "Holder", last: datetime | None, trouble: tuple[str, ...], now: datetime, zone: tzinfo) -> Pulse:
    who = f"process {holder.pid}" if holder.pid else "another process"
    if last is not None and now - last > HANGS_AFTER:
        silent = f"The scheduler ({who}) is there, but has done nothing for {span(now - last)}."
        return Pulse(
            "hangs", silent, f"See its log. If it is stuck, end it (kill {holder.pid}) and start it again; nothing is sent twice.", trouble
        )
    looked = f"; it last looked {_when(last, now, zone)}" if last else ""
    return Pulse("runs", f"The scheduler runs ({who}){looked}.", trouble=trouble)


def _trouble(project: "Project", ledger: "Ledger", now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Returns what keeps the daemon from its work, by its own word, and by a look at the disk."""
    from scheduler.ledger.remembering import TROUBLE, WORKERS

    told = ledger.get(TROUBLE)
    found = []
    if told:
        since, message, hint = told
        found.append(f"Nothing is sent since {moment(datetime.fromisoformat(since), now, zone)}: {message} {hint}".strip())
    if ledger.get(WORKERS) == ["0"]:
        found.append("No worker takes what is handed out; start one:  scheduler worker")
    return (*found, *_disk(project.state_folder))


def _disk(folder: Path) -> tuple[str, ...]:
    """Returns what is wrong with the disk of the ledger."""
    found = []
    if _is_full(folder):
        found.append("The disk of the ledger is full; nothing is sent until there is space again.")
    if _is_read_only(folder):
        found.append("The disk of the ledger is read-only; nothing is sent until it can be written to.")
    return tuple(found)


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < FULL_BYTES
    except OSError:
        return False


def _is_read_only(folder: Path) -> bool:
    """Tells whether nobody can write there; on systems that do not say so, the daemon's own trouble has to."""
    try:
        return hasattr(os, "statvfs") and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _when(at: datetime, now: datetime, zone: tzinfo) -> str:
    past = now - at
    if timedelta(0) <= past < timedelta(seconds=2):
        return "just now"
    return f"{span(past)} ago" if timedelta(0) <= past < timedelta(hours=1) else moment(at, now, zone)
