"""The particulars, one a row, each with its small sign: when, where, how it is accessible, where to read more."""

from dataclasses import dataclass

from scheduler.graphics.block import Block, Placed, Scene, Settings, Sheet
from scheduler.graphics.icons import ICONS, icon
from scheduler.graphics.problem import Undrawable, did_you_mean
from scheduler.graphics.text import Fitted, Room, Style, TooLong, fit
from scheduler.graphics.typeset import Typeset, placed, too_long, typeset

_FLOOR = 28
_ICON, _GUTTER = 1.02, 0.52
_APART = 0.16


@dataclass(frozen=True, slots=True)
class _Rows:
    lines: Typeset
    icons: tuple[tuple[str, int, int], ...]
    side: int


def place(sheet: Sheet, settings: Settings, room: tuple[int, int]) -> Placed | Undrawable | None:
    """Returns the rows that have a text, all in one size."""
    rows = [row for row in settings.get("rows", []) if row.get("text")]
    for row in rows:
        if row.get("icon", "") not in {"", *ICONS}:
            return Undrawable(f"There is no icon “{row['icon']}”.", did_you_mean(row["icon"], ICONS, "icons"))
    if not rows:
        return None
    style = Style(sheet.faces, weight=560, leading=1.3)
    smallest = max(_FLOOR, sheet.px(settings.get("least", 0.028)))
    largest = max(smallest, sheet.px(settings.get("most", 0.035)))
    indent = round(largest * (_ICON + _GUTTER)) if any(row.get("icon") for row in rows) else 0
    sizes = Room(room[0] - indent, room[1], settings.get("lines", 6), smallest, largest)
    fitted = fit([row["text"] for row in rows], style, sizes, _APART)
    if isinstance(fitted, TooLong):
        return too_long("particulars (time, place, access)", fitted)
    work = typeset(fitted, style, sheet, sheet.palette.ink, room[0], indent)
    block = placed("details", fitted, work, room[0])
    signs = _signs([row.get("icon", "") for row in rows], fitted, work, room[0] if sheet.rtl else 0)
    told = {**block.told, "icons": [name for name, _, _ in signs.icons]}
    return Placed(block="details", box=block.box, told=told, work=signs, ink=block.ink)


def _signs(names: list[str], fitted: Fitted, work: Typeset, right: int) -> _Rows:
    side = round(fitted.size * _ICON)
    cap = work.style.faces[0].cap * fitted.size
    signs = []
    for number, name in enumerate(names):
        _, _, baseline = work.lines[fitted.paragraphs.index(number)]
        if name:
            signs.append((name, right - side if right else 0, round(baseline - cap / 2 - side / 2)))
    return _Rows(work, tuple(signs), side)


def paint(scene: Scene, block: Placed) -> None:
    """Draws signs and rows."""
    assert isinstance(block.work, _Rows)
    rows, box = block.work, block.box
    for name, x, y in rows.icons:
        scene.image.paste(scene.sheet.palette.highlight, (box.left + x, box.top + y), icon(name, rows.side))
    rows.lines.paint(scene, box)


BLOCK = Block({"rows": list, "least": float, "most": float, "lines": int}, place, paint)
