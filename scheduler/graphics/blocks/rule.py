"""A short, thick line that parts the headline from the particulars."""

from scheduler.graphics.block import Block, Box, Placed, Scene, Settings, Sheet


def place(sheet: Sheet, settings: Settings, room: tuple[int, int]) -> Placed:
    """Returns the line on the side where the headline starts."""
    width, height = sheet.px(settings.get("length", 0.1)), max(4, sheet.px(settings.get("thickness", 0.0074)))
    left = room[0] - width if sheet.rtl else 0
    return Placed(block="rule", box=Box(left, 0, left + width, height))


def paint(scene: Scene, block: Placed) -> None:
    """Draws the line in the accent colour."""
    box = block.box
    scene.pen.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), fill=scene.sheet.palette.highlight)


BLOCK = Block({"length": float, "thickness": float}, place, paint)
