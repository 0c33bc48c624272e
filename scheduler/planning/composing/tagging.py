"""Where hashtags stand: in the words of a text, or below it."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import regex

from scheduler.model.facets import facets_of, tag_key
from scheduler.model.outgoing import Facet

# A word is whole where no letter, digit or joining sign touches it, and where it is no part of a compound, of an address or of a number.
_BEFORE = r"(?<![\w·\u200c\u200d#＃@&/]|\w[-‐‑.])"
_AFTER = r"(?![\w·\u200c\u200d@&]|[-‐‑./]\w|[,:]\d)"
_GAP = "[ _\u00a0\u202f]?"
_SEAM = regex.compile(
    r"(?<=\p{Ll}\p{M}*)(?=\p{Lu})|(?<=\p{Lu}\p{M}*)(?=\p{Lu}\p{M}*\p{Ll})|(?<=\p{L}\p{M}*)(?=\p{N})|(?<=\p{N})(?=\p{L})|_+"
)
_GRAPHEME = regex.compile(r"\X")


def unwritten(text: str, tags: Iterable[str]) -> tuple[str, ...]:
    """Returns the tags, without ``#`` and each once, that are no hashtag of the text yet."""
    present = {tag_key(facet.value) for facet in facets_of(text) if facet.kind == "tag"}
    found: dict[str, str] = {}
    for tag in tags:
        if tag_key(tag) not in present:
            found.setdefault(tag_key(tag), tag)
    return tuple(found.values())


def with_tags(text: str, tags: Iterable[str]) -> str:
    """Returns the text with those hashtags below it that are not in it yet."""
    block = " ".join(f"#{tag}" for tag in unwritten(text, tags))
    return "\n\n".join(filter(None, (text, block))) if block else text


Places = Mapping[str, tuple[int, int]]
"""Is where a text mentions tags, in code points."""


def places_of(text: str, tags: Iterable[str], kept: Iterable[tuple[int, int]] = ()) -> Places:
    """Returns where the text first mentions each tag that is no hashtag of it yet.

    A tag of several words, as MayDay, is mentioned by “May Day” too. Links, mentions and hashtags stay as they are, and so do the
    stretches ``kept``, counted in code points. Where tags want the same words the longest has them. Only whole words count, so that
    scripts that write none apart keep their text as it is.
    """
    wanted = unwritten(text, tags)
    taken = [*((facet.start, facet.end) for facet in facets_of(text)), *kept]
    placed: dict[str, tuple[int, int]] = {}
    for tag in sorted(wanted, key=len, reverse=True):
        spans = (match.span() for match in _mentions(tag).finditer(text))
        free = next((span for span in spans if not any(start < span[1] and span[0] < end for start, end in taken)), None)
        if free is not None:
            placed[tag] = free
            taken.append(free)
    return placed


def put(text: str, places: Places) -> str:
    """Returns the text with the hashtags in those places."""
    for tag, (start, end) in sorted(places.items(), key=lambda item: item[1], reverse=True):
        text = f"{text[:start]}#{tag}{text[end:]}"
    return text


def moved(facets: Iterable[Facet], places: Places) -> Iterator[Facet]:
    """Yields the facets where they stand once the hashtags are in their places."""
    for facet in facets:
        grown = sum(len(tag) + 1 - (end - start) for tag, (start, end) in places.items() if end <= facet.start)
        yield replace(facet, start=facet.start + grown, end=facet.end + grown)


def _mentions(tag: str) -> regex.Pattern[str]:
    """Returns what finds a tag as words: with or without gaps between its pieces, its accents in one character or in two."""
    words = filter(None, _SEAM.sub("\0", tag).split("\0"))
    pattern = _GAP.join("".join(map(_spelt, _GRAPHEME.findall(word))) for word in words)
    return regex.compile(f"{_BEFORE}{pattern}{_AFTER}", regex.IGNORECASE | regex.FULLCASE)


def _spelt(grapheme: str) -> str:
    forms = sorted({grapheme, *(unicodedata.normalize(form, grapheme) for form in ("NFC", "NFD"))})
    return regex.escape(forms[0]) if len(forms) == 1 else f"(?:{'|'.join(map(regex.escape, forms))})"
