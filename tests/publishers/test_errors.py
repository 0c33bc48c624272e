"""The tables of errors are whole: every network has one. Each row is held true by the test of its network (see ``error_tables``)."""

from collections import Counter

import pytest

from scheduler.publishers.discovery import known_networks
from tests.publishers.error_tables import CLASSES, FOLDER, table

NETWORKS = sorted(path.stem for path in FOLDER.glob("*.toml"))


@pytest.mark.parametrize("network", NETWORKS)
def test_a_table_is_of_a_network_and_each_row_lands_somewhere(network: str) -> None:
    rows = table(network)
    assert network.partition("-")[0] in known_networks()
    assert {row.lands for row in rows} <= set(CLASSES)
    assert [says for says, times in Counter(row.says for row in rows).items() if times > 1] == []


def test_the_tables_are_printed() -> None:
    for network in NETWORKS:
        print(f"\n{known_networks()[network.partition('-')[0]].facts.title} {network.partition('-')[2]}")
        for row in table(network):
            wait = f" ({row.wait} s)" if row.wait else ""
            print(f"  {row.status} {row.says:<64} {row.lands}{wait}")
    print("\n" + "\n".join(f"{name:<11} {meaning}" for name, meaning in CLASSES.items()))


def test_every_network_on_somebody_else_s_server_has_a_table() -> None:
    assert {name.partition("-")[0] for name in NETWORKS} == {name for name, adapter in known_networks().items() if not adapter.facts.local}
