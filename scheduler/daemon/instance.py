"""One daemon for one project folder: the lock, and who holds it."""

import json
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from scheduler.clock import Clock
from scheduler.disk import OWNER_ALONE, private_folder, replace_file
from scheduler.ledger.history import Instance
from scheduler.model.errors import SchedulerError

_LOOKING_SECONDS = 0.5


class AlreadyRunningError(SchedulerError):
    """Says that another daemon serves this project folder."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Is the process that serves a project folder; ``started`` is RFC 3339 in UTC."""

    pid: int
    host: str
    boot: str
    started: str
    name: str

    @classmethod
    def here(cls, now: datetime) -> "Holder":
        """Returns this process, under a name that no other run has."""
        return cls(os.getpid(), socket.gethostname(), _boot_id(), now.isoformat(timespec="seconds"), uuid.uuid4().hex[:8])

    @property
    def owner(self) -> str:
        """Returns the name under which this run claims deliveries."""
        return f"{self.host}/{self.boot}/{self.pid}/{self.name}"

    def alive_at(self, now: datetime) -> Instance:
        """Returns the heartbeat of this run."""
        return Instance(self.owner, self.host, self.pid, self.boot, datetime.fromisoformat(self.started), now)


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


@contextmanager
def only_one(state: Path, clock: Clock, holder: Holder | None = None) -> Iterator[Holder]:
    """Holds the lock of a project's ``.scheduler`` folder.

    Raises:
        AlreadyRunningError: another process holds it; the sentence says which.
        SchedulerError: the folder cannot be written to.
    """
    me = holder or Holder.here(clock.now())
    lock = _locked(state)
    try:
        _tell(state, me)
        yield me
    finally:
        (state / "daemon.json").unlink(missing_ok=True)
        lock.release()


def _locked(state: Path) -> FileLock:
    # Who only looks whether a daemon runs (`status`) holds the lock for a moment, which must not keep one from starting.
    lock = FileLock(state / "daemon.lock", timeout=_LOOKING_SECONDS, mode=OWNER_ALONE)
    try:
        private_folder(state)
        lock.acquire()
    except Timeout as error:
        raise AlreadyRunningError(
            _who(read_holder(state)), "Let it do the work:  scheduler status  tells how it is. Or stop that one first."
        ) from error
    except OSError as error:
        raise SchedulerError(
            f"The folder {state} cannot be used: {error.strerror}.", "Give the user who runs the scheduler the right to write there."
        ) from error
    return lock


def _tell(state: Path, me: Holder) -> None:
    try:
        replace_file(state / "daemon.json", json.dumps(asdict(me)).encode(), mode=OWNER_ALONE)
    except OSError as error:
        raise SchedulerError(
            f"The folder {state} cannot be written to: {error.strerror}.", "Free some space there; nothing is sent until then."
        ) from error


def read_holder(state: Path) -> Holder | None:
    """Returns who says that it holds the lock; None where nobody does or it cannot be read."""
    try:
        return Holder(**json.loads((state / "daemon.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def running(state: Path) -> Holder | None:
    """Returns the daemon that serves a project folder now, proven by its lock; None where there is none."""
    path = state / "daemon.lock"
    if not path.exists():
        return None
    try:
        with FileLock(path, timeout=0, mode=OWNER_ALONE):
            return None
    except Timeout:
        return read_holder(state) or Holder(0, "", "", "", "")
    except OSError:
        # Whoever may not write here cannot ask the lock; the process itself can still be looked for.
        return _if_there(read_holder(state))


def left_behind(state: Path) -> Holder | None:
    """Returns the daemon that ended without taking its leave, where none runs now; None where the last one ended in good order."""
    return read_holder(state) if running(state) is None else None


def _if_there(holder: Holder | None) -> Holder | None:
    if holder is None or (holder.host, holder.boot) != (socket.gethostname(), _boot_id()):
        return None
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return None
    except OSError:
        return holder
    return holder


def _who(holder: Holder | None) -> str:
    if holder is None:
        return "The scheduler is already running for this folder."
    since = datetime.fromisoformat(holder.started).astimezone()
    when = f"{since:%A}, {since:%B} {since.day}, {since:%H:%M %Z}"
    return f"The scheduler is already running for this folder, since {when}, as process {holder.pid} on {holder.host}."
