"""PostgreSQL of the system, with a cluster of its own for each test run."""

import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
    user = "postgres" if os.geteuid() == 0 else None
    place = Path(tempfile.mkdtemp(prefix="scheduler-postgresql-"))
    try:
        if user:
            shutil.chown(place, user, user)
        yield from _serve(place, folder / "postgresql.log", user, () if durable else CARELESS)
    finally:
        shutil.rmtree(place)


def _serve(place: Path, log: Path, user: str | None, care: tuple[str, ...]) -> Iterator[str]:
    programs = _programs()
    assert programs is not None, "run `python -m tests.servers` first"
    as_user = ["runuser", "-u", user, "--"] if user else []
    data, port = place / "data", processes.free_port()
    run([*as_user, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"])
    options = ("listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={place}", *care)
    command: list[str | Path] = [programs / "postgres", "-D", data, *(word for option in options for word in ("-c", option))]
    ready: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    with processes.running(command, log, lambda: attempt(ready).returncode == 0, user=user, end_signal=signal.SIGINT):
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"


def _programs() -> Path | None:
    found = [path.parent for path in VERSIONS.glob("*/bin/initdb")]
    newest = max(found, key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0), default=None)
    if newest is None and (elsewhere := shutil.which("initdb")):
        return Path(elsewhere).parent
    return newest
