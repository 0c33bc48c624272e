"""Reads what a film's file says of itself: how long, how large, in which codecs. No picture of it is decoded.

Sources: ISO/IEC 14496-12 (``mvhd``, ``tkhd``, ``mdhd``, ``hdlr``, ``stsd``, ``stts``, ``mehd``), 14496-14 and -15 for the names of
codecs, and Apple's QuickTime File Format, from which MP4 comes.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from scheduler.graphics.boxes import Box, Damaged, boxes, found, outer_boxes, read_box, within
from scheduler.graphics.fragments import runs, usual_in
from scheduler.graphics.heic import is_boxed
from scheduler.graphics.problem import Unreadable
from scheduler.model.graphic import Picture, Video

MOST_BYTES: Final = 1024**3
_MOST_INDEX: Final = 64 * 1024**2
_STARTS: Final = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
_CODECS: Final[Mapping[bytes, str]] = {
    b"avc1": "H.264",
    b"avc3": "H.264",
    b"hvc1": "HEVC",
    b"hev1": "HEVC",
    b"dvh1": "HEVC",
    b"dvhe": "HEVC",
    b"av01": "AV1",
    b"vp08": "VP8",
    b"vp09": "VP9",
    b"mp4v": "MPEG-4",
    b"apcn": "ProRes",
    b"apch": "ProRes",
    b"apcs": "ProRes",
    b"apco": "ProRes",
    b"ap4h": "ProRes",
    b"ap4x": "ProRes",
    b"mp4a": "AAC",
    b".mp3": "MP3",
    b"ac-3": "AC-3",
    b"ec-3": "E-AC-3",
    b"alac": "ALAC",
    b"fLaC": "FLAC",
    b"Opus": "Opus",
    b"sowt": "PCM",
    b"twos": "PCM",
    b"lpcm": "PCM",
    b"ipcm": "PCM",
    b"in24": "PCM",
}
# ISO/IEC 14496-1, 7.2.6.5 and 7.2.6.6: a stream's description with its number, and that of its decoder, which begins with its kind.
_DESCRIBED: Final = re.compile(rb"\x03[\x80-\xff]{0,3}[\0-\x7f]..[\0-\x1f]\x04[\x80-\xff]{0,3}[\0-\x7f](.)", re.DOTALL)
_IN_STREAMS: Final[Mapping[int, str]] = {
    **dict.fromkeys((0x40, 0x66, 0x67, 0x68), "AAC"),
    **dict.fromkeys((0x69, 0x6B), "MP3"),
    **dict.fromkeys((0x60, 0x61, 0x62, 0x63, 0x64, 0x65), "MPEG-2"),
    0x20: "MPEG-4",
    0x6A: "MPEG-1",
    0x6C: "JPEG",
    0x6D: "PNG",
    0xA5: "AC-3",
    0xA9: "DTS",
    0xDD: "Vorbis",
}
"""Are the codecs that stand behind the two names for whatever MPEG-4 has room for, by the registered object types (mp4ra.org)."""


@dataclass(frozen=True, slots=True)
class _Track:
    kind: bytes
    codec: str
    width: int
    height: int
    number: int
    unit: int
    length: int
    count: int
    ticks: int
    """Is how long the pictures are together; ``length`` is what the track says of itself, which may count the time before them."""

    def frames(self) -> float:
        """Returns the frames a second, 0 where nothing tells."""
        return round(self.count * self.unit / self.ticks, 2) if self.count and self.unit and self.ticks else 0.0


def is_video(head: bytes) -> bool:
    """Tells whether a file that begins with these bytes (12 at least) is an MP4 or QuickTime film."""
    return head[4:8] in _STARTS and not is_boxed(head)


def measure_video(path: Path) -> Picture | Unreadable:
    """Returns the film at ``path`` as measured, width and height as it is seen, or why it cannot be used; its frames are not looked at.

    A file that is shorter than its own index says was not copied whole, and is refused.
    """
    name = path.name
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MOST_BYTES:
                return Unreadable(f"{name} is larger than 1 GB.")
            mime, width, height, video = _facts(file, size)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return Unreadable(f"{name} cannot be read: {error.strerror or error}.")
    except Damaged as damage:
        return Unreadable(f"{name} {str(damage) or 'is damaged or incomplete: save or download it again'}.")
    return Picture(path=str(path.absolute()), sha256=digest, width=width, height=height, bytes=size, mime=mime, video=video)


def _facts(file: BinaryIO, size: int) -> tuple[str, int, int, Video]:
    outer = list(outer_boxes(file, size))
    index = next((box for box in outer if box.kind == b"moov"), None)
    if index is None or not any(box.kind in {b"mdat", b"moof"} for box in outer):
        raise Damaged("has no film in it, or was not copied whole: save or download it again")
    if index.end - index.start > _MOST_INDEX:
        raise Damaged("has an index of more than 64 MB: export it again as an MP4")
    data = read_box(file, index)
    moov = within(index, data)
    tracks = [_track(data, trak) for trak in found(data, moov, b"trak")]
    seen = next((track for track in tracks if track.kind == b"vide"), None)
    if seen is None:
        raise Damaged("has sound and no picture: a post needs a film that can be seen")
    if not (seen.width and seen.height):
        raise Damaged("does not say how large its picture is: export it again as an MP4")
    sound = next((track.codec for track in tracks if track.kind == b"soun"), "")
    seen = _with_fragments(seen, file, outer, usual_in(data, moov))
    seconds = _seconds(data, moov)
    if not seconds or any(box.kind == b"moof" for box in outer):
        # What the index of a film in fragments calls its length may be that of what stands before the first of them.
        seconds = max(seconds, round(seen.length / seen.unit, 3) if seen.unit else 0)
    if not seconds:
        raise Damaged("does not say how long it is: export it again as an MP4")
    return _mime(file, outer), seen.width, seen.height, Video(seconds=seconds, codec=seen.codec, sound=sound, frames=seen.frames())


def _with_fragments(track: _Track, file: BinaryIO, outer: list[Box], usual: Mapping[int, tuple[int, int]]) -> _Track:
    """Returns a track with what its fragments add to it, of which its index says nothing."""
    mine = [run for run in runs(file, outer, usual) if run.track == track.number]
    ticks = track.ticks + sum(run.ticks for run in mine)
    return replace(track, length=ticks, ticks=ticks, count=track.count + sum(run.samples for run in mine)) if mine else track


def _mime(file: BinaryIO, outer: list[Box]) -> str:
    brand = next((box for box in outer if box.kind == b"ftyp"), None)
    if brand is None:
        return "video/quicktime"
    file.seek(brand.body)
    return "video/quicktime" if file.read(4) == b"qt  " else "video/mp4"


def _seconds(data: bytes, moov: Box) -> float:
    """Returns how long the film is, 0 where its index does not say; a film that is written in fragments says so in another place."""
    unit, length = _duration(data, _one(data, moov, b"mvhd"))
    pieces = found(data, moov, b"mvex", b"mehd")
    if not length and pieces:
        wide = data[pieces[0].body] == 1
        length = _number(data, pieces[0].body + 4, 8 if wide else 4)
    return round(length / unit, 3) if unit else 0.0


def _track(data: bytes, trak: Box) -> _Track:
    kind = data[_one(data, trak, b"mdia", b"hdlr").body + 8 :][:4]
    if kind not in {b"vide", b"soun"}:
        return _Track(kind, "", *([0] * 7))
    entries = _one(data, trak, b"mdia", b"minf", b"stbl", b"stsd")
    sample = next(boxes(data, entries.body + 8, entries.end), None)
    codec = _codec(data, sample) if sample else ""
    if kind != b"vide" or sample is None:
        return _Track(kind, codec, *([0] * 7))
    width, height = _size(data, trak, sample)
    header = _one(data, trak, b"tkhd")
    number = _number(data, header.body + (20 if data[header.body : header.body + 1] == b"\x01" else 12), 4)
    unit, length = _duration(data, _one(data, trak, b"mdia", b"mdhd"))
    return _Track(kind, codec, width, height, number, unit, length, *_times(data, trak))


def _codec(data: bytes, sample: Box) -> str:
    """Returns the name of the codec; a sound called ``mp4a`` can be MP3, and a picture called ``mp4v`` a cover."""
    named = _CODECS.get(sample.kind, sample.kind.decode("latin-1").strip())
    at = data.find(b"esds", sample.body, sample.end) if sample.kind in {b"mp4a", b"mp4v"} else -1
    found = _DESCRIBED.match(data, at + 8, sample.end) if at >= 0 else None
    return _IN_STREAMS.get(found[1][0], named) if found else named


def _size(data: bytes, trak: Box, sample: Box) -> tuple[int, int]:
    """Returns width and height as the film is seen: telephones film sideways and write down how the picture is to be turned."""
    header = _one(data, trak, b"tkhd")
    at = header.body + (52 if data[header.body : header.body + 1] == b"\x01" else 40)
    matrix = [_number(data, at + 4 * step, 4) for step in (0, 1, 3, 4)]
    width, height = (_number(data, at + place, 4) >> 16 for place in (36, 40))
    if not (width and height):
        width, height = (_number(data, sample.body + place, 2) for place in (24, 26))
    a, b, c, d = matrix
    return (height, width) if b and c and not a and not d else (width, height)


def _times(data: bytes, trak: Box) -> tuple[int, int]:
    """Returns how many pictures the film's index names, and their ticks together; none where the film is written in fragments alone."""
    times = _one(data, trak, b"mdia", b"minf", b"stbl", b"stts")
    found = min(_number(data, times.body + 4, 4), (times.end - times.body - 8) // 8)
    rows = [(_number(data, at, 4), _number(data, at + 4, 4)) for at in range(times.body + 8, times.body + 8 + 8 * found, 8)]
    return sum(count for count, _ in rows), sum(count * ticks for count, ticks in rows)


def _duration(data: bytes, header: Box) -> tuple[int, int]:
    """Returns the ticks a second and the number of ticks; all ones mean that it is not known."""
    wide = data[header.body : header.body + 1] == b"\x01"
    at, size = header.body + (20 if wide else 12), 8 if wide else 4
    length = _number(data, at + 4, size)
    return _number(data, at, 4), 0 if length == 256**size - 1 else length


def _one(data: bytes, within: Box, *path: bytes) -> Box:
    here = found(data, within, *path)
    if not here:
        raise Damaged
    return here[0]


def _number(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise Damaged
    return int.from_bytes(data[at : at + size], "big")
