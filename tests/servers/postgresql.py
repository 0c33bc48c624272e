"""PostgreSQL of the system, with a cluster of its own for each test run."""

import os
import re
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tests.servers import debian, processes
from tests.servers.steps import attempt, run

TITLE = "PostgreSQL"
VERSIONS = Path("/usr/lib/postgresql")
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def is_installed() -> bool:
    """Tells whether some version of the server is there."""
    return _programs() is not None


def install() -> None:
    """Installs the system's version."""
    if not is_installed():
        debian.install(["postgresql"])


@contextmanager
def running(folder: Path, *, durable: bool = False) -> Iterator[str]:
    """Runs a new, empty server and gives its address as SQLAlchemy writes it; its log is kept in ``folder``.

    Only a ``durable`` one waits for the disk, as a server does that somebody relies on.

    It refuses to run as root, and a test's own folder is closed to everybody else: root gives it a folder of the system's
    temporary ones and the user ``postgres``.
    """
    with restartable(folder, durable=durable) as (address, _restart):
        yield address


@contextmanager
def restartable(folder: Path, *, durable: bool = True) -> Iterator[tuple[str, Callable[[float], None]]]:
    """Runs a server as :func:`running` does; gives its address, and what ends it and starts it again after so many seconds."""
    user = "postgres" if os.geteuid() == 0 else None
    place = Path(tempfile.mkdtemp(prefix="scheduler-postgresql-"))
    never = threading.Event()
    try:
        if user:
            shutil.chown(place, user, user)
        address, start = _server(place, folder / "postgresql.log", user, () if durable else CARELESS)
        with ExitStack() as stack:
            stack.enter_context(start())

            def restart(pause: float) -> None:
                stack.close()
                never.wait(pause)
                stack.enter_context(start())

            yield address, restart
    finally:
        shutil.rmtree(place)


def _server(place: Path, log: Path, user: str | None, care: tuple[str, ...]) -> tuple[str, Callable[[], AbstractContextManager[object]]]:
    programs = _programs()
    assert programs is not None, "run `python -m tests.servers` first"
    as_user = ["runuser", "-u", user, "--"] if user else []
    data, port = place / "data", processes.free_port()
    run([*as_user, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"])
    options = ("listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={place}", *care)
    command: list[str | Path] = [programs / "postgres", "-D", data, *(word for option in options for word in ("-c", option))]
    ready: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    start = partial(processes.running, command, log, lambda: attempt(ready).returncode == 0, user=user, end_signal=signal.SIGINT)
    return f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres", start


def _programs() -> Path | None:
    found = [path.parent for path in VERSIONS.glob("*/bin/initdb")]
    newest = max(found, key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0), default=None)
    if newest is None and (elsewhere := shutil.which("initdb")):
        return Path(elsewhere).parent
    return newest
