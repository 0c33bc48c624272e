"""Says which boxes of a film it takes to play it, and what in them is a label: all else can go.

What stays is listed, so that a kind of note that nobody thought of goes, too. Players step over boxes that they do not know, so that a
box can be emptied anywhere, except in the description of a codec, which may be lost without it: there an unknown box makes a film strange.

Sources: ISO/IEC 14496-12 (clause 8 and its table of boxes), 14496-14 and -15, and Apple's QuickTime File Format.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from scheduler.graphics.boxes import Box, Damaged, Strange, boxes
from scheduler.graphics.patches import Patch

_SPACE: Final = frozenset({b"free", b"skip", b"wide", b"\0\0\0\0"})
"""Are boxes of space, in which programs leave what they took out; the last is how QuickTime ends a list."""
_INSIDE: Final[Mapping[bytes, frozenset[bytes]]] = {
    kind: frozenset(inside.split())
    for kind, inside in {
        b"moov": b"mvhd trak mvex",
        b"trak": b"tkhd edts tapt mdia",
        b"edts": b"elst",
        b"tapt": b"clef prof enof",
        b"mdia": b"mdhd hdlr minf elng",
        b"minf": b"vmhd smhd hdlr dinf stbl",
        b"dinf": b"dref",
        b"stbl": b"stsd stts ctts cslg stsc stsz stco co64 stss stps sdtp sbgp sgpd",
        b"mvex": b"mehd trex",
        b"moof": b"mfhd traf",
        b"traf": b"tfhd tfdt trun sdtp sbgp sgpd",
        b"mfra": b"tfra mfro",
        b"wave": b"frma mp4a esds enda alac chan \0\0\0\0",
    }.items()
}
_CHANGING: Final = frozenset({b"cmov", b"rmra", b"clip", b"matt", b"stz2"})
"""Are boxes, most of them of old QuickTime films, without which a film is another one."""
_OF_CODECS: Final = frozenset(
    b"avcC hvcC lhvC av1C vpcC dvcC dvvC dvwC esds colr pasp clap gama fiel btrt mdcv clli SmDm CoLL amve d263 glbl st3d"
    b" wave chan chnl dac3 dec3 dac4 dOps alac pcmC damr srat".split(),
)
_NOTES_OF_CODECS: Final = frozenset({b"uuid", b"udta", b"meta", b"hfov", b"vexu", *_SPACE})
_TIMED: Final = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_BRANDS: Final = frozenset(
    b"isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 isoa mp41 mp42 mp71 avc1 hvc1 hev1 av01 dash msdh msix cmfc cmf2 cmfs"
    b" 3gp4 3gp5 3gp6 3gp7 3g2a M4V M4A dby1 \0\0\0\0".split(),
) | {b"M4V ", b"M4A ", b"qt  "}
_OURSELVES: Final = 1
"""Is the flag of a reference to data that says that the data is in this very file."""
_PADDING: Final = 1
"""Is the kind of a block of FLAC that holds nothing; the one before it tells what the stream is."""


def emptied(box: Box, moved: int = 0) -> Iterator[Patch]:
    """Yields what makes free space of a box; ``moved`` is where in the file the bytes begin that the box was found in."""
    if box.kind not in _SPACE:
        yield Patch(box.start + moved + 4, box.start + moved + 8, b"free")
    if box.body < box.end:
        yield Patch(box.body + moved, box.end + moved)


def bare(data: bytes, box: Box, moved: int, handler: bytes = b"") -> Iterator[Patch]:
    """Yields what takes all out of a box that is not needed to play the film; ``handler`` tells the kind of its track.

    Raises:
        Damaged: A box does not fit.
        Strange: What is in it may be needed or may be a note; nobody knows.
    """
    for inner in boxes(data, box.body, box.end):
        if inner.kind in _CHANGING:
            raise Strange(f"has a part of a rare kind (“{_name(inner)}”)")
        if inner.kind not in _INSIDE[box.kind]:
            if box.kind == b"wave":
                raise Strange(f"has sound of a rare kind (“{_name(inner)}”)")
            yield from emptied(inner, moved)
        elif inner.kind in _INSIDE:
            yield from bare(data, inner, moved, handler)
        else:
            yield from _leaf(data, inner, moved, handler)


def brands(data: bytes, moved: int) -> Iterator[Patch]:
    """Yields what takes the names of makers out of the list of a film's kinds, which begins with its first and a version."""
    for at in range(0, len(data) - 3, 4):
        if at == 4:  # noqa: PLR2004 - between the first kind and the others stands its version, which some makers date
            yield Patch(moved + at, moved + at + 4)
        elif data[at : at + 4] not in _BRANDS:
            yield Patch(moved + at, moved + at + 4, b"isom")


def _leaf(data: bytes, box: Box, moved: int, handler: bytes) -> Iterator[Patch]:
    if box.kind in _TIMED:
        start = box.body + 4
        yield from _zeros(start, start + (16 if data[box.body : start].startswith(b"\x01") else 8), box, moved)
    elif box.kind == b"hdlr":
        yield from _zeros(box.body + 12, box.end, box, moved)
    elif box.kind == b"dref":
        for place in boxes(data, box.body + 8, box.end):
            if not int.from_bytes(data[place.body : place.body + 4], "big") & _OURSELVES:
                raise Strange("has its pictures or its sound in another file")
            yield from _zeros(place.body + 4, place.end, place, moved)
    elif box.kind == b"stsd":
        for codec in boxes(data, box.body + 8, box.end):
            yield from _codec(data, codec, moved, handler, plain=data[box.body : box.body + 1] == b"\0")


def _codec(data: bytes, codec: Box, moved: int, handler: bytes, *, plain: bool) -> Iterator[Patch]:
    """Yields what takes the maker's names out of the description of a codec, and what else is not of the codec."""
    yield from _zeros(codec.body + 12, codec.body + 16, codec, moved)
    if handler == b"vide":
        yield from _zeros(codec.body + 42, codec.body + 74, codec, moved)
        inside = codec.body + 78
    else:
        version = int.from_bytes(data[codec.body + 8 : codec.body + 10], "big")
        # Only QuickTime's own second and third kind of description (in a table of version 0) are longer.
        inside = codec.body + (28 + {1: 16, 2: 36}.get(version, 0) * plain)
    for part in boxes(data, inside, codec.end):
        if part.kind in _NOTES_OF_CODECS:
            yield from emptied(part, moved)
        elif part.kind == b"wave":
            yield from bare(data, part, moved)
        elif part.kind == b"dfLa":
            yield from _flac(data, part, moved)
        elif part.kind not in _OF_CODECS:
            raise Strange(f"has a codec with a part of an unknown kind (“{_name(part)}”)")


def _flac(data: bytes, box: Box, moved: int) -> Iterator[Patch]:
    """Yields what makes padding of all blocks of FLAC but the one that tells what the stream is: titles and covers stand in others.

    Source: "Encapsulation of FLAC in ISO Base Media File Format", 3.3.2, and RFC 9639, 8.1.
    """
    at = box.body + 4
    while at < box.end:
        end = at + 4 + int.from_bytes(data[at + 1 : at + 4], "big")
        if end > box.end or at + 4 > box.end:
            raise Damaged
        kind = data[at] & 127
        if kind > _PADDING:
            yield Patch(at + moved, at + moved + 1, bytes([data[at] & 128 | _PADDING]))
        if kind:
            yield from _zeros(at + 4, end, box, moved)
        at = end


def _zeros(start: int, end: int, box: Box, moved: int) -> Iterator[Patch]:
    if start < min(end, box.end):
        yield Patch(start + moved, min(end, box.end) + moved)


def _name(box: Box) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in box.kind.decode("latin-1"))
