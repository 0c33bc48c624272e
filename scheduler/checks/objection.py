"""What a network would object to, and the words for numbers that people compare."""

import re
from dataclasses import dataclass

from scheduler.model.graphic import Picture

FORMAT_NAMES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WebP",
    "image/avif": "AVIF",
    "image/bmp": "BMP",
    "image/tiff": "TIFF",
    "video/mp4": "MP4",
    "video/quicktime": "QuickTime (MOV)",
}

_CLOSE = 0.001


@dataclass(frozen=True, slots=True)
class Objection:
    """Is one thing the network would refuse: the rule's name, a whole sentence with the numbers, and what to do.

    ``picture`` is the number of the post's own picture or film that it is about, from 0; None for anything else.
    """

    rule: str
    sentence: str
    fix: str
    picture: int | None = None


def file_name(picture: Picture) -> str:
    """Returns the last part of the picture's path, whatever system it was written on."""
    return re.split(r"[\\/]", picture.path)[-1]


def many(number: int, word: str) -> str:
    """Returns a number with its word, which gets an s where there are several."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def sizes(has: int, takes: int) -> tuple[str, str]:
    """Returns both sizes in megabytes, or in bytes where rounding would hide the difference."""
    in_words = f"{has / 1e6:.2f}".rstrip("0").rstrip("."), f"{takes / 1e6:.2f}".rstrip("0").rstrip(".")
    if in_words[0] != in_words[1]:
        return f"{in_words[0]} MB", f"{in_words[1]} MB"
    return f"{has:,} bytes", f"{takes:,} bytes"


def proportion(ratio: float) -> str:
    """Returns a ratio in the words of the networks: 4:5 or 1.91:1."""
    if 0 < ratio < 1 / 5:
        return f"1:{1 / ratio:g}"
    for high in (1, 2, 3, 4, 5, 12):
        if abs(ratio * high - round(ratio * high)) < _CLOSE and round(ratio * high):
            return f"{round(ratio * high)}:{high}"
    return f"{ratio:g}:1"


def length(seconds: float) -> str:
    """Returns a length in minutes and seconds, as a player shows it."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} minutes" if minutes else "1 second" if seconds == 1 else f"{seconds:.1f}".removesuffix(".0") + " seconds"
