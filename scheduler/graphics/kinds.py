"""Says what a file is that is none of the pictures that networks take, and what to do with it."""

from typing import Final

from scheduler.graphics.problem import Unreadable

_AS_PICTURE: Final = "which most networks refuse: save it as JPEG or PNG"
_AS_FILM: Final = "is a film in a format that networks refuse: export it as MP4 (H.264 with AAC sound)"
_STARTS: Final = {
    b"\x1aE\xdf\xa3": _AS_FILM,
    b"0&\xb2u\x8ef\xcf\x11": _AS_FILM,
    b"OggS": _AS_FILM,
    b"\0\0\1\xba": _AS_FILM,
    b"FLV\1": _AS_FILM,
    b"II*\0": f"is a TIFF file, {_AS_PICTURE}",
    b"MM\0*": f"is a TIFF file, {_AS_PICTURE}",
    b"BM": f"is a BMP file, {_AS_PICTURE}",
    b"\0\0\1\0": f"is an icon (ICO), {_AS_PICTURE}",
    b"\0\0\0\x0cjP  ": f"is a JPEG 2000 file, {_AS_PICTURE}",
    b"\xff\x0a": f"is a JPEG XL file, {_AS_PICTURE}",
    b"\0\0\0\x0cJXL ": f"is a JPEG XL file, {_AS_PICTURE}",
    b"8BPS": f"is a Photoshop file, {_AS_PICTURE}",
    b"%PDF": f"is a PDF, {_AS_PICTURE}",
}
"""Are WebM and Matroska, Windows Media, Ogg, MPEG, Flash, and the pictures and papers that people have at hand, by how they begin."""
_BEGUN: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_WORDS: Final = {
    b"<svg": "is an SVG drawing, which no network takes as a picture: export it as PNG",
    b"<?xml": "is an SVG drawing, which no network takes as a picture: export it as PNG",
    b"<!doctype html": "is a web page and no picture: open it in a browser, and save the picture itself",
    b"<html": "is a web page and no picture: open it in a browser, and save the picture itself",
}


def is_begun(data: bytes) -> bool:
    """Tells whether a file begins as a JPEG, PNG, GIF or WebP picture does."""
    return data.startswith(_BEGUN) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def refused(data: bytes, name: str) -> Unreadable:
    """Returns what the file is; known kinds are ``settled``, since a file that is still being written begins as it will be."""
    if not data:
        return Unreadable(f"{name} is empty.")
    kind = _kind(data)
    return (
        Unreadable(f"{name} {kind}.", settled=True) if kind else Unreadable(f"{name} is not a JPEG, PNG, WebP, GIF, HEIC or AVIF picture.")
    )


def _kind(data: bytes) -> str:
    if data[8:12] == b"AVI ":
        return _AS_FILM
    words = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    told = [said for start, said in _STARTS.items() if data.startswith(start)]
    return next(iter(told), "") or next((said for start, said in _WORDS.items() if words.startswith(start)), "")
