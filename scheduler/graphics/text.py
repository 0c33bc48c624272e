"""Measures, wraps, balances and fits text: measured once at one size, in em, so that trying sizes costs nothing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import ImageDraw
from uniseg.linebreak import line_break_units

from scheduler.graphics.colour import Rgb
from scheduler.graphics.fonts import Face, font
from scheduler.graphics.runs import SOFT_HYPHEN, Run, clusters, reads_right_to_left, runs

_REFERENCE = 1000
_COARSE = 250
# Scaling a measure is right to 0.04 per cent; this is what lines are kept short of the edge for it.
_SLACK = 1.004
_AIR = 0.08
# The share of an opening mark that stands outside: at the largest size it stays within half the margin, which no network crops.
_HANG = 0.38
_BALANCE_STEPS = 12
# A line fewer is worth letters that are smaller by this, and no more.
_WORTH_A_LINE = 0.86
_UNTRACKED = ("ARABIC", "SYRIAC", "MONGOLIAN", "DEVANAGARI", "BENGALI", "THAANA", "NKO")


@dataclass(frozen=True, slots=True)
class Style:
    """Is how a text is set; ``tracking`` and ``leading`` are in em, ``hang`` lets opening marks stand left of the edge."""

    faces: tuple[Face, ...]
    weight: int
    tracking: float = 0.0
    leading: float = 1.3
    display: bool = False
    hang: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Is one line as measured, in em: ``left`` and ``right`` are its ink from the pen, ``top`` and ``bottom`` from the baseline."""

    text: str
    runs: tuple[Run, ...]
    rtl: bool
    left: float
    right: float
    top: float
    bottom: float
    hang: float

    @property
    def width(self) -> float:
        """Returns what the line takes between the edges; what hangs over the edge is not counted."""
        return self.right - self.left - self.hang


@dataclass(frozen=True, slots=True)
class Fitted:
    """Is a text that fits: whole ``size`` in pixels, and the baseline of each line counted from the top of the block."""

    size: int
    lines: tuple[Line, ...]
    baselines: tuple[int, ...]
    paragraphs: tuple[int, ...]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class TooLong:
    """Is a text that does not fit at the smallest size; ``cut`` characters fewer would, ``word`` is one that is too wide, if any."""

    cut: int
    word: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """Is what a text may take: pixels, lines, and sizes in pixels."""

    width: float
    height: float
    lines: int
    smallest: int
    largest: int


def tracked(run: Run, style: Style) -> bool:
    """Tells whether letters may be moved apart: not where they join, and not from right to left."""
    return bool(style.tracking) and not run.rtl and not any(name in run.face.family.upper() for name in _UNTRACKED)


def _advance(run: Run, style: Style, size: int) -> float:
    width = font(run.face, style.weight, size, style.display).getlength(run.text, direction="rtl" if run.rtl else "ltr")
    return width + style.tracking * size * len(clusters(run.text)) if tracked(run, style) else width


@lru_cache(maxsize=2048)
def _first_ink(cluster: str, face: Face, weight: int, display: bool) -> float:
    made = font(face, weight, _COARSE, display)
    mask, offset = made.getmask2(cluster, anchor="ls")
    box = mask.getbbox()
    return (offset[0] + box[0]) / _COARSE * _REFERENCE if box else 0.0


def _bearing(run: Run, style: Style) -> float:
    """Returns where the ink of a run starts; letters that join are taken at their pen, since alone they have another shape."""
    if run.rtl or not run.text.strip():
        return 0.0
    return _first_ink(clusters(run.text)[0], run.face, style.weight, style.display)


@lru_cache(maxsize=8192)
def measure(text: str, style: Style, rtl: bool) -> Line:
    """Returns the measures of one line."""
    laid = runs(text, style.faces, rtl)
    pen, left, right, top, bottom = 0.0, math.inf, 0.0, 0.0, 0.0
    for run in laid:
        face = font(run.face, style.weight, _REFERENCE, style.display)
        box = face.getbbox(run.text, anchor="ls", direction="rtl" if run.rtl else "ltr")
        advance = _advance(run, style, _REFERENCE)
        spread = max(0.0, advance - face.getlength(run.text)) if tracked(run, style) else 0.0
        left, right = min(left, pen + _bearing(run, style)), max(right, pen + box[2] + spread, pen + advance if run is not laid[-1] else 0)
        top, bottom = max(top, -box[1]), max(bottom, box[3])
        pen += advance
    left = 0.0 if left is math.inf else left
    return Line(text, laid, rtl, left / _REFERENCE, right / _REFERENCE, top / _REFERENCE, bottom / _REFERENCE, _hang(text, style, rtl))


def _hang(text: str, style: Style, rtl: bool) -> float:
    if not style.hang or rtl or len(text) == 1 or text[:1] not in set("“‘«„¿¡\"'"):
        return 0.0
    return _HANG * font(style.faces[0], style.weight, _REFERENCE, style.display).getlength(text[0]) / _REFERENCE


@lru_cache(maxsize=512)
def units(text: str) -> tuple[str, ...]:
    """Returns the pieces between which a line may end (UAX 14), each with its trailing space."""
    return tuple(line_break_units(text))


def _visible(pieces: Sequence[str]) -> str:
    line = "".join(pieces).rstrip(" ")
    return line.replace(SOFT_HYPHEN, "") + ("-" if line.endswith(SOFT_HYPHEN) else "")


@lru_cache(maxsize=4096)
def wrap(text: str, style: Style, em: float) -> tuple[Line, ...] | None:
    """Returns the fewest lines no wider than ``em``, or None where one word alone is wider."""
    rtl = reads_right_to_left(text)
    lines: list[Line] = []
    pending: list[str] = []
    for unit in units(text):
        if pending and measure(_visible([*pending, unit]), style, rtl).width > em:
            lines.append(measure(_visible(pending), style, rtl))
            pending = []
        pending.append(unit)
        if len(pending) == 1 and measure(_visible(pending), style, rtl).width > em:
            return None
    return (*lines, measure(_visible(pending), style, rtl)) if pending else tuple(lines)


@lru_cache(maxsize=1024)
def balance(text: str, style: Style, em: float) -> tuple[Line, ...] | None:
    """Returns as many lines as :func:`wrap` and all of them as equally long as can be."""
    best = wrap(text, style, em)
    if best is None or len(best) == 1:
        return best
    narrow, wide = em / len(best) / 2, em
    for _ in range(_BALANCE_STEPS):
        middle = (narrow + wide) / 2
        tried = wrap(text, style, middle)
        if tried is not None and len(tried) == len(best):
            best, wide = tried, middle
        else:
            narrow = middle
    return best


def stack(paragraphs: Sequence[Sequence[Line]], style: Style, size: int, apart: float = 0.0) -> Fitted:
    """Returns the lines one below the other, ``apart`` em more between paragraphs; the ink of two lines never meets."""
    lines, baselines, owners = [], [], []
    y, before = 0.0, None
    for number, paragraph in enumerate(paragraphs):
        for index, line in enumerate(paragraph):
            if before is None:
                y = max(line.top, style.faces[0].cap) * size
            else:
                y += max(style.leading, before.bottom + line.top + _AIR) * size + (apart * size if index == 0 else 0)
            lines.append(line)
            baselines.append(math.ceil(y))
            owners.append(number)
            before = line
    height = math.ceil(baselines[-1] + max(line.bottom for line in lines[-1:]) * size) if lines else 0
    width = math.ceil(max((line.width for line in lines), default=0) * size)
    return Fitted(size, tuple(lines), tuple(baselines), tuple(owners), width, height)


def set_at(paragraphs: Sequence[str], style: Style, room: Room, size: int, apart: float = 0.0) -> Fitted | None:
    """Returns the paragraphs set at a size, or None where they do not fit the room."""
    em = room.width / size / _SLACK
    wrapped = [balance(paragraph, style, em) for paragraph in paragraphs]
    done = [lines for lines in wrapped if lines is not None]
    if len(done) < len(wrapped) or sum(map(len, done)) > room.lines:
        return None
    fitted = stack(done, style, size, apart)
    return fitted if fitted.height <= room.height else None


def fit(paragraphs: Sequence[str], style: Style, room: Room, apart: float = 0.0) -> Fitted | TooLong:
    """Returns the paragraphs at the largest size that fits, found by bisection, or how much is too long."""
    best = set_at(paragraphs, style, room, room.smallest, apart)
    if best is None:
        return _too_long(paragraphs, style, room, apart)
    best = _largest(paragraphs, style, room, apart) or best
    while len(best.lines) > len(paragraphs):
        fewer = _largest(paragraphs, style, replace(room, lines=len(best.lines) - 1), apart)
        if fewer is None or fewer.size < best.size * _WORTH_A_LINE:
            break
        best = fewer
    return best


def _largest(paragraphs: Sequence[str], style: Style, room: Room, apart: float) -> Fitted | None:
    best, low, high = None, room.smallest - 1, room.largest
    while low < high:
        middle = (low + high + 1) // 2
        tried = set_at(paragraphs, style, room, middle, apart)
        if tried is None:
            high = middle - 1
        else:
            best, low = tried, middle
    return best


def _too_long(paragraphs: Sequence[str], style: Style, room: Room, apart: float) -> TooLong:
    em = room.width / room.smallest / _SLACK
    wide = [unit for text in paragraphs for unit in units(text) if measure(_visible([unit]), style, reads_right_to_left(unit)).width > em]
    longest = max(paragraphs, key=len)
    others = [text for text in paragraphs if text is not longest]
    pieces = clusters(longest)
    low, high = 0, len(pieces)
    while low < high:
        middle = (low + high + 1) // 2
        fits = set_at([*others, "".join(pieces[:middle]).strip()], style, room, room.smallest, apart)
        low, high = (middle, high) if fits else (low, middle - 1)
    return TooLong(len(pieces) - low, max(wide, key=len).strip() if wide else "")


def paint(draw: ImageDraw.ImageDraw, line: Line, style: Style, at: tuple[float, float], size: int, ink: Rgb) -> None:
    """Draws a line with its pen at ``at``: the start of the line and its baseline."""
    x, y = at
    for run in line.runs:
        face = font(run.face, style.weight, size, style.display)
        if tracked(run, style):
            before = ""
            for index, cluster in enumerate(clusters(run.text)):
                after = before + cluster
                # A pair is kerned as a whole: the cluster stands where the text up to and with it ends, less its own width.
                start = face.getlength(after) - face.getlength(cluster) + index * style.tracking * size
                draw.text((x + start, y), cluster, fill=ink, font=face, anchor="ls")
                before = after
        else:
            draw.text((x, y), run.text, fill=ink, font=face, anchor="ls", direction="rtl" if run.rtl else "ltr")
        x += _advance(run, style, size)
