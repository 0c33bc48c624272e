"""How long it is until then, as the largest thing of the graphic: the number with its word on one line, or a word alone."""

import re
from dataclasses import dataclass
from math import ceil

from scheduler.graphics.block import Block, Box, Placed, Scene, Settings, Sheet
from scheduler.graphics.problem import Undrawable
from scheduler.graphics.text import Line, Room, Style, TooLong, fit, measure
from scheduler.graphics.typeset import Typeset, placed, too_long, typeset

_NUMBER = re.compile(r"\d+")
# The word's size against the number's, and the air between them in em of the word.
_WORD, _AIR = 0.36, 0.2


@dataclass(frozen=True, slots=True)
class _Pieces:
    parts: tuple[Typeset, ...]


def place(sheet: Sheet, settings: Settings, room: tuple[int, int]) -> Placed | Undrawable | None:
    """Returns the words at the largest size between ``least`` and ``most`` that fits the room."""
    words = settings.get("text", "")
    if not words:
        return None
    least = sheet.px(settings.get("least", 0.1))
    most = max(least, sheet.px(settings.get("most", 0.4)))
    number = _NUMBER.search(words)
    if number is None:
        return _word(sheet, words, (least, round(most * settings.get("word", 0.6))), room)
    pieces = (words[: number.start()].strip(), number[0], words[number.end() :].strip())
    return _counted(sheet, pieces, (least, most), room)


def _word(sheet: Sheet, words: str, sizes: tuple[int, int], room: tuple[int, int]) -> Placed | Undrawable:
    style = Style(sheet.faces, weight=850, tracking=-0.025, leading=1.0, display=True)
    fitted = fit([words], style, Room(room[0], room[1], 2, sizes[0], max(sizes)))
    if isinstance(fitted, TooLong):
        return too_long("days that are left", fitted)
    work = typeset(fitted, style, sheet, sheet.palette.highlight, room[0])
    block = placed("countdown", fitted, work, room[0])
    return Placed(block="countdown", box=block.box, told=block.told, work=_Pieces((work,)), ink=block.ink)


def _counted(sheet: Sheet, pieces: tuple[str, ...], sizes: tuple[int, int], room: tuple[int, int]) -> Placed | Undrawable:
    large = Style(sheet.faces, weight=850, tracking=-0.035, display=True)
    small = Style(sheet.faces, weight=800, tracking=-0.015, display=True)
    # In reading order, each with its share of the number's size.
    shown = [(text, large if text == pieces[1] else small, 1.0 if text == pieces[1] else _WORD) for text in pieces if text]
    lines = [(measure(text, style, sheet.rtl and text != pieces[1]), style, share) for text, style, share in shown]
    wide = sum(line.width * share for line, _, share in lines) + _AIR * _WORD * (len(lines) - 1)
    top = max(line.top * share for line, _, share in lines)
    deep = max(0.0, *(line.bottom * share for line, _, share in lines))
    size = min(sizes[1], int(room[0] / wide / 1.004), int(room[1] / (top + deep)))
    if size < sizes[0]:
        return Undrawable("There are more words than the graphic has room for.", "Leave out a row, or shorten the title.")
    if sheet.rtl:
        lines.reverse()
    return _set(sheet, lines, size, (room[0], ceil(top * size), ceil((top + deep) * size)))


def _set(sheet: Sheet, lines: list[tuple[Line, Style, float]], size: int, frame: tuple[int, int, int]) -> Placed:
    width, baseline, height = frame
    total = sum(line.width * round(share * size) for line, _, share in lines) + _AIR * _WORD * size * (len(lines) - 1)
    x = width - total if sheet.rtl else 0.0
    parts = []
    for line, style, share in lines:
        own = round(share * size)
        parts.append(Typeset(style, own, sheet.palette.highlight, ((line, x - line.left * own, baseline),)))
        x += line.width * own + _AIR * _WORD * size
    told = {"size": size, "lines": [told for part in parts for told in part.told()]}
    ink = tuple(ink for part in parts for ink in part.ink())
    return Placed(block="countdown", box=Box(0, 0, width, height), told=told, work=_Pieces(tuple(parts)), ink=ink)


def paint(scene: Scene, block: Placed) -> None:
    """Draws number and word."""
    assert isinstance(block.work, _Pieces)
    for part in block.work.parts:
        part.paint(scene, block.box)


BLOCK = Block({"text": str, "least": float, "most": float, "word": float}, place, paint)
