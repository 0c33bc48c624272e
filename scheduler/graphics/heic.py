"""HEIC and AVIF, in which telephones save photographs and which most networks refuse: what a file is, and who can read it here.

Both are pictures in the boxes of ISO/IEC 14496-12, told apart by the names in the first of them (ISO/IEC 23008-12, annex B; AV1 Image
File Format, 6). Pillow reads AVIF; HEIC is read by a package that is installed besides, as ``scheduler[heic]``.
"""

from functools import cache
from typing import Final

from PIL import features

from scheduler.graphics.boxes import Damaged, boxes

_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"heif", b"mif1", b"mif2", b"msf1", b"miaf"})
_AVIF: Final = frozenset({b"avif", b"avis", b"avio"})
_FIRST: Final = 16
_MOST_BRANDS: Final = 256
"""Is how far the names of the first box are read."""


def is_boxed(head: bytes) -> bool:
    """Tells whether a file that begins with these bytes (12 at least) is a HEIC or AVIF picture."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC | _AVIF


def unread(data: bytes) -> str:
    """Returns what a file is and what to do where it is a HEIC or AVIF picture that nothing here reads; empty for any other."""
    if not is_boxed(data):
        return ""
    if not _AVIF.isdisjoint(_brands(data)):
        return "" if features.check("avif") else "is an AVIF file, which the Pillow of this machine does not read: export it as JPEG"
    if _is_sequence(data):
        return "holds pictures one after the other, as a film does: export the one that you mean as JPEG, or all of them as MP4"
    if _reads_heic():
        return ""
    return "is a HEIC file: run  pip install 'scheduler[heic]'  once on this machine, which then makes a JPEG of it, or export it as JPEG"


def _brands(data: bytes) -> frozenset[bytes]:
    end = min(int.from_bytes(data[:4], "big"), _MOST_BRANDS, len(data))
    return frozenset({data[8:12], *(data[at : at + 4] for at in range(_FIRST, end - 3, 4))})


def _is_sequence(data: bytes) -> bool:
    """Tells whether the file has the index of a film and none of pictures."""
    try:
        kinds = {box.kind for box in boxes(data, 0, len(data))}
    except Damaged:
        return False
    return b"moov" in kinds and b"meta" not in kinds


@cache
def _reads_heic() -> bool:
    try:
        from pillow_heif import libheif_version, register_heif_opener  # noqa: PLC0415 - not everybody has it, and it loads a large library

        libheif_version()  # says only now where the library itself could not be loaded
    except ImportError:
        return False
    # Only the picture itself is of use: a small copy inside may show what was cut off the picture since.
    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    return True
