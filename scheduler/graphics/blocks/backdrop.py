"""What lies behind everything: a photograph that fills the graphic, or a drawn background in the brand's colours."""

from scheduler.graphics import motifs, photo
from scheduler.graphics.block import Block, Box, Placed, Scene, Settings, Sheet
from scheduler.graphics.problem import Undrawable, did_you_mean

_TREATMENTS = ("natural", "duotone")


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
        scene.image.paste(motifs.draw(scene.image.size, sheet.palette, block.told["motif"], sheet.seed, _centre(scene)))
    elif block.told["treat"] == "duotone":
        scene.image.paste(photo.duotone(sheet.photo, sheet.palette))
    else:
        scene.image.paste(photo.natural(sheet.photo))


def _centre(scene: Scene) -> tuple[float, float]:
    """Returns the middle of what the words leave free: right of them on a lying sheet, between head and stack on the others."""
    sheet = scene.sheet
    if sheet.width > sheet.height:
        return 0.82, 0.5
    head = max((placed.box.bottom for placed in scene.placed if placed.box.top >= sheet.safe.top and not placed.in_stack), default=0)
    stack = min((placed.box.top for placed in scene.placed if placed.in_stack), default=sheet.height)
    return 0.5, (head * 0.45 + stack * 0.55) / sheet.height


BLOCK = Block({"treat": str, "motif": str}, place, paint)
