"""The suite for what is written into a folder of this machine, where nobody answers and everything can stop at any line."""

import json
import os
import subprocess
import sys
from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from scheduler.model.outcome import Absent, Published, Refused
from scheduler.model.outgoing import Envelope
from scheduler.publishers.contract import Publisher
from tests.emulators.emulating import Running
from tests.publishers.conformance import Conformance
from tests.publishers.posts import NOON, TEXT, Shown, nothing, outgoing


@dataclass(frozen=True)
class Place(Running):
    """Is a folder where an emulator would be: what stands in it is what was called."""

    @property
    def state(self) -> dict[str, Any]:
        return {"calls": sorted(str(path) for path in self.folder.rglob("*")) if self.folder.exists() else []}


class InFolder(Conformance):
    """Holds a publisher to the contract in a folder, which it makes itself."""

    lacks = MappingProxyType(
        {"answers": "It writes into a folder of this machine: there is nobody who answers, asks for a secret or keeps one waiting."}
    )

    @abstractmethod
    def writer(self, folder: Path) -> Publisher:
        """Returns a new publisher that keeps its posts in the folder."""

    @abstractmethod
    def seen(self, folder: Path) -> list[Shown]:
        """Returns every post that a reader finds there."""

    @abstractmethod
    def recipe(self) -> str:
        """Returns the Python expression that makes the same publisher from ``folder``, for a process of its own."""

    @pytest.fixture
    def server(self, tmp_path: Path) -> Running:
        return Place("", tmp_path / "place")

    def publisher(self, server: Running, folder: Path, secret: str | None = None) -> Publisher:
        del folder, secret
        return self.writer(server.folder)

    def shown(self, server: Running) -> list[Shown]:
        return self.seen(server.folder)

    def settings(self, server: Running) -> dict[str, str]:
        del server
        return {}

    def ready(self, folder: Path, pictures: Path, delivery: str = "0a1b2c3d4e5f", text: str = TEXT) -> Envelope:
        post = outgoing(pictures, delivery, text)
        return Envelope(post, self.writer(folder).prepare(post, NOON))

    def test_a_folder_that_cannot_be_made_is_refused_for_now(self, server: Running, tmp_path: Path) -> None:
        envelope = self.ready(server.folder, tmp_path)
        server.folder.write_text("a file stands where the folder should be")
        outcome = self.writer(server.folder).publish(envelope, nothing)
        assert not isinstance(outcome, Published)
        assert not (isinstance(outcome, Refused) and outcome.permanent)

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="the fault driver forks")
    def test_killed_at_any_line_it_heals_into_exactly_one_whole_post(self, server: Running, tmp_path: Path) -> None:
        envelope = self.ready(server.folder, tmp_path)
        earlier = self.ready(server.folder, tmp_path, delivery="eeeeeeeeeeee", text="An earlier post")
        orders = tmp_path / "orders.json"
        orders.write_text(json.dumps([[dict(each.ids), each.outgoing.to_json()] for each in (earlier, envelope)]))
        command = [sys.executable, "-m", "tests.publishers.fault_driver", self.recipe(), str(server.folder), str(orders)]
        subprocess.run(command, check=True, timeout=240, cwd=Path(__file__).parents[2])
        places = sorted(server.folder.iterdir())
        assert len(places) > 20
        for crashed in places:
            self.heals(crashed, envelope)

    def heals(self, folder: Path, envelope: Envelope) -> None:
        """Does what the engine does after a crash, and then looks as a reader."""
        proof = self.writer(folder).find(envelope)
        outcome = self.writer(folder).publish(envelope, nothing) if isinstance(proof, Absent) else proof
        assert isinstance(outcome, Published), folder
        posts = [post for post in self.seen(folder) if post.text == TEXT]
        assert len(posts) == 1, folder
        assert posts[0].alts == tuple(item.alt for item in envelope.outgoing.media)
        assert outcome.url.endswith(posts[0].url)
        assert not list(folder.rglob("*.writing")), folder
