"""Films that can be played, made by a real encoder (FFmpeg's, in PyAV), and what a player gets to see and hear of one."""

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

PLACE = b"+53.5511+009.9937/"
NOTES = {"location": PLACE.decode(), "title": "Secret title", "comment": f"made by Anna at {PLACE.decode()}"}
RATE, PICTURES = 25, 30


def encode(path: Path, kind: str = "mp4", *, flags: str = "", video: str = "libx264", sound: str = "aac", log: bool = False) -> Path:
    """Writes a film of a second, and with ``log`` a track of places beside pictures and sound, which nobody sees."""
    with av.open(path, "w", format=kind, options={"movflags": flags} if flags else {}) as out:
        out.metadata.update(NOTES)
        pictures: Any = out.add_stream(video, rate=RATE)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        waves: Any = out.add_stream(sound, rate=48_000, layout="mono")
        places: Any = out.add_stream("aac", rate=48_000, layout="mono") if log else None
        for number in range(PICTURES):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), (number * 8, 90, 200 - number * 5), np.uint8), "rgb24")
            picture.pts = number
            wave = (np.sin(np.arange(1920) / (9 + number)) * 9000).astype(np.int16).reshape(1, -1)
            tone = av.AudioFrame.from_ndarray(wave, "s16", "mono")
            tone.sample_rate, tone.pts = 48_000, number * 1920
            out.mux(pictures.encode(picture))
            out.mux(waves.encode(tone))
            if log:
                out.mux(_place(places, number))
        out.mux(pictures.encode(None))
        out.mux(waves.encode(None))
    if log:
        data = path.read_bytes()
        header = data.rindex(b"smhd")
        at = data.rindex(b"soun", 0, header)
        path.write_bytes(data[:at] + b"meta" + data[at + 4 : header] + b"nmhd" + data[header + 4 :])
    return path


def _place(stream: Any, number: int) -> Any:
    packet: Any = av.Packet(PLACE + b"%04d" % number)
    packet.stream, packet.time_base = stream, Fraction(1, 48_000)
    packet.pts = packet.dts = number * 1920
    packet.duration = 1920
    return packet


def played(path: Path) -> list[tuple[str, int | None, str]]:
    """Returns every picture and every piece of sound as decoded: its kind, its time and a digest of it."""
    with av.open(path) as film:
        streams = [*film.streams.video, *film.streams.audio[:1]]
        frames: Any = film.decode(*streams)
        return [(type(frame).__name__, frame.pts, hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest()) for frame in frames]


def packets(path: Path) -> list[tuple[int, int | None, bytes]] | None:
    """Returns what a player reads of pictures and sound before it decodes them; nothing where it cannot open the file."""
    try:
        with av.open(path) as film:
            streams = [*film.streams.video, *film.streams.audio]
            return [(packet.stream_index, packet.pts, bytes(packet)) for packet in film.demux(*streams)]
    except (av.FFmpegError, ValueError):
        return None
