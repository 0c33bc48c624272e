"""The date as a tear-off calendar leaf: month, day and weekday on a plate of the accent colour."""

from dataclasses import dataclass

from scheduler.graphics.block import Block, Box, Placed, Scene, Settings, Sheet
from scheduler.graphics.problem import Undrawable
from scheduler.graphics.shapes import plate
from scheduler.graphics.text import Fitted, Room, Style, TooLong, fit
from scheduler.graphics.typeset import Typeset, too_long

_ASPECT = 1.16
_PADDING = 0.125
# The share of the plate's width that each tier's capitals may be high.
_SMALL, _LARGE = 0.185, 0.62


@dataclass(frozen=True, slots=True)
class _Tier:
    work: Typeset
    x: int
    y: int


def place(sheet: Sheet, settings: Settings, _room: tuple[int, int]) -> Placed | Undrawable | None:
    """Returns the plate, or None where the day or the month is missing."""
    words = [settings.get(key, "") for key in ("above", "numeral", "below")]
    if not words[1] or not words[0]:
        return None
    side = sheet.px(settings.get("width", 0.176))
    height = round(side * _ASPECT)
    inner = side * (1 - 2 * _PADDING)
    small = Style(sheet.faces, weight=750, tracking=0.04)
    large = Style(sheet.faces, weight=850, tracking=-0.03, display=True)
    caps = [fit([word.upper()], small, Room(inner, side, 1, 14, round(side * _SMALL))) for word in (words[0], words[2] or " ")]
    numeral = fit([words[1]], large, Room(inner, side, 1, 28, round(side * _LARGE)))
    fitted = [caps[0], numeral, caps[1]]
    for what, tier in zip(("month", "day", "weekday"), fitted, strict=True):
        if isinstance(tier, TooLong):
            return too_long(what, tier)
    tiers = _tiers([tier for tier in fitted if isinstance(tier, Fitted)], (small, large, small), sheet, (side, height))
    told = {"lines": [line["text"] for tier in tiers for line in tier.work.told()], "sizes": [tier.work.size for tier in tiers]}
    return Placed(block="badge", box=Box(0, 0, side, height), told=told, work=tuple(tiers))


def _tiers(fitted: list[Fitted], styles: tuple[Style, ...], sheet: Sheet, plate_size: tuple[int, int]) -> list[_Tier]:
    side, height = plate_size
    cap = sheet.faces[0].cap
    # The same small size above and below: the longer word decides.
    size = min(fitted[0].size, fitted[2].size)
    sizes = [size, fitted[1].size, size]
    heights = [cap * size for size in sizes]
    if not fitted[2].lines[0].text.strip():
        fitted, sizes, heights = fitted[:2], sizes[:2], heights[:2]
    air = (height - sum(heights)) / (len(heights) + 1.3)
    tiers, y = [], air * 1.15
    for tier, style, size, high in zip(fitted, styles, sizes, heights, strict=False):
        line = tier.lines[0]
        work = Typeset(style, size, sheet.palette.stamp, ((line, -line.left * size, 0),))
        tiers.append(_Tier(work, round((side - (line.right - line.left) * size) / 2), round(y + high)))
        y += high + air
    return tiers


def paint(scene: Scene, block: Placed) -> None:
    """Draws the plate and the date on it."""
    box, accent = block.box, scene.sheet.palette.accent
    scene.image.paste(accent, (box.left, box.top), plate((box.width, box.height), round(box.width * 0.09)))
    assert isinstance(block.work, tuple)
    for tier in block.work:
        tier.work.paint(scene, box.moved(tier.x, tier.y))


BLOCK = Block({"above": str, "numeral": str, "below": str, "width": float}, place, paint)
