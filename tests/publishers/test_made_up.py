"""A network that does not exist: one file for it, and the suite of every network in about ten lines."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from scheduler.model.network import Account
from scheduler.publishers.contract import Adapter, Connection, Publisher
from scheduler.publishers.discovery import known_networks
from tests.publishers.folders import InFolder
from tests.publishers.posts import Shown
from tests.publishers.test_rehearsal import kept
from tests.publishers.wired import ESSENTIAL

FILE = '''\
"""Noticeboard: a folder with a sheet of paper for each post in the union hall."""

from scheduler.model.limits import Limits
from scheduler.model.network import Abilities, Network, Recovery
from scheduler.publishers.contract import Adapter
from scheduler.publishers.rehearsal import Rehearsal

_GAPS = {"polls": "Nobody counts votes on paper.", "feed": "A board is read in the hall."}
_GAPS |= {"edit": "Ink stays as it is.", "delete": "The porter takes sheets down."}
_FACTS = Network(
    name="noticeboard",
    title="Noticeboard",
    limits=Limits(text=400, pictures=2),
    abilities=Abilities(recovery=Recovery.CLIENT_ID),
    local=True,
    gaps=_GAPS,
)
NETWORK = Adapter(_FACTS, lambda connection: Rehearsal(_FACTS, connection.folder, connection.account))
'''


@cache
def noticeboard() -> Adapter:
    """Returns the network of its one file."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "noticeboard.py").write_text(FILE, encoding="utf-8")
        return known_networks(Path(folder))["noticeboard"]


def board(folder: Path) -> Publisher:
    """Returns the board that hangs in the folder."""
    connect = noticeboard().connect
    assert connect is not None
    return connect(Connection(Account(name="main", network="noticeboard"), folder, lambda: ""))


class TestMadeUp(InFolder):
    network = "noticeboard"
    usual = ESSENTIAL | {"test_what_is_out_is_read_back", "test_a_folder_that_cannot_be_made_is_refused_for_now"}

    def adapter(self) -> Adapter:
        return noticeboard()

    def writer(self, folder: Path) -> Publisher:
        return board(folder)

    def seen(self, folder: Path) -> list[Shown]:
        return kept(folder)

    def recipe(self) -> str:
        return "__import__('tests.publishers.test_made_up', fromlist=['x']).board(folder)"
