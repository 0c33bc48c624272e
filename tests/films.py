"""Films of a few hundred bytes: their boxes say what a test wants, and nothing in them can be played."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from scheduler.model.graphic import Picture, Video

UPRIGHT, SIDEWAYS = (1, 0, 0, 0, 1, 0, 0, 0, 16384), (0, 1, 0, -1, 0, 0, 0, 0, 16384)


def box(kind: str, *content: bytes) -> bytes:
    body = b"".join(content)
    return (len(body) + 8).to_bytes(4, "big") + kind.encode("latin-1") + body


def words(*numbers: int, size: int = 4) -> bytes:
    return b"".join(number.to_bytes(size, "big", signed=number < 0) for number in numbers)


@dataclass(frozen=True)
class Film:
    seconds: float = 12.0
    size: tuple[int, int] = (1080, 1920)
    codec: str = "avc1"
    sound: str = "mp4a"
    frames: int = 30
    brand: str = "isom"
    sideways: bool = False
    notes: bytes = b""
    padding: int = 64
    content: bytes = b""
    seen: tuple[tuple[int, int], ...] = ()
    """Are the stretches of the content that are pictures and sound; all of it unless given."""
    hour: bytes = bytes(8)

    @property
    def data(self) -> bytes:
        kinds = box("ftyp", self.brand.encode(), bytes(4))
        content = len(kinds) + len(self._index(0)) + 8
        return kinds + self._index(content) + box("mdat", self.content or b"\1" * self.padding)

    def _index(self, content: int) -> bytes:
        tracks = [self._track("vide", self.codec, *self.size, content)]
        tracks += [self._track("soun", self.sound, 0, 0, content)] if self.sound else []
        wide = len(self.hour) > 8
        header = words(1 << 24 if wide else 0) + self.hour + words(1000) + words(round(self.seconds * 1000), size=8 if wide else 4)
        return box("moov", box("mvhd", header, bytes(80)), *tracks, self.notes)

    def _track(self, kind: str, codec: str, width: int, height: int, content: int) -> bytes:
        matrix = [step * 65536 if abs(step) == 1 else step for step in (SIDEWAYS if self.sideways else UPRIGHT)]
        header = box(
            "tkhd",
            words(0, 0, 0, 1 if kind == "vide" else 2, 0, round(self.seconds * 1000)),
            bytes(16),
            words(*matrix, width << 16, height << 16),
        )
        entry = box(codec, bytes(24), words(width, height, size=2), bytes(50 if kind == "vide" else 0))
        places = self.seen or ((0, len(self.content) or self.padding),)
        where = box("stsc", words(0, 1, 1, 1, 1)) + box("stsz", words(0, 0, len(places), *(size for _, size in places)))
        where += box("stco", words(0, len(places), *(content + at for at, _ in places)))
        times = box("stts", words(0, 1, round(self.seconds * self.frames), 1000 // self.frames))
        table = box("stbl", box("stsd", words(0, 1), entry), times, where)
        ticks = words(0, 0, 0, 1000, round(self.seconds * self.frames) * (1000 // self.frames), 0)
        return box("trak", header, box("mdia", box("mdhd", ticks), box("hdlr", words(0, 0), kind.encode(), bytes(13)), box("minf", table)))

    def write(self, path: Path) -> Path:
        path.write_bytes(self.data)
        return path


def measured(path: Path, film: Film | None = None) -> Picture:
    """Writes a film and returns it as it is measured."""
    made = film or Film()
    data = made.write(path).read_bytes()
    names = {"avc1": "H.264", "hvc1": "HEVC", "mp4a": "AAC", "": ""}
    width, height = made.size
    video = Video(seconds=made.seconds, codec=names[made.codec], sound=names[made.sound], frames=float(made.frames))
    mime = "video/quicktime" if made.brand == "qt  " else "video/mp4"
    return Picture(
        path=str(path), sha256=hashlib.sha256(data).hexdigest(), width=width, height=height, bytes=len(data), mime=mime, video=video
    )
