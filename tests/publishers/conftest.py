from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulators.emulating import Running, running
from tests.publishers.error_tables import table
from tests.publishers.graph_house import House


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Makes a test of each row of a network's table of errors."""
    if "error_row" in metafunc.fixturenames:
        rows = table(getattr(metafunc.cls, "errors", "") or metafunc.cls.network)
        metafunc.parametrize("error_row", rows or [None], ids=[row.says for row in rows] or ["nobody answers"])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Makes long what a class does not name among its usual tests, where it names any."""
    for item in items:
        usual = getattr(getattr(item, "cls", None), "usual", None)
        if usual and getattr(item, "originalname", item.name) not in usual:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="module")
def meta(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Yields the emulator of Meta's networks, one for the tests of a module."""
    with running("graph", tmp_path_factory.mktemp("graph")) as server:
        yield server


@pytest.fixture
def house(meta: Running, tmp_path: Path) -> House:
    """Returns a project with an account on each of Meta's networks, where nothing has happened yet."""
    return House(tmp_path / "project", meta)
