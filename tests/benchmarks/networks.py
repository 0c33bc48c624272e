"""How many posts a second reach real servers on loopback, with and without a picture, against a bare loop of the same calls."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from tests.benchmarks.benchmark import Benchmark, Figures, Side, Value, timed
from tests.publishers.conformance import png
from tests.servers import bluesky_pds, snac

COUNT = 30
PATIENCE = 60.0
PASSWORD = "correct horse battery staple"
COLLECTION = "app.bsky.feed.post"
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"

Send = Callable[[int, bool], None]


def prepare(folder: Path) -> None:
    """Writes the picture that is sent."""
    (folder / "flyer.png").write_bytes(png(600, 750))


def measured(folder: Path, senders: Callable[[Path, str, str], tuple[Send, Send]]) -> Figures:
    """Runs both servers, sends to each, and gives the posts a second."""
    figures = {}
    with ExitStack() as open_servers:
        bluesky = open_servers.enter_context(bluesky_pds.running(_new(folder, "bluesky")))
        other = open_servers.enter_context(snac.running(_new(folder, "snac")))
        bluesky.create_account("harbour.test", PASSWORD)
        for name, send in zip(("Bluesky PDS", "snac"), senders(folder, bluesky.address, f"{other.address} {other.token}"), strict=True):
            for what, pictured in (("words", False), ("a picture", True)):
                send(10_000 + pictured, pictured)
                spent = timed(lambda send=send, pictured=pictured: [send(number + 100 * pictured, pictured) for number in range(COUNT)])  # type: ignore[misc] # the defaults bind this round's values
                figures[f"{name}, {what}"] = Value(COUNT / spent.value, "posts/s")
    return figures


def _new(folder: Path, name: str) -> Path:
    for number in range(100):
        place = folder / f"{name}-{number}"
        if not place.exists():
            place.mkdir()
            return place
    raise AssertionError(name)


def with_scheduler(folder: Path) -> Figures:
    """Sends by the networks' own publishers, each post with ids and limits of its own."""
    from scheduler.graphics.picture import measure  # noqa: PLC0415 - the baseline's memory must not include ours
    from scheduler.model.graphic import Picture  # noqa: PLC0415 - as above
    from scheduler.model.outcome import Published  # noqa: PLC0415 - as above
    from scheduler.model.outgoing import Media, Outgoing  # noqa: PLC0415 - as above
    from tests.publishers.online import connected, prepared, publish  # noqa: PLC0415 - as above

    picture = measure(folder / "flyer.png")
    assert isinstance(picture, Picture)

    def senders(folder: Path, bluesky: str, other: str) -> tuple[Send, Send]:
        address, token = other.split()
        publishers = (
            connected("bluesky", {"service": bluesky, "identifier": "harbour.test"}, PASSWORD, _new(folder, "project")),
            connected("mastodon", {"server": address}, token, _new(folder, "project")),
        )

        def sender(which: int) -> Send:
            def send(number: int, pictured: bool) -> None:
                media = (Media(picture, "A grey flyer"),) if pictured else ()
                post = Outgoing(
                    delivery=f"{number:012x}", account="main", network="any", text=f"March {number}", media=media, language="en"
                )
                assert isinstance(publish(publishers[which], prepared(publishers[which], post)), Published)

            return send

        return sender(0), sender(1)

    return measured(folder, senders)


def with_httpx_alone(folder: Path) -> Figures:
    """Makes the same calls over one kept connection each, and looks at nothing but the status."""
    data = (folder / "flyer.png").read_bytes()

    def senders(folder: Path, bluesky: str, other: str) -> tuple[Send, Send]:
        del folder
        address, token = other.split()
        return _bare_bluesky(bluesky, data), _bare_snac(address, token, data)

    return measured(folder, senders)


def _bare_bluesky(address: str, data: bytes) -> Send:
    client = httpx.Client(base_url=f"{address}/xrpc/", timeout=PATIENCE)
    session = client.post("com.atproto.server.createSession", json={"identifier": "harbour.test", "password": PASSWORD}).json()
    client.headers["Authorization"] = f"Bearer {session['accessJwt']}"

    def send(number: int, pictured: bool) -> None:
        record: dict[str, Any] = {"$type": COLLECTION, "text": f"March {number}", "createdAt": "2026-03-02T08:00:00Z", "langs": ["en"]}
        if pictured:
            blob = client.post("com.atproto.repo.uploadBlob", content=data, headers={"Content-Type": "image/png"}).json()["blob"]
            record["embed"] = {"$type": "app.bsky.embed.images", "images": [{"alt": "A grey flyer", "image": blob}]}
        name = "3lk2yhqd3" + "".join(_LETTERS[number >> shift & 31] for shift in (15, 10, 5, 0))
        body = {"repo": session["did"], "collection": COLLECTION, "rkey": name, "record": record, "swapRecord": None}
        client.post("com.atproto.repo.putRecord", json=body).raise_for_status()

    return send


def _bare_snac(address: str, token: str, data: bytes) -> Send:
    # The server closes each connection without saying so: a kept one would break off now and then.
    once = httpx.Limits(max_keepalive_connections=0)
    client = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE, limits=once)

    def send(number: int, pictured: bool) -> None:
        media = []
        if pictured:
            file = {"file": (f"{number}.png", data, "image/png")}
            media = [client.post("/api/v2/media", files=file, data={"description": "A grey flyer"}).raise_for_status().json()["id"]]
        body = {"status": f"March {number}", "media_ids": media, "visibility": "public", "language": "en"}
        client.post("/api/v1/statuses", json=body).raise_for_status()

    return send


BENCHMARK = Benchmark(
    title="posts to servers on loopback",
    prepare=prepare,
    ours=Side("the publishers", with_scheduler),
    baseline=Side("the same calls by httpx alone", with_httpx_alone),
)
