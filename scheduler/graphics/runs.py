"""Cleans a text and cuts a line of it into runs of one face and one direction, in the order in which they stand from left to right."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import regex
from bidi import algorithm

from scheduler.graphics.fonts import Face

SOFT_HYPHEN = "\u00ad"

_CLUSTER = regex.compile(r"\X")
_IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")
# Direction marks would fight with the order we compute; the rest of these never leave a mark on paper.
_INVISIBLE = regex.compile(r"[\p{Cs}\p{Co}\p{Cn}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_BLANK = regex.compile(r"[\s\p{Cc}\p{Zl}\p{Zp}]+")
_RIGHT_TO_LEFT = {"R", "AL"}


@dataclass(frozen=True, slots=True)
class Run:
    """Is a stretch of a line in one face and one direction, in reading order."""

    text: str
    face: Face
    rtl: bool


def clusters(text: str) -> list[str]:
    """Returns what a reader would call the characters of a text."""
    return _CLUSTER.findall(text)


def clean(text: str) -> str:
    """Returns the text in NFC, in one line, without control characters; no-break spaces are kept."""
    kept = _INVISIBLE.sub("", text)
    blanks = _BLANK.sub(lambda found: found[0] if found[0] in "\u00a0\u202f" else " ", kept)
    return unicodedata.normalize("NFC", blanks).strip()


def reads_right_to_left(text: str) -> bool:
    """Tells the direction of a paragraph by its first letter (rules P2 and P3 of Unicode's bidirectional algorithm)."""
    return next((kind in _RIGHT_TO_LEFT for kind in map(unicodedata.bidirectional, text) if kind in {"L", *_RIGHT_TO_LEFT}), False)


@lru_cache(maxsize=4096)
def face_for(cluster: str, faces: tuple[Face, ...]) -> Face | None:
    """Returns the first face with every visible code point of a cluster."""
    needed = {ord(point) for point in _IGNORABLE.sub("", cluster)}
    return next((face for face in faces if needed <= face.glyphs), None)


def drop_missing(text: str, faces: tuple[Face, ...]) -> tuple[str, tuple[str, ...]]:
    """Returns the text without the characters that no face has, and those characters."""
    pieces = clusters(text)
    lost = [piece for piece in pieces if face_for(piece, faces) is None]
    if not lost:
        return text, ()
    return clean("".join(piece for piece in pieces if face_for(piece, faces))), tuple(dict.fromkeys(lost))


def _levels(text: str, rtl: bool) -> list[int]:
    if not rtl and text.isascii():
        return [0] * len(text)
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = (1, "R") if rtl else (0, "L")
    algorithm.get_embedding_levels(text, storage)
    # Explicit marks were removed by `clean`, and the package's rule X9 would drop joiners: number the types that are left alone.
    for char in storage["chars"]:
        if char["type"] in {"BN", "B", "S"}:
            char["type"] = char["orig"] = "NSM" if char["type"] == "BN" else "WS"
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    return [char["level"] for char in storage["chars"]]


def _itemise(text: str, faces: tuple[Face, ...], rtl: bool) -> list[tuple[str, Face, int]]:
    levels = _levels(text, rtl)
    pieces: list[tuple[str, Face, int]] = []
    position = 0
    for cluster in clusters(text):
        level = levels[position]
        position += len(cluster)
        # A space or mark of punctuation stays in the face of the word before it.
        before = pieces[-1][1] if pieces else None
        stays = before and not any(map(str.isalnum, cluster)) and face_for(cluster, (before,))
        face = before if stays and before else face_for(cluster, faces) or faces[0]
        if pieces and pieces[-1][1] is face and pieces[-1][2] == level:
            pieces[-1] = (pieces[-1][0] + cluster, face, level)
        else:
            pieces.append((cluster, face, level))
    return pieces


def runs(text: str, faces: tuple[Face, ...], rtl: bool) -> tuple[Run, ...]:
    """Returns the line's runs from left to right (rule L2); ``rtl`` is the direction of its paragraph."""
    pieces = _itemise(text, faces, rtl)
    for level in range(max((piece[2] for piece in pieces), default=0), 0, -1):
        start = 0
        while start < len(pieces):
            end = start
            while end < len(pieces) and pieces[end][2] >= level:
                end += 1
            pieces[start:end] = reversed(pieces[start:end])
            start = max(end, start + 1)
    return tuple(Run(piece, face, bool(level % 2)) for piece, face, level in pieces)
