"""Reads articles back: their words, their pictures, and when they went out."""

import re
from collections.abc import Mapping
from typing import Any

from scheduler.publishers import fields
from scheduler.publishers.contract import FeedItem
from scheduler.publishers.lenient import LenientParser

_FIGURE = re.compile(r"(?:<!-- wp:video\b[^>]*-->\s*)?<figure\b.*?</figure>(?:\s*<!-- /wp:video -->)?", re.DOTALL)
_LONGEST = 200_000
"""Is how much HTML of one article is read back: what a stranger made of it could take hours."""
_BLOCKS = frozenset({"p", "div", "blockquote", "li", "pre", "h1", "h2", "h3", "h4"})
_SILENT = frozenset({"script", "style", "figcaption"})


class _Article(LenientParser):
    """Collects what a reader reads, and the pictures and films; a film's caption is its description."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self._silent = 0
        self._film = self._caption = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            found = dict(attrs)
            self.pictures.append((found.get("src") or "", found.get("alt") or ""))
        elif tag == "video":
            self.pictures.append((dict(attrs).get("src") or "", ""))
        elif tag == "br":
            self.pieces.append("\n")
        elif tag in _BLOCKS and self.pieces:
            self.pieces.append("\n\n")
        self._film = (self._film or tag == "video") and tag != "figure"
        self._caption = self._caption or (self._film and tag == "figcaption")
        self._silent += tag in _SILENT

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        self._caption = self._caption and tag != "figcaption"

    def handle_data(self, data: str) -> None:
        if self._caption:
            address, said = self.pictures[-1]
            self.pictures[-1] = (address, said + data)
        if not self._silent:
            self.pieces.append(data.replace("\n", ""))


def figures(content: str) -> list[str]:
    """Returns the pictures and films of an article as HTML, just as they stand in it."""
    return _FIGURE.findall(content)


def item(row: Mapping[str, Any]) -> FeedItem:
    """Returns an article as a post of a feed; ``row`` is what the site shows to those who may edit."""
    article = _Article()
    article.feed(written(row)[:_LONGEST])
    article.close()
    return FeedItem(
        remote_id=fields.name(row, "id"),
        url=fields.address(row, "link"),
        text="".join(article.pieces).strip(),
        published=fields.moment(row.get("date_gmt")),
        pictures=tuple(article.pictures),
    )


def written(row: Mapping[str, Any]) -> str:
    """Returns an article's HTML as it was written, or as it is shown where the site says no more."""
    found = fields.table(row, "content")
    return fields.words(found, "raw") or fields.words(found, "rendered")
