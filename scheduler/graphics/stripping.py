"""Takes everything out of a picture file that is not needed to show it. No pixel is decoded: what is kept is kept byte by byte.

What stays is listed, not what goes, so that a kind of note that nobody thought of goes too; so does all that follows the picture's end,
where telephones put the film of a moving photograph. Sources: ITU-T T.81 annex B (JPEG), PNG third edition, RFC 9649 (WebP), GIF89a.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

_PNG_MARK: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI pHYs bKGD hIST acTL fcTL fdAT".split(),
)
_WEBP_KEPT: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_NOTES: Final = 0x08 | 0x04
"""Are the bits of a WebP's header that announce EXIF and XMP."""
_FRAME_HEADER: Final = 16
_GIF_KEPT: Final = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"})
_MARKER: Final = re.compile(rb"\xff+[^\x00\xff]", re.DOTALL)
_AFTER_SCAN: Final = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)
_END, _SCAN, _JFIF, _ICC, _ADOBE = 0xD9, 0xDA, 0xE0, 0xE2, 0xEE
_EXTENSION, _CONTROL, _APPLICATION, _FRAME, _TRAILER = 0x21, 0xF9, 0xFF, 0x2C, 0x3B
_ZEROS: Final = bytes(64)
_JPEG_KEPT: Final = frozenset({*range(0xC0, 0xD0), *range(0xDA, 0xE0)})
"""Are the tables, frames and scans; the segments of applications are looked at one by one."""


class Odd(ValueError):
    """Is a file that is not written as its format demands, though a patient reader may show it."""


def stripped(data: bytes, mime: str) -> bytes:
    """Returns the file without its notes, the very same bytes where it has none.

    Raises:
        Odd: the file does not keep to its format.
    """
    return b"".join(_PARTS[mime](data))


def runs_out(data: bytes) -> bool:
    """Tells whether a JPEG ends in zeros where its picture should go on, as of a copy that broke off: grey is shown for them."""
    marker, scan = 0, b""
    for marker, _, scan in _segments(data):  # noqa: B007 - what was last counts
        pass
    return marker == _SCAN and scan.endswith(_ZEROS)


def _jpeg(data: bytes) -> Iterator[bytes]:
    if not data.startswith(b"\xff\xd8"):
        raise Odd
    yield data[:2]
    for marker, body, scan in _segments(data):
        if marker != _END:
            yield _segment(marker, body)
            yield scan
    yield b"\xff\xd9"


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yields the segments of the first picture up to its end: what marks one, its content, and what is coded behind a scan's."""
    at = 2
    while found := _MARKER.search(data, at):
        marker, at = data[found.end() - 1], found.end()
        if marker == _END:
            yield marker, b"", b""
            return
        if marker in {0x01, *range(0xD0, 0xD9)}:
            continue
        size = int.from_bytes(data[at : at + 2], "big")
        body, start = data[at + 2 : at + size], at + max(size, 2)
        at = start
        if marker == _SCAN:
            after = _AFTER_SCAN.search(data, start)
            at = after.start() if after else len(data)
        yield marker, body, data[start:at]


def _segment(marker: int, body: bytes) -> bytes:
    """Returns the segment as it is kept, or nothing; what is small by its format is cut to that size, so that nothing rides along."""
    if marker == _JFIF and body.startswith(b"JFIF\0"):
        body = body[:12] + b"\0\0" if len(body) > 14 else body  # noqa: PLR2004 - a JFIF header without its thumbnail
    elif marker == _ADOBE and body.startswith(b"Adobe"):
        body = body[:12]
    elif marker not in _JPEG_KEPT and not (marker == _ICC and body.startswith(b"ICC_PROFILE\0")):
        return b""
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def _png(data: bytes) -> Iterator[bytes]:
    if not data.startswith(_PNG_MARK):
        raise Odd
    yield _PNG_MARK
    at = len(_PNG_MARK)
    while at + 12 <= len(data):
        kind, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            raise Odd
        if kind in _PNG_KEPT:
            yield data[at:end]
        if kind == b"IEND":
            return
        at = end
    raise Odd


def _webp(data: bytes) -> Iterator[bytes]:
    size = int.from_bytes(data[4:8], "little")
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or size + 8 > len(data):
        raise Odd
    body = b"".join(_chunks(data[12 : size + 8]))
    yield b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def _chunks(data: bytes) -> Iterator[bytes]:
    at = 0
    while at + 8 <= len(data):
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + size]
        if len(body) < size:
            raise Odd
        if kind in _WEBP_KEPT:
            if kind == b"VP8X":
                body = bytes((body[0] & ~_WEBP_NOTES,)) + body[1:] if body else body
            elif kind == b"ANMF":
                body = body[:_FRAME_HEADER] + b"".join(_chunks(body[_FRAME_HEADER:]))
            yield kind + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)
        at += 8 + size + size % 2


def _gif(data: bytes) -> Iterator[bytes]:
    if data[:6] not in {b"GIF87a", b"GIF89a"} or len(data) < 13:  # noqa: PLR2004 - the size of a GIF's header
        raise Odd
    at = 13 + _colours(data[10])
    yield data[:at]
    while at < len(data) and data[at] != _TRAILER:
        if data[at] == _EXTENSION:
            end = _blocks_end(data, at + 2)
            if data[at + 1] == _CONTROL or (data[at + 1] == _APPLICATION and data[at + 3 : at + 14] in _GIF_KEPT):
                yield data[at:end]
        elif data[at] == _FRAME and at + 10 < len(data):
            end = _blocks_end(data, at + 11 + _colours(data[at + 9]))
            yield data[at:end]
        else:
            raise Odd
        at = end
    yield b";"


def _colours(flags: int) -> int:
    """Returns how many bytes the table of colours takes that a header with these flags announces."""
    return 3 * 2 ** (flags % 8 + 1) if flags & 0x80 else 0


def _blocks_end(data: bytes, at: int) -> int:
    """Returns where a chain of blocks ends, each of which begins with its length; the last has none."""
    while at < len(data):
        size = data[at]
        at += size + 1
        if not size:
            return at
    raise Odd


_PARTS: Final[Mapping[str, Callable[[bytes], Iterator[bytes]]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/gif": _gif,
}
