"""What ``status`` says of a fleet."""

from pathlib import Path

import pytest

from scheduler.ledger.remembering import WORKERS
from tests.cli.newsroom import Newsroom

LACKS = "No worker takes what is handed out; start one:  scheduler worker"


@pytest.mark.parametrize(("workers", "lacks"), [(["0"], True), (["2"], False), ([], False)])
def test_a_fleet_without_workers_is_trouble_and_one_with_workers_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], workers: list[str], lacks: bool
) -> None:
    room = Newsroom(tmp_path)
    with room.ledger() as ledger:
        ledger.put(WORKERS, workers)
    with room.running():
        assert room.status() == int(lacks)
    assert (LACKS in capsys.readouterr().out) == lacks
