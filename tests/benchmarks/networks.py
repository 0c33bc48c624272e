"""How many posts a second reach real servers on loopback, with and without a picture, against a bare loop of the same calls."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from scheduler.graphics.picture import measure
from scheduler.model.graphic import Picture
from scheduler.model.outcome import Published
from scheduler.model.outgoing import Media, Outgoing
from scheduler.publishers.contract import Publisher
from tests.benchmarks.benchmark import Benchmark, Figures, Side, Value, timed
from tests.publishers.online import connected, prepared, publish
from tests.publishers.posts import png
from tests.servers import bluesky_pds, snac

TURNS, AT_A_TIME = 10, 4
HANDLES = ("harbour.test", "pier.test")
PATIENCE = 60.0
PASSWORD = "correct horse battery staple"
COLLECTION = "app.bsky.feed.post"
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"

Send = Callable[[int, bool], None]


def prepare(folder: Path) -> None:
    """Writes the picture that is sent."""
    (folder / "flyer.png").write_bytes(png(600, 750))


def in_turns(folder: Path) -> Figures:
    """Sends to both servers by the publishers and by bare calls, a few posts each in turns, so that both have the same load beside them."""
    figures = {}
    with ExitStack() as open_servers:
        bluesky = open_servers.enter_context(bluesky_pds.running(_new(folder, "bluesky")))
        other = open_servers.enter_context(snac.running(_new(folder, "snac")))
        for handle in HANDLES:
            bluesky.create_account(handle, PASSWORD)
        ours = by_publishers(folder, bluesky.address, other.address, other.token)
        bare = by_httpx_alone(folder, bluesky.address, other.address, other.token)
        for name in ours:
            for what, pictured in (("words", False), ("a picture", True)):
                figures[f"{name}, {what}"] = _compared(ours[name], bare[name], pictured=pictured)
    return figures


def _compared(ours: Send, bare: Send, *, pictured: bool) -> Value:
    spent = {ours: 0.0, bare: 0.0}
    first = 100_000 * pictured
    for send in spent:
        send(first, pictured)
    for turn in range(TURNS):
        # Who is first changes each time: what a server does late for one of them is paid by both.
        for send in (ours, bare) if turn % 2 else (bare, ours):
            numbers = range(first + 1 + turn * AT_A_TIME, first + 1 + (turn + 1) * AT_A_TIME)
            spent[send] += timed(lambda send=send, numbers=numbers: [send(number, pictured) for number in numbers]).value  # type: ignore[misc] # the defaults bind this round's values
    sent = TURNS * AT_A_TIME
    return Value(sent / spent[ours], "posts/s", against=sent / spent[bare])


def _new(folder: Path, name: str) -> Path:
    place = folder / name
    place.mkdir()
    return place


def by_publishers(folder: Path, bluesky: str, other: str, token: str) -> dict[str, Send]:
    """Returns what sends by the networks' own publishers, each post with ids and limits of its own."""
    picture = measure(folder / "flyer.png")
    assert isinstance(picture, Picture)

    def sender(publisher: Publisher) -> Send:
        def send(number: int, pictured: bool) -> None:
            media = (Media(picture, "A grey flyer"),) if pictured else ()
            post = Outgoing(delivery=f"{number:012x}", account="main", network="any", text=f"March {number}", media=media, language="en")
            assert isinstance(publish(publisher, prepared(publisher, post)), Published)

        return send

    project = _new(folder, "project")
    return {
        "Bluesky PDS": sender(connected("bluesky", {"service": bluesky, "identifier": HANDLES[0]}, PASSWORD, project)),
        "snac": sender(connected("mastodon", {"server": other}, token, project)),
    }


def by_httpx_alone(folder: Path, bluesky: str, other: str, token: str) -> dict[str, Send]:
    """Returns what makes the same calls over one kept connection, and looks at nothing but the status."""
    data = (folder / "flyer.png").read_bytes()
    return {"Bluesky PDS": _bare_bluesky(bluesky, data), "snac": _bare_snac(other, token, data)}


def _bare_bluesky(address: str, data: bytes) -> Send:
    client = httpx.Client(base_url=f"{address}/xrpc/", timeout=PATIENCE)
    session = client.post("com.atproto.server.createSession", json={"identifier": HANDLES[1], "password": PASSWORD}).json()
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
    ours=Side("the publishers", in_turns),
    baseline=Side("the same calls by httpx alone, in turns", lambda _folder: {}),
    memory=False,
)
