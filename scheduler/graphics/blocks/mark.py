"""The organisation's logo, or its initials where there is none, with its name beside it."""

from PIL import Image

from scheduler.graphics.block import Block, Box, Placed, Scene, Settings, Sheet
from scheduler.graphics.colour import readable
from scheduler.graphics.problem import Undrawable
from scheduler.graphics.runs import clusters
from scheduler.graphics.shapes import disc
from scheduler.graphics.text import Room, Style, TooLong, fit, measure
from scheduler.graphics.text import paint as paint_line
from scheduler.graphics.typeset import Typeset, too_long

_LEAST = 28
_WIDEST = 2.6


def place(sheet: Sheet, settings: Settings, room: tuple[int, int]) -> Placed | Undrawable | None:
    """Returns the mark with half its height clear between it and the name."""
    name = settings.get("text", "")
    if not name and sheet.logo is None:
        return None
    high = sheet.px(settings.get("height", 0.096))
    wide = _logo_size(sheet.logo, high)[0] if sheet.logo else high
    indent = wide + round(high * 0.26)
    if not name:
        return Placed(block="mark", box=Box(0, 0, wide, high), told={"mark": [wide, high]})
    style = Style(sheet.faces, weight=620, tracking=0.002, leading=1.16)
    largest = max(_LEAST, sheet.px(settings.get("most", 0.0315)))
    fitted = fit([name], style, Room(room[0] - indent, high * 1.2, 2, _LEAST, largest))
    if isinstance(fitted, TooLong):
        return too_long("organisation’s name", fitted)
    # Centred by capitals and last baseline, which is what the eye takes for the block.
    drop = round((high - fitted.baselines[-1]) / 2)
    size = fitted.size
    lines = tuple((line, indent - line.left * size, y + drop) for line, y in zip(fitted.lines, fitted.baselines, strict=True))
    work = Typeset(style, size, sheet.palette.ink, lines)
    box = Box(0, 0, indent + fitted.width, high)
    told = {"mark": [wide, high], "size": size, "lines": work.told()}
    return Placed(block="mark", box=box, told=told, work=work, ink=work.ink())


def _logo_size(logo: Image.Image, high: int) -> tuple[int, int]:
    shrink = min(high / logo.height, high * _WIDEST / logo.width)
    return max(1, round(logo.width * shrink)), max(1, round(logo.height * shrink))


def paint(scene: Scene, block: Placed) -> None:
    """Draws the mark and the name."""
    _, high = block.told["mark"]
    if scene.sheet.logo is None:
        _monogram(scene, Box(block.box.left, block.box.top, block.box.left + high, block.box.top + high))
    else:
        logo = scene.sheet.logo.resize(_logo_size(scene.sheet.logo, high), Image.Resampling.LANCZOS, reducing_gap=3)
        scene.image.paste(logo, (block.box.left, block.box.top + (high - logo.height) // 2), logo)
    if isinstance(block.work, Typeset):
        block.work.paint(scene, block.box)


def _monogram(scene: Scene, box: Box) -> None:
    sheet = scene.sheet
    scene.image.paste(sheet.palette.accent, (box.left, box.top), disc(box.width))
    words = [word for word in sheet.organisation.split() if word[:1].isalnum()]
    capitals = [clusters(word)[0] for word in words if word[0].isupper()] or [clusters(word)[0].upper() for word in words]
    initials = "".join(capitals[:2])
    if not initials:
        return
    style = Style(sheet.faces, weight=850, tracking=-0.02, display=True)
    line, size = measure(initials, style, rtl=False), round(box.height * (0.5 if len(initials) == 1 else 0.42))
    x = box.left + (box.width - (line.right - line.left) * size) / 2 - line.left * size
    y = box.top + (box.height + sheet.faces[0].cap * size) / 2
    ink = readable(sheet.palette.stamp, sheet.palette.accent)
    paint_line(scene.pen, line, style, (x, round(y)), size, ink)


BLOCK = Block({"text": str, "height": float, "most": float}, place, paint)
