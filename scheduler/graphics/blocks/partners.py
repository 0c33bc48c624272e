"""The organisations that a graphic is of, on one light plate: ours first, then the partners in the order of the post.

All logos cover about the same area, whatever their shapes, as an eye weighs them; an organisation without a logo stands there by its name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, sqrt

from PIL import Image

from scheduler.graphics.block import Block, Box, Member, Placed, Scene, Settings, Sheet
from scheduler.graphics.colour import BLACK, WHITE, Rgb, contrast, luminance, readable
from scheduler.graphics.problem import Undrawable
from scheduler.graphics.shapes import plate
from scheduler.graphics.text import Fitted, Room, Style, TooLong, fit
from scheduler.graphics.typeset import Typeset

# The longest and the tallest mark, against the side of a square of the common area: beyond, a mark is smaller than its neighbours.
_WIDEST, _TALLEST = 3.1, 1.35
_STEPS, _SHRINK = 24, 0.94
_ROWS = 4
_FLOOR, _LOWEST = 24, 22
# WCAG 2.2 success criterion 1.4.11 asks for 3 of graphics; a quarter of a mark that has it shows its shape.
_SEEN, _ENOUGH = 3.0, 0.25
_MIDDLE = 0.18
_SOFT = 1.3
_THUMB = 48


@dataclass(frozen=True, slots=True)
class _Mark:
    """Is an organisation as it will stand on the plate; ``tile`` is a ground of its own, where it cannot be seen on the plate."""

    member: Member
    image: Image.Image | None
    tile: Rgb | None


@dataclass(frozen=True, slots=True)
class _Sized:
    mark: _Mark
    width: int
    height: int
    name: Fitted | None
    apart: int


@dataclass(frozen=True, slots=True)
class _Stand:
    sized: _Sized
    box: Box


@dataclass(frozen=True, slots=True)
class _Strip:
    ground: Rgb
    ink: Rgb
    stands: tuple[_Stand, ...]


def place(sheet: Sheet, settings: Settings, room: tuple[int, int]) -> Placed | Undrawable | None:
    """Returns the plate with the marks as large as ``most`` and the room allow, in as few rows as that takes."""
    if not sheet.members:
        return None
    ground = sheet.palette.light
    everybody = (*_ourselves(sheet), *sheet.members)
    marks = [_seen(member, ground, sheet) for member in everybody]
    padding = sheet.px(settings.get("padding", 0.036))
    inner = (room[0] - 2 * padding, min(room[1], sheet.px(settings.get("high", 0.34))) - 2 * padding)
    most, least = sheet.px(settings.get("most", 0.1)), sheet.px(settings.get("least", 0.05))
    for step in range(_STEPS):
        side = max(least, most * _SHRINK**step)
        rows = _rows(marks, side, sheet, inner)
        if rows is not None:
            return _placed(rows, sheet, room[0], padding, side)
        if side == least:
            break
    return Undrawable(
        f"The graphic has no room for the logos of {len(marks)} organisations, each at the size and with the space that it asks for.",
        "Name fewer partners, or shorten the title.",
    )


def _ourselves(sheet: Sheet) -> tuple[Member, ...]:
    if not sheet.organisation and sheet.logo is None:
        return ()
    return (Member(name=sheet.organisation, on_light=sheet.logo, on_dark=sheet.logo),)


def _seen(member: Member, ground: Rgb, sheet: Sheet) -> _Mark:
    """Returns the logo that is made for the ground if it can be seen there, else the other, else the first on a ground that shows it."""
    choices = [member.on_light, member.on_dark]
    if luminance(ground) < _MIDDLE:
        choices.reverse()
    files = [choice for choice in choices if choice is not None]
    if not files:
        return _Mark(member, None, None)
    for image in files:
        if _visible(image, ground) >= _ENOUGH:
            return _Mark(member, image, None)
    tiles = (sheet.palette.scrim, WHITE, BLACK)
    return _Mark(member, files[0], max(tiles, key=lambda tile: _visible(files[0], tile)))


def _visible(image: Image.Image, ground: Rgb) -> float:
    """Returns the share of a logo's pixels that stand out from the ground."""
    small = image.copy()
    small.thumbnail((_THUMB, _THUMB))
    pixels = [small.getpixel((x, y)) for y in range(small.height) for x in range(small.width)]
    solid = [pixel for pixel in pixels if isinstance(pixel, tuple) and pixel[3] > 127]  # noqa: PLR2004 -- more there than not
    shown = sum(contrast((int(pixel[0]), int(pixel[1]), int(pixel[2])), ground) >= _SEEN for pixel in solid)
    return shown / len(solid) if solid else 0.0


def _rows(marks: Sequence[_Mark], side: float, sheet: Sheet, inner: tuple[int, int]) -> list[list[_Sized]] | None:
    sized = [_sized(mark, side, sheet) for mark in marks]
    done = [mark for mark in sized if mark is not None]
    if len(done) < len(sized):
        return None
    for many in range(1, min(_ROWS, len(done)) + 1):
        rows = list(_dealt(done, many))
        heights = [max(mark.height for mark in row) for row in rows]
        if max(map(_width, rows)) <= inner[0] and sum(heights) + _between(rows) * (many - 1) <= inner[1]:
            return rows
    return None


def _dealt(marks: Sequence[_Sized], many: int) -> Iterator[list[_Sized]]:
    """Yields rows of nearly the same number of marks, the longer ones first."""
    start = 0
    for row in range(many):
        end = start + ceil((len(marks) - start) / (many - row))
        yield list(marks[start:end])
        start = end


def _width(row: Sequence[_Sized]) -> int:
    gaps = sum(max(one.apart, other.apart) for one, other in pairwise(row))
    return sum(mark.width for mark in row) + gaps


def _between(rows: Sequence[Sequence[_Sized]]) -> int:
    return max(mark.apart for row in rows for mark in row) * 3 // 4


def _sized(mark: _Mark, side: float, sheet: Sheet) -> _Sized | None:
    scale = sheet.unit / 1080
    apart = max(round(side * 0.42), sheet.px(0.03), round(mark.member.clear_space * scale))
    if mark.image is None:
        return _name(mark, side, sheet, apart)
    aspect = mark.image.width / mark.image.height
    width = min(side * sqrt(aspect), side * _WIDEST, side * _TALLEST * aspect)
    width = max(width, mark.member.minimum_width * scale, 1.0)
    return _Sized(mark, max(1, round(width)), max(1, round(width / aspect)), None, apart)


def _name(mark: _Mark, side: float, sheet: Sheet, apart: int) -> _Sized | None:
    style = _style(sheet)
    largest = max(_FLOOR, round(side * 0.36))
    for wide in (2.0, _WIDEST, 1.5 * _WIDEST, 2.5 * _WIDEST):
        fitted = fit([mark.member.name], style, Room(side * wide, side * _TALLEST, 4, _FLOOR, largest))
        if not isinstance(fitted, TooLong):
            return _Sized(mark, fitted.width, fitted.height, fitted, apart)
    return None


def _style(sheet: Sheet) -> Style:
    return Style(sheet.faces, weight=720, tracking=-0.005, leading=1.14)


def _placed(rows: list[list[_Sized]], sheet: Sheet, width: int, padding: int, side: float) -> Placed:
    ground = sheet.palette.light
    stands = []
    y = padding
    for row in rows:
        high = max(mark.height for mark in row)
        x = (width - _width(row)) // 2
        order = list(reversed(row)) if sheet.rtl else row
        for index, mark in enumerate(order):
            top = y + (high - mark.height) // 2
            stands.append(_Stand(mark, Box(x, top, x + mark.width, top + mark.height)))
            x += mark.width + (max(mark.apart, order[index + 1].apart) if index + 1 < len(order) else 0)
        y += high + _between(rows)
    box = Box(0, 0, width, y - _between(rows) + padding)
    ink = readable(sheet.palette.scrim, ground, 7.0)
    told = {"side": round(side), "ground": list(ground), "marks": [_told(stand) for stand in stands]}
    complaints = tuple(said for stand in stands for said in _complaints(stand.sized))
    return Placed(block="partners", box=box, told=told, work=_Strip(ground, ink, tuple(stands)), complaints=complaints)


def _told(stand: _Stand) -> dict[str, object]:
    sized = stand.sized
    told: dict[str, object] = {"name": sized.mark.member.name, "box": stand.box.as_list()}
    if sized.name is not None:
        return {**told, "size": sized.name.size, "lines": [line.text for line in sized.name.lines]}
    return {**told, "tile": list(sized.mark.tile)} if sized.mark.tile else told


def _complaints(sized: _Sized) -> Iterator[str]:
    image, name = sized.mark.image, sized.mark.member.name
    if image is None:
        return
    if sized.height < _LOWEST:
        yield f"The logo of {name} is {sized.height} pixels high here and hard to read: use one that is less wide."
    if sized.width > image.width * _SOFT:
        yield f"The logo of {name} is only {image.width} pixels wide and looks soft: use one of at least {sized.width}."


def paint(scene: Scene, block: Placed) -> None:
    """Draws the plate and the marks on it."""
    assert isinstance(block.work, _Strip)
    box, strip = block.box, block.work
    scene.image.paste(strip.ground, (box.left, box.top), plate((box.width, box.height), scene.sheet.px(0.022)))
    for stand in strip.stands:
        _paint_mark(scene, stand, strip, stand.box.moved(box.left, box.top))


def _paint_mark(scene: Scene, stand: _Stand, strip: _Strip, box: Box) -> None:
    sized, image = stand.sized, stand.sized.mark.image
    if sized.name is not None:
        centred = [(box.width - line.width * sized.name.size) / 2 - line.left * sized.name.size for line in sized.name.lines]
        lines = tuple(zip(sized.name.lines, centred, sized.name.baselines, strict=True))
        Typeset(_style(scene.sheet), sized.name.size, strip.ink, lines).paint(scene, box)
    elif image is not None:
        if sized.mark.tile:
            edge = max(4, sized.apart // 4)
            size = (box.width + 2 * edge, box.height + 2 * edge)
            scene.image.paste(sized.mark.tile, (box.left - edge, box.top - edge), plate(size, edge))
        small = image.resize((box.width, box.height), Image.Resampling.LANCZOS, reducing_gap=3)
        scene.image.paste(small, (box.left, box.top), small)


BLOCK = Block({"most": float, "least": float, "high": float, "padding": float}, place, paint)
