"""A ledger on each database; PostgreSQL is a private cluster of this test run."""

import os
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from scheduler.clock import VirtualClock
from scheduler.ledger import Ledger, open_ledger
from tests.ledger.making import NOON

Address = str | Path
OpenAgain = Callable[[], Ledger]


def as_postgres(*command: str) -> None:
    """Runs a program of PostgreSQL, which refuses to work for root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a running server; without PostgreSQL on this machine the test fails and says what to install."""
    given = os.environ.get("SCHEDULER_TEST_POSTGRESQL")
    if given:
        yield given
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        pytest.fail("PostgreSQL is missing: `apt-get install postgresql`, or name a server in SCHEDULER_TEST_POSTGRESQL")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()
    try:
        as_postgres(str(found[-1] / "initdb"), "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
        as_postgres(str(found[-1] / "pg_ctl"), "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        as_postgres(str(found[-1] / "pg_ctl"), "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture
def postgresql(postgresql_server: str) -> str:
    """The address of an empty schema, which is much quicker to make than a database."""
    name = f"ledger_{random.SystemRandom().getrandbits(48):x}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
    return f"{postgresql_server}?options=-csearch_path%3D{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """Where a new ledger may be, on each database."""
    if request.param == "sqlite":
        return tmp_path / "ledger.sqlite"
    found: str = request.getfixturevalue("postgresql")
    return found


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture
def open_again(address: Address, clock: VirtualClock, tmp_path: Path) -> Iterator[OpenAgain]:
    """Opens the same ledger once more, as another process would."""
    opened: list[Ledger] = []

    def open_one() -> Ledger:
        opened.append(open_ledger(address, clock, folder=tmp_path, chance=random.Random(1)))
        return opened[-1]

    yield open_one
    for ledger in opened:
        ledger.close()


@pytest.fixture
def ledger(open_again: OpenAgain) -> Ledger:
    """An empty ledger."""
    return open_again()
