"""What the publishers' tests send, and what they look at afterwards."""

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from scheduler.model.graphic import Picture
from scheduler.model.outgoing import Facet, Media, Outgoing
from tests.films import Film, measured

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
TEXT = (
    "🚨 ¡Marcha el 1º de mayo! 👩🏽‍🏭\n\n  Two spaces, a\ttab, & no <b>HTML</b> {braces} (and) [more] *stars* _under_.\n#MayDay नमस्ते 🏳️‍🌈 "
)
"""Is what networks and their formats like to change: spaces, tabs, the signs of their markup, composed emoji, a space at the end."""
DELIVERY = "0a1b2c3d4e5f"


class Killed(BaseException):
    """Ends a delivery where a process would have ended."""


@dataclass
class Shown:
    """Is a post as readers see it; ``url`` is how its address ends, where the suite knows it."""

    text: str
    alts: tuple[str, ...] = ()
    url: str = ""


@dataclass
class Memory:
    """Is what the ledger would know; it ends the delivery at its ``dies``-th id, before or after keeping it."""

    ids: dict[str, str]
    dies: int = 0
    before: bool = False
    commits: int = field(default=0)

    def remember(self, name: str, value: str) -> None:
        self.commits += 1
        dies = self.commits == self.dies
        if dies and self.before:
            raise Killed
        self.ids[name] = value
        if dies:
            raise Killed


def jpeg(folder: Path, name: str, size: tuple[int, int] = (80, 100), shade: str = "navy", kind: str = "JPEG") -> Picture:
    """Writes a real picture and returns it as measured."""
    stream = io.BytesIO()
    Image.new("RGB", size, shade).save(stream, kind)
    path = folder / name
    path.write_bytes(stream.getvalue())
    digest = hashlib.sha256(stream.getvalue()).hexdigest()
    return Picture(path=str(path), sha256=digest, width=size[0], height=size[1], bytes=len(stream.getvalue()), mime=f"image/{kind.lower()}")


def heavy(folder: Path, name: str, size: int) -> Picture:
    """Writes a real JPEG of so many bytes, most of them behind its end, and returns it as measured."""
    small = jpeg(folder, name)
    data = Path(small.path).read_bytes().ljust(size, b"\0")
    Path(small.path).write_bytes(data)
    return replace(small, bytes=size, sha256=hashlib.sha256(data).hexdigest())


def post(folder: Path, network: str, text: str = TEXT, *, pictures: int = 2, delivery: str = DELIVERY) -> Outgoing:
    """Returns a post with pictures that have descriptions."""
    shades = ("navy", "maroon", "teal", "olive")
    media = tuple(Media(jpeg(folder, f"{delivery}-{n}.jpg", shade=shades[n]), f'Banner {n}: "Unión" & <i>') for n in range(pictures))
    return Outgoing(delivery=delivery, account="main", network=network, text=text, facets=_tags(text), media=media, language="es")


def with_film(outgoing: Outgoing, folder: Path, alt: str = "A crowd walks by, singing") -> Outgoing:
    """Returns the post with a film before its pictures."""
    return replace(outgoing, media=(Media(measured(folder / "march.mp4", Film(content=b"march" * 16_000)), alt), *outgoing.media))


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
    media = tuple(Media(picture(folder, f"{delivery}-{number}.png"), f'Banner {number}: "Unión" & <i>') for number in range(pictures))
    return Outgoing(delivery=delivery, account="main", network="any", text=text, facets=_tags(text), media=media, language="es")


def _tags(text: str) -> tuple[Facet, ...]:
    start = text.find("#MayDay")
    return (Facet("tag", start, start + 7, "MayDay"),) if start >= 0 else ()


def nothing(_key: str, _value: str) -> None:
    """Remembers nothing: the publishers under test give no ids in invisible steps."""
