"""A running daemon whose ``[media]`` is changed: pictures are offered where the file says by now, and nowhere else."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from scheduler.assembly import open_project
from scheduler.clock import SystemClock, VirtualClock
from scheduler.model.errors import SchedulerError
from tests.emulators.emulating import Running
from tests.publishers import stores
from tests.publishers.graph_house import House
from tests.publishers.test_taking_away import KEYS, NOT_NOW
from tests.servers import processes

FLYER = "\n\n![A flyer](../flyer.jpg)\n"


class Office:
    """Is a project folder and the engine of a daemon that serves it, on a clock of its own."""

    def __init__(self, folder: Path, meta: Running, account: str) -> None:
        self.house, self.account = House(folder, meta, (account,)), account
        self.clock = VirtualClock(SystemClock().now())
        self.ports = [processes.free_port() for _ in range(2)]
        self.offers(self.own(0))
        self._hired = open_project(self.house.folder, self.clock)._engine()  # noqa: SLF001 - the engine as the daemon has it
        self.engine, _, self.following = self._hired.__enter__()
        self.sweep()

    def close(self) -> None:
        self._hired.__exit__(None, None, None)

    def own(self, number: int) -> str:
        return f'host = "own"\nlisten = "127.0.0.1:{self.ports[number]}"\npublic_url = "http://127.0.0.1:{self.ports[number]}"'

    def offers(self, media: str) -> None:
        """Writes another table, as if it had been saved a while ago; none where it says nothing."""
        path = self.house.folder / "config.toml"
        path.write_text(
            re.sub(r"\[media\][^\[]*", "", path.read_text("utf-8")) + (f"\n[media]\n{media}\n" if media else ""), encoding="utf-8"
        )
        os.utime(path, ((self.clock.now() - timedelta(seconds=5)).timestamp(),) * 2)

    def posts(self, name: str) -> None:
        """Writes a post with a picture that is due, and lets the daemon send it."""
        self.house.write(name, f"{name.title()}{FLYER}", self.account, days=(self.clock.now() - SystemClock().now()) / timedelta(days=1))
        self.looks()

    def looks(self) -> None:
        self.clock.advance(timedelta(minutes=2))
        self.house.server.switch(later=(self.clock.now() - SystemClock().now()).total_seconds())
        self.engine.refresh()
        report = self.engine.tick()
        if report.trouble is not None:
            raise report.trouble

    def sweep(self) -> None:
        self.following.setup.keep_house(self.engine.ledger)

    def fetched(self) -> list[str]:
        """Returns where the network fetched its pictures, in order, without their names."""
        return [each["url"].rpartition("/")[0] for each in self.house.server.state["fetched"]]

    def listens(self) -> list[bool]:
        return [processes.listens(port) for port in self.ports]

    def kept(self) -> list[str]:
        return [path.name for path in (self.house.folder / ".scheduler/hosted").glob("*.jpg")]


@pytest.fixture
def office(meta: Running, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Office]:
    made = Office(tmp_path / "project", meta, getattr(request, "param", "gram"))
    yield made
    made.close()


def test_an_own_endpoint_moves_with_its_table_and_is_silent_where_it_was(office: Office) -> None:
    office.posts("first")
    assert (office.fetched(), office.listens()) == ([f"http://127.0.0.1:{office.ports[0]}"], [True, False])
    office.offers(office.own(1))
    office.posts("second")
    assert office.fetched()[1:] == [f"http://127.0.0.1:{office.ports[1]}"]
    assert (office.listens(), office.kept(), office.house.states()) == ([False, True], [], ["sent", "sent"])


def test_a_picture_that_waits_when_the_endpoint_moves_is_fetched_at_its_new_address(office: Office) -> None:
    office.house.server.fault("POST .*/(media|threads)", "answer", status=400, body=NOT_NOW, late=True)
    office.posts("march")
    assert (office.house.states(), len(office.kept())) == (["queued"], 1)
    office.offers(office.own(1))
    for _ in range(5):
        office.looks()
    assert office.house.states() == ["sent"]
    assert office.fetched()[-1] == f"http://127.0.0.1:{office.ports[1]}"
    assert office.kept() == []


def test_a_port_that_is_taken_sends_nothing_and_the_table_of_before_brings_the_endpoint_back(office: Office) -> None:
    with closing(socket.create_server(("127.0.0.1", office.ports[1]))):
        office.offers(office.own(1))
        with pytest.raises(SchedulerError, match="Pictures cannot be served on"):
            office.posts("march")
        assert office.fetched() == []
    office.offers(office.own(0))
    office.looks()
    assert (office.fetched(), office.listens()) == ([f"http://127.0.0.1:{office.ports[0]}"], [True, False])
    assert office.house.states() == ["sent"]


def test_an_account_that_cannot_do_without_a_table_waits_for_another(office: Office) -> None:
    office.offers("")
    office.posts("march")
    assert (office.fetched(), office.house.states()) == ([], ["queued"])
    assert "config.toml does not say where" in " ".join(office.house.inside("status").out.split())
    office.offers(office.own(1))
    assert office.house.inside("resume", "--account", "gram", "--publish").code == 0
    office.looks()
    assert (office.fetched(), office.listens()) == ([f"http://127.0.0.1:{office.ports[1]}"], [False, True])
    assert office.house.states() == ["sent"]


@pytest.mark.parametrize("office", ["threads"], indirect=True)
def test_a_table_that_is_taken_away_ends_the_endpoint_and_what_lies_there_is_taken_away(office: Office) -> None:
    office.house.server.fault("POST .*/(media|threads)", "answer", status=400, body=NOT_NOW, late=True)
    office.posts("march")
    assert len(office.kept()) == 1
    office.offers("")
    for _ in range(3):
        office.looks()
    assert office.listens() == [False, False]
    assert office.house.states() == ["refused"]
    assert "config.toml has no [media]" in office.house.inside("queue", "--json").json["deliveries"][0]["why"]
    office.sweep()
    assert office.kept() == []
    office.offers(office.own(1))
    office.posts("second")
    assert (office.listens(), office.house.states()) == ([False, True], ["refused", "sent"])


@pytest.mark.long
def test_a_bucket_in_the_place_of_the_own_endpoint_is_used_from_then_on(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHEDULER_SECRET_MEDIA", KEYS)
    office.house.server.fault("POST .*/(media|threads)", "answer", status=400, body=NOT_NOW, late=True)
    office.posts("march")
    assert len(office.kept()) == 1
    with stores.running(tmp_path) as store:
        bucket = f'host = "s3"\nbucket = "pictures"\nendpoint_url = "{store}"\npublic_url = "{store}/pictures"\nacl = "public-read"'
        office.offers(bucket)
        for _ in range(5):
            office.looks()
        assert office.house.states() == ["sent"]
        assert (office.fetched()[-1], office.listens()) == (f"{store}/pictures", [False, False])
        office.sweep()
        assert (office.kept(), stores.kept(store)) == ([], 0)
        office.offers(bucket.replace('bucket = "pictures"', 'bucket = "others"').replace("/pictures", "/others"))
        assert httpx.put(f"{store}/others", trust_env=False).status_code == 200
        office.posts("second")
        assert (office.fetched()[-1], office.house.states()) == (f"{store}/others", ["sent", "sent"])
