"""What every publisher must do; a publisher's own test subclasses :class:`Conformance` and says how to make and to read it."""

import hashlib
import json
import os
import struct
import subprocess
import sys
import zlib
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.model.graphic import Picture
from scheduler.model.outcome import Absent, Published, Refused
from scheduler.model.outgoing import Envelope, Facet, Media, Outgoing
from scheduler.publishers.contract import Publisher

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
TEXT = "🚨 ¡Marcha el 1º de mayo! 👩🏽‍🏭\n\n  Two spaces, a\ttab & <b>no</b> HTML.\n#MayDay नमस्ते 🏳️‍🌈 "


@dataclass(frozen=True)
class Seen:
    """Is a post as a reader finds it where the publisher put it."""

    text: str
    alts: tuple[str, ...]
    url: str


def png(width: int = 8, height: int = 10, shade: int = 128) -> bytes:
    """Returns a real PNG file of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes([shade]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def picture(folder: Path, name: str = "march.png", *, mime: str = "image/png", **changes: int) -> Picture:
    """Writes a picture and returns it as measured."""
    data = png(shade=zlib.crc32(name.encode()) % 256)
    path = folder / name
    path.write_bytes(data)
    measured = {"width": 8, "height": 10, "bytes": len(data)} | changes
    plain = Picture(path=str(path), sha256=hashlib.sha256(data).hexdigest(), mime=mime, width=0, height=0, bytes=0)
    return replace(plain, **measured)  # type: ignore[arg-type] # only numbers are passed on


def outgoing(folder: Path, delivery: str = "0a1b2c3d4e5f", text: str = TEXT, *, pictures: int = 2) -> Outgoing:
    """Returns a post with everything in it that text and pictures can carry."""
    start = text.find("#MayDay")
    facets = (Facet("tag", start, start + 7, "MayDay"),) if start >= 0 else ()
    media = tuple(Media(picture(folder, f"{delivery}-{number}.png"), f'Banner {number}: "Unión" & <i>') for number in range(pictures))
    return Outgoing(delivery=delivery, account="main", network="any", text=text, facets=facets, media=media, language="es")


def nothing(_key: str, _value: str) -> None:
    """Remembers nothing: the publishers under test give no ids in invisible steps."""


class Conformance(ABC):
    """Holds a publisher to the contract."""

    @abstractmethod
    def publisher(self, folder: Path) -> Publisher:
        """Returns a new publisher that keeps its posts in the folder, as after a start of the program."""

    @abstractmethod
    def seen(self, folder: Path) -> list[Seen]:
        """Returns every post that a reader finds there."""

    @abstractmethod
    def recipe(self) -> str:
        """Returns the Python expression that makes the same publisher from ``folder``, for a process of its own."""

    @pytest.fixture
    def pictures(self, tmp_path: Path) -> Path:
        folder = tmp_path / "pictures"
        folder.mkdir()
        return folder

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        return tmp_path / "place"

    def envelope(self, folder: Path, pictures: Path, delivery: str = "0a1b2c3d4e5f", text: str = TEXT) -> Envelope:
        post = outgoing(pictures, delivery, text)
        return Envelope(post, self.publisher(folder).prepare(post, NOON))

    def test_a_post_goes_out_with_its_text_and_alt_texts_unchanged(self, place: Path, pictures: Path) -> None:
        envelope = self.envelope(place, pictures)
        outcome = self.publisher(place).publish(envelope, nothing)
        assert isinstance(outcome, Published)
        [post] = self.seen(place)
        assert post.text == TEXT
        assert post.alts == tuple(item.alt for item in envelope.outgoing.media)
        assert outcome.url.endswith(post.url)

    def test_the_same_envelope_twice_is_one_post_with_one_address(self, place: Path, pictures: Path) -> None:
        envelope = self.envelope(place, pictures)
        publisher, ids = self.publisher(place), dict(envelope.ids)
        kept = Envelope(envelope.outgoing, ids)
        first, again = publisher.publish(kept, ids.__setitem__), publisher.publish(kept, ids.__setitem__)
        assert first == again == self.publisher(place).publish(kept, ids.__setitem__)
        assert len(self.seen(place)) == 1

    def test_find_proves_absence_before_and_presence_after(self, place: Path, pictures: Path) -> None:
        envelope = self.envelope(place, pictures)
        assert self.publisher(place).find(envelope) == Absent()
        outcome = self.publisher(place).publish(envelope, nothing)
        assert self.publisher(place).find(envelope) == outcome
        other = self.envelope(place, pictures, delivery="ffffffffffff", text="Another")
        assert self.publisher(place).find(other) == Absent()

    def test_prepare_gives_the_same_ids_each_time_and_touches_nothing(self, place: Path, pictures: Path) -> None:
        post = outgoing(pictures)
        assert self.publisher(place).prepare(post, NOON) == self.publisher(place).prepare(post, NOON)
        assert not place.exists()

    def test_two_posts_of_equal_words_are_two_posts(self, place: Path, pictures: Path) -> None:
        for delivery in ("000000000001", "000000000002"):
            assert isinstance(self.publisher(place).publish(self.envelope(place, pictures, delivery), nothing), Published)
        assert len({post.url for post in self.seen(place)}) == 2

    def test_a_picture_that_was_changed_since_is_not_sent(self, place: Path, pictures: Path) -> None:
        envelope = self.envelope(place, pictures)
        Path(envelope.outgoing.media[1].picture.path).write_bytes(png(shade=1))
        outcome = self.publisher(place).publish(envelope, nothing)
        assert isinstance(outcome, Refused)
        assert "was changed" in outcome.reason
        assert self.publisher(place).find(envelope) == Absent()
        assert self.seen(place) == []

    def test_half_an_emoji_is_refused_in_words(self, place: Path, pictures: Path) -> None:
        post = replace(outgoing(pictures, pictures=0), text="cut \ud83d")
        outcome = self.publisher(place).publish(Envelope(post, self.publisher(place).prepare(post, NOON)), nothing)
        assert isinstance(outcome, Refused)
        assert "half of an emoji" in outcome.reason

    def test_a_folder_that_cannot_be_made_is_refused_for_now(self, place: Path, pictures: Path) -> None:
        envelope = self.envelope(place, pictures)
        place.write_text("a file stands where the folder should be")
        outcome = self.publisher(place).publish(envelope, nothing)
        assert not isinstance(outcome, Published)
        assert not (isinstance(outcome, Refused) and outcome.permanent)

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="the fault driver forks")
    def test_killed_at_any_line_it_heals_into_exactly_one_whole_post(self, place: Path, pictures: Path) -> None:
        envelope = self.envelope(place, pictures)
        earlier = self.envelope(place, pictures, delivery="eeeeeeeeeeee", text="An earlier post")
        orders = pictures / "orders.json"
        orders.write_text(json.dumps([[dict(each.ids), each.outgoing.to_json()] for each in (earlier, envelope)]))
        command = [sys.executable, "-m", "tests.publishers.fault_driver", self.recipe(), str(place), str(orders)]
        subprocess.run(command, check=True, timeout=240, cwd=Path(__file__).parents[2])
        places = sorted(place.iterdir())
        assert len(places) > 20
        for crashed in places:
            self.heals(crashed, envelope)

    def heals(self, folder: Path, envelope: Envelope) -> None:
        """Does what the engine does after a crash, and then looks as a reader."""
        proof = self.publisher(folder).find(envelope)
        outcome = self.publisher(folder).publish(envelope, nothing) if isinstance(proof, Absent) else proof
        assert isinstance(outcome, Published), folder
        posts = [post for post in self.seen(folder) if post.text == TEXT]
        assert len(posts) == 1, folder
        assert posts[0].alts == tuple(item.alt for item in envelope.outgoing.media)
        assert outcome.url.endswith(posts[0].url)
        assert not list(folder.rglob("*.writing")), folder
