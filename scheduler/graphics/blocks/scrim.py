"""The brand's dark, laid over the background where text stands: as strong as the pixels there ask for, and fading out without an edge."""

import random
from functools import cache

from PIL import Image, ImageChops, ImageFilter

from scheduler.graphics import contrast
from scheduler.graphics.block import Block, Box, Ink, Placed, Scene, Settings, Sheet
from scheduler.graphics.contrast import Veil, smooth
from scheduler.graphics.problem import Undrawable, did_you_mean

_SIDES = ("bottom", "left")
# Rounding, grain and JPEG take a little away from what is computed.
_LEAST = 4.9
_TILE = 256
_GRAIN = 5


def place(sheet: Sheet, settings: Settings, _room: tuple[int, int]) -> Placed | Undrawable:
    """Returns the whole sheet; ``from`` is the side of the text, ``least`` and ``head`` the least strength there and at the top."""
    side = settings.get("from", "bottom")
    if side not in _SIDES:
        return Undrawable(f"A scrim cannot come from “{side}”.", did_you_mean(side, _SIDES, "sides"))
    # A drawn background is calm and leaves the stage to the words by itself; a photograph does not.
    body, head = (settings.get("least", 0.7), settings.get("head", 0.55)) if sheet.photo else (0.5, 0.0)
    told = {"from": side, "least": body, "head": head}
    return Placed(block="scrim", box=Box(0, 0, sheet.width, sheet.height), told=told)


def paint(scene: Scene, block: Placed) -> None:
    """Lays one veil for the head and one for the stack, each solved for its own text, and a grain that hides the steps between tones."""
    sheet = scene.sheet
    head = [ink for placed in scene.placed if not placed.in_stack for ink in placed.ink]
    body = [ink for placed in scene.placed if placed.in_stack for ink in placed.ink]
    scene.notes["scrim"] = {}
    if head:
        edge = max(ink.box.bottom for ink in head)
        _lay(scene, "head", head, block.told["head"], _from_top(edge, 0.17 * sheet.height))
    if body:
        if block.told["from"] == "left":
            veil = _from_left(max(ink.box.right for ink in body), 0.26 * sheet.width)
        else:
            veil = _from_bottom(min(ink.box.top for ink in body), 0.24 * sheet.height)
        _lay(scene, "stack", body, block.told["least"], veil)
    scene.image.paste(_grained(scene.image))
    scene.notes["contrast"] = round(contrast.worst(scene.image, [*head, *body]), 2)


def _from_top(edge: int, feather: float) -> Veil:
    return lambda _x, y: 1 - smooth((y - edge) / feather)


def _from_bottom(edge: int, feather: float) -> Veil:
    # The veil is whole a little above the first line, where its letters already need it.
    return lambda _x, y: smooth((y - edge + feather) / (feather * 0.92))


def _from_left(edge: int, feather: float) -> Veil:
    return lambda x, _y: 1 - smooth((x - edge) / feather)


def _lay(scene: Scene, name: str, inks: list[Ink], floor: float, veil: Veil) -> None:
    image, colour = scene.image, scene.sheet.palette.scrim
    if scene.sheet.photo and name == "stack":
        # Lettering and hard edges in a photograph compete with words even where it is dark enough; at the head there may be faces.
        image.paste(_blurred(image), mask=_mask(image.size, veil, 1.0))
    reduced = image.reduce(contrast.CELL)
    strength = contrast.solve([contrast.cells(reduced, ink, veil) for ink in inks], colour, floor, _LEAST)
    scene.notes["scrim"][name] = round(strength, 3)
    image.paste(colour, mask=_mask(image.size, veil, strength))


def _blurred(image: Image.Image) -> Image.Image:
    small = image.reduce(8).filter(ImageFilter.GaussianBlur(1.2))
    return small.resize(image.size, Image.Resampling.BILINEAR)


def _mask(size: tuple[int, int], veil: Veil, strength: float) -> Image.Image:
    width, height = size
    row = bytes(round(255 * strength * veil(x, height / 2)) for x in range(width))
    column = bytes(round(255 * strength * veil(width / 2, y)) for y in range(height))
    # A veil fades along one direction only: the other is as good as constant.
    if len(set(row)) > 1:
        return Image.frombytes("L", (width, 1), row).resize(size, Image.Resampling.NEAREST)
    return Image.frombytes("L", (1, height), column).resize(size, Image.Resampling.NEAREST)


@cache
def _tile() -> Image.Image:
    noise = random.Random(1).randbytes(_TILE * _TILE)  # noqa: S311 -- grain, not a secret
    return Image.frombytes("L", (_TILE, _TILE), noise).point(lambda value: 128 - _GRAIN + value * (2 * _GRAIN) // 255)


def _grained(image: Image.Image) -> Image.Image:
    sheet = Image.new("L", image.size)
    tile = _tile()
    for y in range(0, image.height, _TILE):
        for x in range(0, image.width, _TILE):
            sheet.paste(tile, (x, y))
    return ImageChops.add(image, Image.merge("RGB", (sheet, sheet, sheet)), 1, -128)


BLOCK = Block({"from": str, "least": float, "head": float}, place, paint)
