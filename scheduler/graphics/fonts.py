"""Faces from the installed font packages; the system's own fonts are never looked at, so every machine draws the same."""

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import fontpkg
from fontTools.ttLib import TTFont
from PIL import ImageFont, features

from scheduler.model.errors import ConfigurationError

FALLBACKS = (
    "Inter",
    "Noto Sans",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans Tamil",
    "Noto Sans Telugu",
    "Noto Sans Khmer",
)
"""Is the families asked for a character that the brand's own lacks, in this order; those not installed are passed over."""

_DISPLAY = 32.0
_TEXT = 20.0


class ShapingMissingError(ConfigurationError):
    """Says that this installation cannot join and order the letters of a text."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """Is one font file. ``axes`` are (tag, least, default, most) in the file's order, ``cap`` is the height of capitals in em."""

    family: str
    path: Path
    sha256: str
    axes: tuple[tuple[str, float, float, float], ...]
    glyphs: frozenset[int]
    cap: float


def require_shaping() -> None:
    """Raises :class:`ShapingMissingError` where Pillow has no Raqm: Arabic and many accents would come out wrong."""
    if not features.check("raqm"):
        raise ShapingMissingError(
            "This installation of Pillow cannot shape text: it was built without Raqm.",
            "Install Pillow from PyPI: pip install --force-reinstall --only-binary pillow pillow",
        )


@cache
def face(family: str) -> Face | None:
    """Returns the family's upright face, or None where its package is not installed."""
    try:
        path = fontpkg.path(family, nearest=True)
    except fontpkg.FontpkgError:
        return None
    with TTFont(path, lazy=True) as file:
        axes = (
            tuple((axis.axisTag, axis.minValue, axis.defaultValue, axis.maxValue) for axis in file["fvar"].axes) if "fvar" in file else ()
        )
        cap = getattr(file["OS/2"], "sCapHeight", 0) / file["head"].unitsPerEm or 0.7
        glyphs = frozenset(file.getBestCmap() or ())
    return Face(family, path, hashlib.sha256(path.read_bytes()).hexdigest(), axes, glyphs, cap)


@cache
def faces(family: str) -> tuple[Face, ...]:
    """Returns the brand's face and the fallbacks that are installed; empty where the brand's own is not."""
    first = face(family)
    if first is None:
        return ()
    others = (face(name) for name in FALLBACKS if name != family)
    return (first, *(other for other in others if other))


@lru_cache(maxsize=128)
def font(of: Face, weight: int, size: int, display: bool) -> ImageFont.FreeTypeFont:
    """Returns the face at a size in pixels; ``display`` takes the cut for large sizes where the face has one.

    Its axes are set here once and never again: a font object is shared by all who ask for the same.
    """
    made = ImageFont.truetype(str(of.path), size, layout_engine=ImageFont.Layout.RAQM)
    if of.axes:
        wanted = {"wght": float(weight), "opsz": _DISPLAY if display else _TEXT}
        made.set_variation_by_axes([min(max(wanted.get(tag, usual), least), most) for tag, least, usual, most in of.axes])
    return made
