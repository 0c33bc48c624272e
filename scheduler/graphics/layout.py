"""Places the blocks of a template: pure, so that what it says can be compared as text. The stack flows: what is empty closes up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scheduler.graphics import wording
from scheduler.graphics.block import Block, Box, Placed, Settings, Sheet
from scheduler.graphics.problem import Undrawable
from scheduler.graphics.template import Form, Item

_ASIDE = 0.04


@dataclass(frozen=True, slots=True)
class Layout:
    """Is every block of a graphic at its place, in the order of painting."""

    sheet: Sheet
    placed: tuple[Placed, ...]

    def told(self) -> dict[str, Any]:
        """Returns the layout in JSON's types: boxes are left, top, right, bottom in pixels, lines count from their block's left top."""
        return {
            "size": [self.sheet.width, self.sheet.height],
            "safe": self.sheet.safe.as_list(),
            "blocks": [{"block": placed.block, "box": placed.box.as_list(), **placed.told} for placed in self.placed],
        }


def safe_box(form: Form) -> Box:
    """Returns the box that only the background may leave: the margin, or what the network covers where that is more."""
    margin = round(form.margin * form.unit)
    (width, height), (top, bottom) = form.size, form.clear
    return Box(margin, max(margin, top), width - margin, height - max(margin, bottom))


def filled(value: object, fields: Mapping[str, str]) -> Any:  # noqa: ANN401 -- settings are what TOML gives: text, numbers, lists and tables
    """Returns settings with every text filled with the fields."""
    match value:
        case str():
            return wording.fill(value, fields)
        case dict():
            return {key: filled(inner, fields) for key, inner in value.items()}
        case list():
            return [filled(inner, fields) for inner in value]
        case _:
            return value


def arrange(form: Form, sheet: Sheet, fields: Mapping[str, str], blocks: Mapping[str, Block]) -> Layout | Undrawable:
    """Returns the layout of the fields in a format, or why they do not fit."""
    layers = _layers(form.layers, sheet, fields, blocks)
    if isinstance(layers, Undrawable):
        return layers
    column = sheet.safe.left + round(sheet.safe.width * form.stack.get("width", 1.0))
    above = [layer.box.bottom for layer in layers if layer.box.top >= sheet.safe.top and layer.box.left < column]
    top = max(above) + sheet.px(form.stack.get("below", 0.05)) if above else sheet.safe.top
    stack = _stack(form, replace(sheet, safe=replace(sheet.safe, top=top)), fields, blocks)
    if isinstance(stack, Undrawable):
        return stack
    return Layout(sheet, (*layers, *stack))


def _layers(items: Sequence[Item], sheet: Sheet, fields: Mapping[str, str], blocks: Mapping[str, Block]) -> list[Placed] | Undrawable:
    """Places the background and the corners; a corner leaves room for the one that was placed before it."""
    done: list[Placed] = []
    taken = 0
    for item in items:
        at = item.settings.get("at", "")
        placed = blocks[item.block].place(sheet, filled(item.settings, fields), (sheet.safe.width - taken, sheet.safe.height))
        if isinstance(placed, Undrawable):
            return placed
        if placed is None:
            continue
        if at:
            taken += placed.box.width + sheet.px(_ASIDE)
            placed = placed.moved(*_corner(at, placed.box, sheet.safe))
        done.append(placed)
    return done


def _corner(at: str, box: Box, safe: Box) -> tuple[int, int]:
    x = safe.right - box.width if "right" in at else safe.left
    y = safe.bottom - box.height if "bottom" in at else safe.top
    return x, y


def _stack(form: Form, sheet: Sheet, fields: Mapping[str, str], blocks: Mapping[str, Block]) -> list[Placed] | Undrawable:
    width = round(sheet.safe.width * form.stack.get("width", 1.0))
    settings = [filled(item.settings, fields) for item in form.items]
    measured = _measured(form, sheet, settings, blocks, width)
    if isinstance(measured, Undrawable):
        return measured
    done = _without_ends(settings, measured)
    heights = [placed.box.height if placed else 0 for placed in done]
    gaps = _gaps(form, sheet, settings, done)
    spare = sheet.safe.height - sum(heights) - sum(gaps)
    if spare < 0:
        return Undrawable("There are more words than the graphic has room for.", "Leave out a row, or shorten the title.")
    y = sheet.safe.top + {"top": 0, "middle": spare // 2}.get(form.stack.get("anchor", "bottom"), spare)
    placed_all = []
    for placed, height, gap in zip(done, heights, gaps, strict=True):
        y += gap
        if placed:
            placed_all.append(replace(placed.moved(sheet.safe.left, y), in_stack=True))
        y += height
    return placed_all


def _without_ends(settings: Sequence[Settings], done: Sequence[Placed | None]) -> list[Placed | None]:
    """Drops what stands only between others where there is nothing above it or nothing below."""
    solid = [index for index, placed in enumerate(done) if placed and not settings[index].get("between")]
    first, last = (solid[0], solid[-1]) if solid else (0, -1)
    return [placed if first <= index <= last else None for index, placed in enumerate(done)]


def _gaps(form: Form, sheet: Sheet, settings: Sequence[Settings], done: Sequence[Placed | None]) -> list[int]:
    """Returns the distance above each block: none above the first that is there, none for those that are not."""
    gaps, first = [], True
    for own, placed in zip(settings, done, strict=True):
        gaps.append(0 if first or placed is None else sheet.px(own.get("gap", form.stack.get("gap", 0.03))))
        first = first and placed is None
    return gaps


def _measured(
    form: Form, sheet: Sheet, settings: Sequence[Settings], blocks: Mapping[str, Block], width: int
) -> list[Placed | None] | Undrawable:
    """Measures the fixed blocks first; the flexible ones share what they leave."""
    done: list[Placed | None] = [None] * len(form.items)
    order = sorted(range(len(form.items)), key=lambda index: bool(form.items[index].settings.get("flexible")))
    left = sheet.safe.height
    for index in order:
        item = form.items[index]
        gap = sheet.px(settings[index].get("gap", form.stack.get("gap", 0.03))) if index else 0
        placed = blocks[item.block].place(sheet, settings[index], (width, max(left - gap, 0)))
        if isinstance(placed, Undrawable):
            return placed
        done[index] = placed
        left -= placed.box.height + gap if placed else 0
    return done
