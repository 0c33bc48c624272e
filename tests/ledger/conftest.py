"""A ledger on each database; PostgreSQL is a private cluster of this test run."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from scheduler.clock import VirtualClock
from scheduler.ledger import Ledger, open_ledger
from tests.ledger.making import NOON
from tests.servers import postgresql as postgresql_here

Address = str | Path
OpenAgain = Callable[[], Ledger]


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a private server; without PostgreSQL on this machine the test fails and says what to install."""
    with postgresql_here.running(tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest.fixture
def postgresql(postgresql_server: str) -> str:
    """The address of an empty schema."""
    return empty_schema(postgresql_server)


def empty_schema(postgresql_server: str) -> str:
    """Returns the address of a new schema, which is much quicker to make than a database."""
    name = f"ledger_{random.SystemRandom().getrandbits(48):x}"
    with psycopg.connect(postgresql_server.replace("+psycopg", ""), autocommit=True) as connection:
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
