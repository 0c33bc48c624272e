"""Films on their way: piece by piece from the disk, never another one than was measured, and the memory stays as it was."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.clock import SystemClock, VirtualClock
from scheduler.model.graphic import Picture
from scheduler.model.outcome import Refused
from scheduler.publishers.addresses import Address
from scheduler.publishers.answers import Reply
from scheduler.publishers.exchange import Call, Exchange
from scheduler.publishers.files import PictureError, measured, picture_bytes
from scheduler.publishers.notes import still_sending
from tests.films import Film
from tests.films import measured as film_at
from tests.serving import Answering, serving

MEBIBYTE = 1024 * 1024
# What a server answers whatever it is asked: each of the networks finds in it what it needs to go on.
_ANSWER: dict[str, Any] = {
    "id": "1",
    "url": "https://example.org/1",
    "version": "4.3.0",
    "published": True,
    "status": {"video_status": "ready"},
    "did": "did:plc:somebody",
    "handle": "somebody.test",
    "accessJwt": "planted-access",
    "refreshJwt": "planted-refresh",
    "token": "planted-pass",
    "jobId": "1",
    "blob": {"$type": "blob", "ref": {"$link": "b"}, "mimeType": "video/mp4", "size": 1},
    "cid": "c",
    "ok": True,
    "result": {"message_id": 1, "chat": {"id": -1}},
    "file_id": "F000000001",
    "file": {"shares": {"public": {"C0123456789": [{"ts": "1.000001"}]}}},
}
_NAMED = re.compile(rb'"collection": ?"([^"]+)".*"rkey": ?"([^"]+)"')
_SEND = """
import sys
from dataclasses import replace
from pathlib import Path
from scheduler.model.graphic import Picture, Video
from scheduler.model.outcome import Published
from scheduler.model.outgoing import Media
from tests.benchmarks.memory import own_peak
from tests.publishers.online import connected, prepared, publish, words
network, address, film, digest, size, folder = sys.argv[1:]
settings = {
    "facebook": {"graph_url": address, "page_id": "1"},
    "mastodon": {"server": address},
    "bluesky": {"service": address, "identifier": "somebody.test", "video_service": address},
    "telegram": {"api_url": address, "chat": "@harbourworkers"},
    "slack": {"api_url": address, "channel": "C0123456789"},
}
secrets = {"slack": "xoxb-planted"}
video = Video(seconds=12.0, codec="H.264", sound="AAC", frames=30.0)
picture = Picture(path=film, sha256=digest, width=1080, height=1920, bytes=int(size), mime="video/mp4", video=video)
publisher = connected(network, settings[network], secrets.get(network, "planted-secret"), Path(folder))
envelope = prepared(publisher, replace(words("See the march"), media=(Media(picture, "A crowd walks by"),)))
before = own_peak()
outcome = publish(publisher, envelope)
assert isinstance(outcome, Published), outcome
print(own_peak() - before)
"""


@dataclass
class Sink:
    """Is a server that reads what it is sent and keeps none of it; ``cuts`` are after how many bytes it breaks off, call by call."""

    address: str = ""
    cuts: list[int] = field(default_factory=list)
    heard: list[tuple[str, str, int]] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)

    def exchange(self, clock: SystemClock | VirtualClock | None = None) -> Exchange:
        return Exchange(Address(self.address, "localhost"), "Pigeon", clock or SystemClock())


@contextmanager
def sinking() -> Iterator[Sink]:
    sink = Sink()
    with serving(_Handler, sink=sink) as sink.address:
        yield sink


class _Handler(Answering):
    sink: Sink

    def get(self) -> None:
        self.say(200, _ANSWER)

    def post(self) -> None:
        length = int(self.headers["Content-Length"])  # a length that is not told is a mistake of ours
        cut = self.sink.cuts.pop(0) if self.sink.cuts else length
        left, digest, last = min(cut, length), hashlib.sha256(), b""
        while left and (piece := self.rfile.read(min(left, MEBIBYTE))):
            digest.update(piece)
            last = piece
            left -= len(piece)
        self.sink.heard.append((self.path.partition("?")[0], (self.headers["Content-Type"] or "").partition(";")[0], length))
        self.close_connection = True
        if cut == length and not left:
            self.sink.digests.append(digest.hexdigest())
            named = _NAMED.search(last[:4_096])
            uri = f"at://did:plc:somebody/{named[1].decode()}/{named[2].decode()}" if named else ""
            self.say(200, {**_ANSWER, "uri": uri, "upload_url": f"{self.sink.address}/upload"})


def film(folder: Path, padding: int = 3 * MEBIBYTE) -> Picture:
    return film_at(folder / "march.mp4", Film(padding=padding))


def large(path: Path, size: int) -> str:
    """Writes a file that takes no place on the disk and returns its digest."""
    with path.open("wb") as file:
        file.truncate(size)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@pytest.mark.parametrize(
    ("network", "megabytes"),
    [
        ("facebook", 40),
        ("mastodon", 40),
        ("bluesky", 40),
        pytest.param("facebook", 200, marks=pytest.mark.long),
        pytest.param("mastodon", 99, marks=pytest.mark.long),
        pytest.param("bluesky", 200, marks=pytest.mark.long),
        pytest.param("telegram", 47, marks=pytest.mark.long),
        pytest.param("slack", 200, marks=pytest.mark.long),
    ],
)
def test_a_film_however_large_needs_no_more_memory_than_a_small_one(tmp_path: Path, network: str, megabytes: int) -> None:
    size = megabytes * MEBIBYTE
    digest = large(tmp_path / "march.mp4", size)
    with sinking() as sink:
        arguments = [network, sink.address, str(tmp_path / "march.mp4"), digest, str(size), str(tmp_path)]
        root = Path(__file__).parent.parent.parent
        done = subprocess.run([sys.executable, "-c", _SEND, *arguments], cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert max(length for _, _, length in sink.heard) >= size, "the film itself has arrived"
    grown = float(done.stdout) / MEBIBYTE
    print(f"{network}: {megabytes} MiB sent, peak memory grew by {grown:.1f} MiB")
    assert grown < 16


@pytest.mark.parametrize("how", ["content", "files"])
def test_a_film_whose_line_broke_off_is_sent_anew_from_its_first_byte(tmp_path: Path, how: str) -> None:
    picture = film(tmp_path)
    with sinking() as sink, measured(picture) as source:
        sink.cuts = [MEBIBYTE]
        given: dict[str, Any] = {"content": source} if how == "content" else {"files": {"file": ("film.mp4", source, picture.mime)}}
        reply = sink.exchange().ask(
            Call(path="/film", method="POST", headers={} if how == "files" else {"Content-Type": "video/mp4"}, **given)
        )
    assert isinstance(reply, Reply)
    assert [path for path, _, _ in sink.heard] == ["/film", "/film"]
    assert len({length for _, _, length in sink.heard}) == 1
    assert len(sink.digests) == 1
    if how == "content":
        assert sink.digests == [picture.sha256]


def test_a_film_is_sent_to_a_second_address_as_whole_as_to_the_first(tmp_path: Path) -> None:
    picture = film(tmp_path)
    with sinking() as sink, measured(picture) as source:
        call = Call(path="/old", method="POST", content=source, headers={"Content-Type": "video/mp4"})
        for path in ("/old", "/new"):
            assert isinstance(sink.exchange().ask(replace(call, path=path)), Reply)
    assert sink.digests == [picture.sha256] * 2


def overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(2 * MEBIBYTE)
        file.write(b"another march")


def cut_off(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(2 * MEBIBYTE)


def grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


@pytest.mark.parametrize("change", [overwritten, cut_off, grown])
@pytest.mark.parametrize("visible", [True, False])
def test_a_film_that_is_changed_while_it_is_sent_arrives_nowhere_as_a_whole(
    tmp_path: Path, change: Callable[[Path], None], *, visible: bool
) -> None:
    picture, sending = film(tmp_path), False
    with sinking() as sink, measured(picture, lambda: change(Path(picture.path)) if sending else None) as source:
        sending = True
        call = Call(path="/film", method="POST", files={"file": ("film.mp4", source, picture.mime)}, form={"description": "march"})
        exchange = sink.exchange()
        with pytest.raises(PictureError, match="changed after the post was made ready"):
            exchange.show(call) if visible else exchange.ask(call)
        exchange.close()
    assert sink.digests == []


@pytest.mark.parametrize("change", [overwritten, cut_off, grown])
def test_a_film_that_was_changed_before_is_not_begun(tmp_path: Path, change: Callable[[Path], None]) -> None:
    picture = film(tmp_path)
    change(Path(picture.path))
    with pytest.raises(PictureError, match="changed after"), measured(picture):
        raise AssertionError("it was opened")
    with pytest.raises(PictureError, match="changed after"):
        picture_bytes(picture)


def test_an_open_film_is_sent_even_if_its_name_is_another_file_s_by_then(tmp_path: Path) -> None:
    picture = film(tmp_path)
    with sinking() as sink, measured(picture) as source:
        (tmp_path / "other").write_bytes(b"another")
        (tmp_path / "other").replace(picture.path)
        sink.exchange().ask(Call(path="/film", method="POST", content=source, headers={"Content-Type": "video/mp4"}))
    assert sink.digests == [picture.sha256]


def test_a_server_that_takes_a_film_for_ever_is_left(tmp_path: Path) -> None:
    picture, clock = film(tmp_path), VirtualClock(datetime(2027, 3, 27, tzinfo=UTC))
    with sinking() as sink, measured(picture, lambda: clock.advance(timedelta(seconds=20))) as source:
        call = Call(path="/film", method="POST", content=source, headers={"Content-Type": "video/mp4"}, patience=120.0)
        found = sink.exchange(clock).ask(call)
    assert isinstance(found, Refused)
    assert found.reason == "Pigeon did not answer in time: localhost takes what is sent too slowly."
    assert not found.permanent
    assert sink.digests == []


def test_while_a_long_film_is_sent_the_ledger_is_shown_every_minute_that_somebody_lives(tmp_path: Path) -> None:
    picture, clock, kept = film(tmp_path), VirtualClock(datetime(2027, 3, 27, tzinfo=UTC)), []
    beat = still_sending(lambda name, _value: kept.append((name, clock.monotonic())), clock)

    def slowly() -> None:
        clock.advance(timedelta(seconds=10))
        beat()

    with sinking() as sink, measured(picture, slowly) as source:
        call = Call(path="/film", method="POST", content=source, headers={"Content-Type": "video/mp4"}, patience=3_600.0)
        assert isinstance(sink.exchange(clock).ask(call), Reply)
    assert {name for name, _ in kept} == {"uploading"}
    moments = [at for _, at in kept]
    assert moments == [60.0 * (number + 1) for number in range(len(moments))]
    assert len(moments) >= 8
