import pytest

from tests.publishers.error_tables import table


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Makes a test of each row of a network's table of errors."""
    if "error_row" in metafunc.fixturenames:
        rows = table(getattr(metafunc.cls, "errors", "") or metafunc.cls.network)
        metafunc.parametrize("error_row", rows, ids=[row.says for row in rows])
