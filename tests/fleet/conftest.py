"""PostgreSQL for tests with several processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet.scene import Scene
from tests.ledger.conftest import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server", "scene"]


@pytest.fixture
def scene(tmp_path: Path, postgresql: str) -> Iterator[Scene]:
    made = Scene(tmp_path, postgresql)
    yield made
    made.close()
