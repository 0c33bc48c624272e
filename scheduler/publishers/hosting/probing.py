"""Walks the whole way of a picture, from this machine to a stranger's, and says at which part it ends."""

import hashlib
import struct
import tempfile
import zlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from scheduler.clock import Clock
from scheduler.model.graphic import Picture
from scheduler.model.outcome import Refused
from scheduler.publishers.addresses import Address, UnsafeAddress, configured_address, learnt_address
from scheduler.publishers.answers import Reply
from scheduler.publishers.exchange import Call, Exchange
from scheduler.publishers.hosting.host import Check, Hosted, HostingError
from scheduler.publishers.hosting.server import parse_listen

PUBLIC = "the public address"
_MISSING = 404
_EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - these are looked up, and nothing is bound to them


class _Place(Protocol):
    def offer(self, picture: Picture) -> Hosted: ...

    def withdraw(self, key: str) -> None: ...


def walk(place: _Place, part: str, clock: Clock, teacher: Address | None = None) -> tuple[Check, ...]:
    """Returns what was found at each part: offering a picture at ``part``, fetching it as a stranger, and taking it away.

    ``teacher`` is the server that says where the picture is, None where a person wrote that into config.toml.
    """
    with tempfile.TemporaryDirectory() as folder:
        picture = _one_pixel(Path(folder))
        try:
            hosted = place.offer(picture)
        except HostingError as error:
            return (Check(part, works=False, sentence=error.reason, fix=error.fix),)
        offered = Check(part, works=True, sentence="A picture can be put there.")
        fetched = fetch(hosted.address, Path(picture.path).read_bytes(), PUBLIC, clock, teacher)
    try:
        place.withdraw(hosted.key)
    except HostingError as error:
        return offered, fetched, Check("clean-up", works=False, sentence=error.reason, fix="Allow the keys of [media] to delete.")
    return offered, fetched, Check("clean-up", works=True, sentence="The picture can be taken away again.")


def through_daemon(place: _Place, listen: str, clock: Clock) -> Check:
    """Returns whether the daemon itself shows what is offered, before any proxy comes into it."""
    with tempfile.TemporaryDirectory() as folder:
        picture = _one_pixel(Path(folder))
        try:
            hosted = place.offer(picture)
        except HostingError as error:
            return Check("the daemon", works=False, sentence=error.reason, fix="Let this user write to the folder.")
        # What listens on all addresses of this machine is asked by the one that never leaves it, so that nothing need be encrypted.
        host, port = parse_listen(listen)
        here = f"[{_EVERY.get(host, host)}]" if ":" in host else _EVERY.get(host, host)
        found = _fetched(Address(f"http://{here}:{port}", host), f"/{hosted.key}", Path(picture.path).read_bytes(), "the daemon", clock)
    place.withdraw(hosted.key)
    return found if found.works else replace(found, fix="Another program uses that port: choose another one as  listen  of [media].")


def fetch(url: str, expected: bytes, part: str, clock: Clock, teacher: Address | None = None) -> Check:
    """Returns whether the address gives exactly these bytes, as a picture, without sending the asker elsewhere.

    An address that a ``teacher`` told must not lead into our own network.
    """
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}"
    try:
        place = learnt_address(base, teacher) if teacher else configured_address(base, "public_url of [media]")
        return _fetched(place, url.removeprefix(base), expected, part, clock)
    except UnsafeAddress as error:
        return Check(part, works=False, sentence=error.message, fix=error.hint)


def _fetched(place: Address, path: str, expected: bytes, part: str, clock: Clock) -> Check:
    where = urlsplit(place.base).netloc
    with closing(Exchange(place, f"{part[0].upper()}{part[1:]}", clock)) as exchange:
        reply = exchange.ask(Call(path=path, patience=15.0))
    if isinstance(reply, Refused):
        return Check(part, works=False, sentence=reply.reason, fix=f"Make {where} reachable from the internet.")
    fault = _fault(reply, where, expected)
    if fault:
        return Check(part, works=False, sentence=fault[0], fix=fault[1])
    return Check(part, works=True, sentence=f"{where} shows the picture to everybody who has its address.")


def _fault(reply: Reply, where: str, expected: bytes) -> tuple[str, str] | None:
    """Returns what is wrong with an answer, and what to do; None where it is the picture."""
    kind = reply.headers.get("content-type", "nothing")
    if reply.status == _MISSING:
        fix = "Let your web server pass this address on to  listen  of [media] without changing the name of the file."
        return f"{where} answers, but does not find the picture (404).", fix
    if not reply.is_success:
        return f"{where} answers {reply.status} instead of the picture.", "Let everybody read what is there."
    if reply.body != expected:
        fix = "Something in between changes the pictures or puts a page of its own in their place; let it pass them on untouched."
        return f"{where} answers with something else than the picture.", fix
    if not kind.startswith("image/"):
        return f"{where} calls the picture {kind}.", "Let it keep the Content-Type."
    return None


def _one_pixel(folder: Path) -> Picture:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")
    path = folder / "test.png"
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    return Picture(path=str(path), sha256=digest, width=1, height=1, bytes=len(data), mime="image/png")
