"""What every block of a template does, in words and types.

*Place* is pure: it turns settings, already filled with the fields, into a box and everything needed to draw it.
*Paint* draws what was placed.
A block is one file in ``blocks/`` that exports ``BLOCK``; no list names it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image, ImageDraw

from scheduler.discovery import load, names_in
from scheduler.graphics import blocks
from scheduler.graphics.colour import Palette, Rgb
from scheduler.graphics.fonts import Face
from scheduler.graphics.problem import Undrawable

Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    """Is a rectangle in whole pixels; ``right`` and ``bottom`` are the first pixels outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Returns the width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Returns the height in pixels."""
        return self.bottom - self.top

    def moved(self, x: int, y: int) -> "Box":
        """Returns the box at another place."""
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def as_list(self) -> list[int]:
        """Returns left, top, right and bottom."""
        return [self.left, self.top, self.right, self.bottom]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Is an organisation that the graphic is of: its logo for light and for dark grounds, both None where its name stands for it.

    ``minimum_width`` and ``clear_space`` are pixels of a picture 1080 wide.
    """

    name: str
    on_light: Image.Image | None = None
    on_dark: Image.Image | None = None
    minimum_width: int = 0
    clear_space: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Is what every block knows of the graphic it is part of.

    ``unit`` is the length that a template's fractions are of, ``safe`` the box that nothing but the background leaves.
    ``seed`` is the same for graphics of one title, ``rtl`` tells that the title reads from right to left.
    """

    width: int
    height: int
    unit: int
    safe: Box
    palette: Palette
    faces: tuple[Face, ...]
    organisation: str
    seed: int
    rtl: bool = False
    photo: Image.Image | None = None
    logo: Image.Image | None = None
    members: tuple[Member, ...] = ()

    def px(self, fraction: float) -> int:
        """Returns a template's fraction in pixels."""
        return round(fraction * self.unit)


@dataclass(frozen=True, slots=True)
class Ink:
    """Is a stretch of text that stands straight on the background: where, and in which colour."""

    box: Box
    colour: Rgb


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Is a block with its place. ``told`` is what the layout says of it (JSON-able), ``work`` is what only its painter reads.

    ``complaints`` are sentences on what it could not do well.
    """

    block: str
    box: Box
    told: Mapping[str, Any] = field(default_factory=dict)
    work: object = None
    ink: tuple[Ink, ...] = ()
    in_stack: bool = False
    complaints: tuple[str, ...] = ()

    def moved(self, x: int, y: int) -> "Placed":
        """Returns the block at another place."""
        return replace(self, box=self.box.moved(x, y), ink=tuple(Ink(ink.box.moved(x, y), ink.colour) for ink in self.ink))


@dataclass(frozen=True, slots=True)
class Scene:
    """Is a graphic while it is painted: ``image`` is drawn on, ``placed`` is all of its blocks, ``notes`` takes what painting found out."""

    sheet: Sheet
    image: Image.Image
    placed: tuple[Placed, ...]
    notes: dict[str, Any]

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        """Returns a pen for the picture."""
        return ImageDraw.Draw(self.image)


@dataclass(frozen=True, slots=True)
class Block:
    """Is what a block's file exports.

    ``keys`` are the settings that it takes, with the type of each. ``place`` is given its settings and the room in pixels and answers
    with a box that starts at (0, 0), with None where there is nothing to show, or with why it cannot be drawn.
    """

    keys: Mapping[str, type]
    place: Callable[[Sheet, Settings, tuple[int, int]], Placed | Undrawable | None]
    paint: Callable[[Scene, Placed], None]


def find_blocks() -> dict[str, Block]:
    """Returns every block by the name of its file."""
    [folder] = blocks.__path__
    return {name: load(name, folder, blocks.__name__).BLOCK for name in names_in(folder)}
