"""The headline: as large as the room allows, in lines of equal length."""

from scheduler.graphics.block import Block, Placed, Scene, Settings, Sheet
from scheduler.graphics.problem import Undrawable
from scheduler.graphics.text import Room, Style, TooLong, fit
from scheduler.graphics.typeset import Typeset, placed, too_long, typeset


def place(sheet: Sheet, settings: Settings, room: tuple[int, int]) -> Placed | Undrawable | None:
    """Returns the headline at the largest size between ``least`` and ``most`` that fits the room in ``lines`` lines."""
    words = settings.get("text", "")
    if not words:
        return None
    style = Style(sheet.faces, weight=850, tracking=-0.018, leading=1.02, display=True, hang=True)
    smallest = sheet.px(settings.get("least", 0.06))
    sizes = Room(room[0], room[1], settings.get("lines", 4), smallest, max(smallest, sheet.px(settings.get("most", 0.15))))
    fitted = fit([words], style, sizes)
    if isinstance(fitted, TooLong):
        return too_long("title", fitted)
    return placed("headline", fitted, typeset(fitted, style, sheet, sheet.palette.ink, room[0]), room[0])


def paint(scene: Scene, block: Placed) -> None:
    """Draws the words."""
    assert isinstance(block.work, Typeset)
    block.work.paint(scene, block.box)


BLOCK = Block({"text": str, "least": float, "most": float, "lines": int}, place, paint)
