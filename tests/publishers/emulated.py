"""The suite for a network that an emulator of ours plays, in a process of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from scheduler.clock import SystemClock, VirtualClock
from scheduler.model.settings import Organisation
from scheduler.publishers.contract import Connection, Publisher
from scheduler.publishers.hosting.host import MediaHost
from tests.emulators.emulating import Running, running
from tests.publishers.conformance import Conformance


class Emulated(Conformance):
    """Holds a publisher to the contract against an emulator."""

    emulator: ClassVar[str]

    def host(self, folder: Path) -> MediaHost | None:
        """Returns where pictures can be fetched, for networks that fetch them."""
        del folder
        return None

    @pytest.fixture(scope="class")
    @classmethod
    def process(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
        with running(cls.emulator, tmp_path_factory.mktemp("emulator")) as server:
            yield server

    @pytest.fixture
    def server(self, process: Running) -> Running:
        process.reset()
        return process

    def publisher(self, server: Running, folder: Path, secret: str | None = None) -> Publisher:
        """Returns a new publisher, as after a start of the program."""
        connect = self.adapter().connect
        assert connect is not None
        clock, organisation = VirtualClock(SystemClock().now()), Organisation(name="Harbour Workers")
        told = self.secret.replace("SERVER", server.address) if secret is None else secret
        return connect(Connection(self.account(server), folder, lambda: told, organisation, clock=clock, media=self.host(folder)))
