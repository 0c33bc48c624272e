"""Makes the profile of colours that HEIC and AVIF pictures name by numbers, where they bring none: else reds and greens look pale.

Sources: ISO/IEC 14496-12, 12.1.5 (``colr``), ISO/IEC 23008-12, 9.3 (properties of items), ITU-T H.273, 8.1 and 8.2 (the numbers), ITU-R
BT.2100-2 (brightness beyond that of paper, as "PQ" and "HLG"), ICC.1:2010 (profiles).
"""

import math
import struct
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from PIL import ImageCms

from scheduler.graphics.boxes import Box, Damaged, boxes, found

_Columns = tuple[tuple[float, float, float], ...]
_REDS: Final[dict[int, _Columns]] = {
    12: ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
    9: ((0.67348, 0.27904, -0.00194), (0.16566, 0.67535, 0.02998), (0.12505, 0.04561, 0.79686)),
}
"""Are red, green and blue of Display P3 (12) and of BT.2020 (9), in the light of D50 that profiles are written in."""
_TAGS: Final = (b"rXYZ", b"gXYZ", b"bXYZ")
_CURVES: Final = (b"rTRC", b"gTRC", b"bTRC")
_PAPER, _BRIGHTEST = 203.0, 1_000.0
"""Are the brightness of white paper in a bright picture and of its whitest light, in candelas a square metre (BT.2408-7, table 1)."""
_KNEE: Final = 0.6
_STEPS: Final = 4_096


def _pq(signal: float) -> float:
    power = signal ** (32 / 2523)
    return float(10_000 * (max(power - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * power)) ** (8192 / 1305))


def _hlg(signal: float) -> float:
    light = signal**2 / 3 if signal <= 0.5 else (math.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12  # noqa: PLR2004 - BT.2100's
    return float(_BRIGHTEST * light**1.2)


_BRIGHT: Final[dict[int, Callable[[float], float]]] = {16: _pq, 18: _hlg}


def profile(data: bytes) -> bytes | None:
    """Returns an ICC profile for the colours that a picture in boxes names by numbers; None where they are those of screens, or unknown.

    What is brighter than paper is brought below it: the picture then looks on every screen about as its author's shows it.
    """
    try:
        named = _named(data)
    except (Damaged, struct.error, IndexError):
        return None
    return None if named is None else _made(*named)


def _named(data: bytes) -> tuple[int, int] | None:
    """Returns the numbers of primaries and of the curve that the picture itself has, or all pictures of the file; None where none has."""
    outer = next((box for box in boxes(data, 0, len(data)) if box.kind == b"meta"), None)
    if outer is None:
        return None
    index = Box(outer.kind, outer.start, outer.body + 4, outer.end)
    properties = next(iter(found(data, index, b"iprp", b"ipco")), None)
    if properties is None:
        return None
    colours = {number: _colours(data, box) for number, box in enumerate(boxes(data, properties.body, properties.end), 1)}
    own = [pair for number in _properties_of_primary(data, index) if (pair := colours.get(number))]
    every = {pair for pair in colours.values() if pair}
    return own[0] if own else every.pop() if len(every) == 1 else None


def _colours(data: bytes, box: Box) -> tuple[int, int] | None:
    if box.kind != b"colr" or data[box.body : box.body + 4] != b"nclx":
        return None
    primaries, curve = struct.unpack_from(">HH", data, box.body + 4)
    return primaries, curve


def _properties_of_primary(data: bytes, index: Box) -> Iterator[int]:
    primary = next((_number(data, box.body + 4, 4 if data[box.body] else 2) for box in found(data, index, b"pitm")), None)
    for box in found(data, index, b"iprp", b"ipma"):
        long, wide = data[box.body] > 0, data[box.body + 3] & 1
        at = box.body + 8
        while at < box.end:
            item, at = _number(data, at, 4 if long else 2), at + (4 if long else 2)
            count, at, size = data[at], at + 1, 1 + wide
            for place in range(at, at + count * size, size):
                if item == primary:
                    # The first bit says whether a reader has to know the property.
                    yield _number(data, place, size) & (0x7FFF if wide else 0x7F)
            at += count * size


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")


@cache
def _made(primaries: int, curve: int) -> bytes | None:
    if primaries not in _REDS and curve not in _BRIGHT:
        return None
    screen = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = {name: body for name, body in _tags(screen) if name not in _TAGS or primaries not in _REDS}
    for name, column in zip(_TAGS, _REDS.get(primaries, ()), strict=False):
        kept[name] = b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in column)
    if curve in _BRIGHT:
        kept |= dict.fromkeys(_CURVES, _table(_BRIGHT[curve]))
    return _written(screen[:128], kept)


def _table(brightness: Callable[[float], float]) -> bytes:
    levels = [round(65535 * _below_paper(brightness(step / (_STEPS - 1)) / _PAPER)) for step in range(_STEPS)]
    return b"curv\0\0\0\0" + struct.pack(f">I{_STEPS}H", _STEPS, *levels)


def _below_paper(light: float) -> float:
    """Returns light as it is up to six tenths of paper's, and what is brighter nearer and nearer to white."""
    return light if light <= _KNEE else 1 - (1 - _KNEE) * math.exp((_KNEE - light) / (1 - _KNEE))


def _tags(made: bytes) -> Iterator[tuple[bytes, bytes]]:
    for at in range(132, 132 + 12 * _number(made, 128, 4), 12):
        start, size = _number(made, at + 4, 4), _number(made, at + 8, 4)
        yield made[at : at + 4], made[start : start + size]


def _written(head: bytes, tags: dict[bytes, bytes]) -> bytes:
    index, bodies, start = b"", b"", 132 + 12 * len(tags)
    for name, body in tags.items():
        index += name + struct.pack(">II", start + len(bodies), len(body))
        bodies += body + bytes(-len(body) % 4)
    made = head[4:] + struct.pack(">I", len(tags)) + index + bodies
    return struct.pack(">I", len(made) + 4) + made
