"""Random kills and broken connections cost nothing and double nothing; a short run always, a long one behind ``-m long``."""

from pathlib import Path

import pytest

from tests.soak.soak import Figures, soak

DAEMONS = {"one": "daemon", "two": "daemon", "three": "daemon"}
FLEET = {"hands": "fleet", "left": "worker", "right": "worker"}


def holds(figures: Figures) -> None:
    """What is promised, whatever was killed and broken."""
    assert (figures.duplicates, figures.lost, figures.falsely_sent, figures.falsely_refused) == (0, 0, 0, 0)
    assert set(figures.uncertain_by_account) <= {"none"}
    assert figures.sent > 0.7 * figures.deliveries
    assert figures.kills > 0
    assert sum(number for kind, number in figures.faults.items() if kind != "pass") > 0


@pytest.mark.parametrize("roles", [DAEMONS, FLEET], ids=["daemons", "fleet"])
def test_a_short_soak(tmp_path: Path, postgresql: str, roles: dict[str, str]) -> None:
    holds(soak(tmp_path, postgresql, roles, 60, every=2.5, most_kills=3, limit=300))


def test_a_short_soak_on_a_file_where_one_of_three_works_and_the_others_take_its_place(tmp_path: Path) -> None:
    holds(soak(tmp_path, str(tmp_path / "ledger.sqlite"), DAEMONS, 60, every=2.0, most_kills=3, limit=300))


@pytest.mark.long
@pytest.mark.parametrize("roles", [DAEMONS, FLEET], ids=["daemons", "fleet"])
def test_a_long_soak(tmp_path: Path, postgresql: str, roles: dict[str, str]) -> None:
    holds(soak(tmp_path, postgresql, roles, 5000, accounts=60, every=6.0, limit=3600))


@pytest.mark.long
def test_a_long_soak_on_a_file(tmp_path: Path) -> None:
    holds(soak(tmp_path, str(tmp_path / "ledger.sqlite"), DAEMONS, 5000, accounts=60, every=6.0, limit=3600))
