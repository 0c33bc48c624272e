"""A few words in small, spaced capitals above the headline."""

from scheduler.graphics.block import Block, Placed, Scene, Settings, Sheet
from scheduler.graphics.problem import Undrawable
from scheduler.graphics.text import Room, Style, TooLong, fit
from scheduler.graphics.typeset import Typeset, placed, too_long, typeset

_LEAST = 28


def place(sheet: Sheet, settings: Settings, room: tuple[int, int]) -> Placed | Undrawable | None:
    """Returns the kicker in one or two lines of the highlight colour."""
    words = settings.get("text", "").upper()
    if not words:
        return None
    style = Style(sheet.faces, weight=700, tracking=0.075, leading=1.25)
    fitted = fit([words], style, Room(room[0], room[1], 2, _LEAST, max(_LEAST, sheet.px(settings.get("most", 0.0296)))))
    if isinstance(fitted, TooLong):
        return too_long("kicker", fitted)
    return placed("kicker", fitted, typeset(fitted, style, sheet, sheet.palette.highlight, room[0]), room[0])


def paint(scene: Scene, block: Placed) -> None:
    """Draws the words."""
    assert isinstance(block.work, Typeset)
    block.work.paint(scene, block.box)


BLOCK = Block({"text": str, "most": float}, place, paint)
