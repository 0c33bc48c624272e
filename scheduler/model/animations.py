"""What becomes of a picture that moves on a network: a GIF, WebP or PNG of several pictures that follow each other."""

from collections.abc import Container
from dataclasses import dataclass

from scheduler.model.graphic import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Animations:
    """Is what a network does with pictures that move; of others than those in ``formats`` (MIME types) readers see the first picture.

    ``alone`` tells that one that moves stands in a post without anything beside it. ``bytes`` is its most where that is not the one of
    pictures, ``frames`` how many pictures it may have, ``size`` the most pixels in width and in height, ``pixels`` those of all its
    pictures together. None means no limit of its own.
    """

    formats: tuple[str, ...] = ()
    alone: bool = False
    bytes: int | None = None
    frames: int | None = None
    size: tuple[int, int] | None = None
    pixels: int | None = None

    def moves(self, picture: Picture) -> bool:
        """Tells whether readers see the picture move."""
        return picture.frames > 1 and picture.mime in self.formats

    def stands_still(self, picture: Picture) -> bool:
        """Tells whether readers see only the first picture of one that moves on the author's screen."""
        return picture.frames > 1 and picture.mime not in self.formats

    def fate(self, picture: Picture, taken: Container[str], title: str) -> str:
        """Returns in a sentence what becomes of a picture that moves on the network of that title; nothing of others.

        ``taken`` are the formats of pictures that the network takes at all.
        """
        if picture.mime in taken and self.stands_still(picture):
            return f"It may stand still on {title}: count on its first picture alone."
        return f"It moves on {title}." if self.moves(picture) else ""
