"""What lies behind everything: a photograph that fills the graphic, or a drawn background in the brand's colours."""

from functools import lru_cache

from PIL import Image

from scheduler.graphics import motifs, photo
from scheduler.graphics.block import Block, Box, Placed, Scene, Settings, Sheet
from scheduler.graphics.contrast import smooth
from scheduler.graphics.problem import Undrawable, did_you_mean

_TREATMENTS = ("natural", "duotone")
# The part of the height that the photograph goes on for behind the words, while it fades.
_BEHIND = 0.3


def place(sheet: Sheet, settings: Settings, _room: tuple[int, int]) -> Placed | Undrawable:
    """Returns the whole sheet; ``treat`` is natural or duotone, ``motif`` a drawing's name or auto."""
    treat, motif = settings.get("treat", "natural"), settings.get("motif", "auto")
    if treat not in _TREATMENTS:
        return Undrawable(f"There is no treatment “{treat}”.", did_you_mean(treat, _TREATMENTS, "treatments"))
    if motif not in {"auto", *motifs.MOTIFS}:
        return Undrawable(f"There is no motif “{motif}”.", did_you_mean(motif, motifs.MOTIFS, "motifs"))
    told = {"treat": treat} if sheet.photo else {"motif": motif}
    return Placed(block="backdrop", box=Box(0, 0, sheet.width, sheet.height), told=told)


def paint(scene: Scene, block: Placed) -> None:
    """Covers the sheet."""
    sheet = scene.sheet
    if sheet.photo is None:
        scene.image.paste(motifs.draw(scene.image.size, sheet.palette, block.told["motif"], sheet.seed, _place(scene)))
    else:
        window = _window(scene)
        seen = photo.crop(sheet.photo, (sheet.width, window))
        treated = photo.duotone(seen, sheet.palette) if block.told["treat"] == "duotone" else photo.natural(seen)
        scene.image.paste(sheet.palette.scrim, (0, 0, sheet.width, sheet.height))
        scene.image.paste(treated, mask=_fade(sheet.width, window) if window < sheet.height else None)


def _window(scene: Scene) -> int:
    """Returns how far down the photograph goes: it is shown where nothing is written, and ends behind the first lines of the stack."""
    sheet = scene.sheet
    if sheet.width > sheet.height:
        return sheet.height
    stack = min((placed.box.top for placed in scene.placed if placed.in_stack), default=sheet.height)
    return min(sheet.height, max(stack + round(_BEHIND * sheet.height), sheet.height // 2))


@lru_cache(maxsize=8)
def _fade(width: int, window: int) -> Image.Image:
    start = window * 0.66
    column = bytes(round(255 * (1 - smooth((y - start) / (window - start)))) for y in range(window))
    return Image.frombytes("L", (1, window), column).resize((width, window), Image.Resampling.NEAREST)


def _place(scene: Scene) -> tuple[float, float, float]:
    """Returns the middle and height of what the words leave free: beside them on a lying sheet, between head and stack on others."""
    sheet = scene.sheet
    if sheet.width > sheet.height:
        return 0.86, 0.8, 0.4
    head = max((placed.box.bottom for placed in scene.placed if placed.box.top >= sheet.safe.top and not placed.in_stack), default=0)
    stack = min((placed.box.top for placed in scene.placed if placed.in_stack), default=sheet.height)
    return 0.5, (head * 0.45 + stack * 0.55) / sheet.height, max(0.0, (stack - head) / sheet.height)


BLOCK = Block({"treat": str, "motif": str}, place, paint)
