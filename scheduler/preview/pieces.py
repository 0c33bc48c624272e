"""Cuts a text into the pieces that a page shows, so that the page holds the text to the code point."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

import regex

from scheduler.model.outgoing import Facet

SAFE_SCHEMES = frozenset({"http", "https", "mailto"})
_CUTS = regex.compile(r"(\r|[\x00\ud800-\udfff])")
_GRAPHEME = regex.compile(r"\X")
_SHORTEST_FOLD = 0.8


@dataclass(frozen=True, slots=True)
class Piece:
    """Is one stretch of a text: ``plain``, ``link``, ``tag``, ``mention``; or a mark: ``return``, ``fold``.

    A ``return`` stands for a carriage return, which a page keeps only as a character reference.
    A ``fold`` has no text: it marks where a network hides the rest behind a click.
    """

    kind: str
    text: str = ""
    href: str = ""


def safe_href(address: str) -> str:
    """Returns the address if a click on it can do no harm, otherwise an empty string."""
    try:
        scheme = urlsplit(address.strip()).scheme.lower()
    except ValueError:
        return ""
    return address.strip() if scheme in SAFE_SCHEMES else ""


def cut(text: str, facets: Sequence[Facet] = (), fold: int | None = None) -> tuple[Piece, ...]:
    """Returns the text as pieces whose texts, put together, are the text again.

    Facets that overlap an earlier one or leave the text are shown as plain text. ``fold`` counts code points.
    A page cannot hold U+0000 or half a surrogate pair; they become U+FFFD.
    """
    kept = tuple(_fitting(facets, len(text)))
    place = _fold_place(text, kept, fold)
    borders = sorted({0, len(text), place, *(facet.start for facet in kept), *(facet.end for facet in kept)})
    pieces: list[Piece] = []
    for start, end in pairwise(borders):
        if start == place and place > 0:
            pieces.append(Piece("fold"))
        facet = next((facet for facet in kept if facet.start <= start < facet.end), None)
        pieces.extend(_parts(text[start:end], facet))
    return tuple(pieces)


def _fitting(facets: Sequence[Facet], length: int) -> Iterator[Facet]:
    reached = 0
    for facet in sorted(facets, key=lambda facet: (facet.start, facet.end)):
        if reached <= facet.start < facet.end <= length:
            reached = facet.end
            yield facet


def _parts(text: str, facet: Facet | None) -> Iterator[Piece]:
    kind = facet.kind if facet and facet.kind in {"link", "tag", "mention"} else "plain"
    href = safe_href(facet.value) if facet and kind == "link" else ""
    for part in _CUTS.split(text):
        if part == "\r":
            yield Piece("return")
        elif part:
            yield Piece(kind, "�" if _CUTS.match(part) else part, href)


def _fold_place(text: str, facets: Sequence[Facet], fold: int | None) -> int:
    """Returns where the fold falls: between words where that is near, never inside a grapheme or a facet; 0 for none."""
    if fold is None or len(text) <= fold:
        return 0
    space = max(text.rfind(" ", 0, fold), text.rfind("\n", 0, fold)) + 1
    place = space if space >= fold * _SHORTEST_FOLD else _grapheme_border(text, fold)
    return next((facet.start for facet in facets if facet.start < place < facet.end), place)


def _grapheme_border(text: str, limit: int) -> int:
    border = 0
    for match in _GRAPHEME.finditer(text):
        if match.end() > limit:
            break
        border = match.end()
    return border
