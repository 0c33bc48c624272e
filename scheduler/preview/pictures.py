"""Keeps the scaled copies of pictures that a page shows: inside the page, or as files beside it."""

import base64
from collections.abc import Callable, Mapping
from types import MappingProxyType

from scheduler.model.graphic import Picture

Thumbnail = Callable[[Picture], tuple[str, bytes]]
"""Returns a scaled copy as MIME type and bytes; raises OSError where the picture cannot be read."""

SUFFIXES: Mapping[str, str] = MappingProxyType({"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif"})
FOLDER = "pictures"


class Pictures:
    """Gives each picture its address on the page, and makes each copy once.

    ``files`` maps the addresses of copies that stand beside the page to their bytes; it stays empty where they are ``embedded``.
    """

    def __init__(self, thumbnail: Thumbnail, *, embedded: bool) -> None:
        self._thumbnail = thumbnail
        self._embedded = embedded
        self._known: dict[str, str] = {}
        self.files: dict[str, bytes] = {}

    def address(self, picture: Picture) -> str:
        """Returns what stands in the page's ``src``; empty where the picture cannot be read."""
        if picture.sha256 not in self._known:
            self._known[picture.sha256] = self._copy(picture)
        return self._known[picture.sha256]

    def _copy(self, picture: Picture) -> str:
        try:
            mime, content = self._thumbnail(picture)
        except OSError:
            return ""  # the page says so where the picture would stand
        if mime not in SUFFIXES:
            raise ValueError(f"a page shows no {mime}: a copy is one of {', '.join(SUFFIXES)}")
        if self._embedded:
            return f"data:{mime};base64,{base64.b64encode(content).decode('ascii')}"
        address = f"{FOLDER}/{picture.sha256[:16]}{SUFFIXES[mime]}"
        self.files[address] = content
        return address
