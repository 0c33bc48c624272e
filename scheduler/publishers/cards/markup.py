"""Finds in a page what it says of itself: title, description, picture. Nothing in it is run or followed here."""

import codecs
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import regex

from scheduler.publishers.answers import Reply
from scheduler.publishers.lenient import LenientParser

_MOST: Final = 512 * 1024
_MOST_PACKED: Final = 8 * 1024 * 1024
_LONGEST: Final[Mapping[str, int]] = {"title": 300, "description": 1_000}
# The Open Graph protocol (ogp.me) first, then what X reads (Cards markup), then HTML itself.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("og:title", "twitter:title", "<title>"),
    "description": ("og:description", "twitter:description", "description"),
    "picture": ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"),
    "base": ("<base>",),
}
_CHARSET: Final = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:-]{2,40})""", re.IGNORECASE)
_TOLD_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_:-]{2,40})""", re.IGNORECASE)
# Python has these beside the character sets; one of them takes minutes for a page.
_NO_CHARSETS: Final = frozenset({"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"})
_GRAPHEME: Final = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Told:
    """Is what a page tells; ``picture`` is an address as the page writes it, to be read from the page's ``base``, if it names one."""

    title: str
    description: str
    picture: str
    base: str = ""


def told_by(reply: Reply) -> Told:
    """Returns what the page of an answer tells, in one line each and shortened where it is endless."""
    reader = _Head()
    reader.feed(_text(reply))
    reader.close()
    found = {what: next((reader.found[name] for name in names if reader.found.get(name)), "") for what, names in _NAMES.items()}
    return Told(**{what: _short(words, _LONGEST[what]) if what in _LONGEST else words for what, words in found.items()})


class _Head(LenientParser):
    """Collects the first of each name; what follows the head of a page is left alone, except that some pages never end it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}
        self._title: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta":
            for key in ("property", "name"):
                name, content = given.get(key, "").strip().lower(), _line(given.get("content", ""))
                if name and content:
                    self.found.setdefault(name, content)
        elif tag == "base" and given.get("href"):
            self.found.setdefault("<base>", _line(given["href"]))
        elif tag == "title" and "<title>" not in self.found:
            self._title = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "title" and self._title is not None:
            self.found.setdefault("<title>", _line("".join(self._title)))
            self._title = None

    def handle_data(self, data: str) -> None:
        if self._title is not None:
            self._title.append(data)


def _text(reply: Reply) -> str:
    data = _unpacked(reply)[:_MOST]
    for name in (_named(_TOLD_CHARSET.search(reply.headers.get("content-type", ""))), _named(_CHARSET.search(data[:4096])), "utf-8"):
        try:
            if codecs.lookup(name).name.replace("-", "_") not in _NO_CHARSETS:
                return data.decode(name, errors="replace")
        except (LookupError, UnicodeError):
            continue
    raise AssertionError("the last of them is always known")


def _named(match: re.Match[bytes] | re.Match[str] | None) -> str:
    found = match[1] if match else ""
    return found.decode("ascii") if isinstance(found, bytes) else found


def _unpacked(reply: Reply) -> bytes:
    """Returns the body; some servers pack it though they are asked not to."""
    if reply.headers.get("content-encoding", "").strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        return reply.body
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(reply.body, _MOST_PACKED)
    except zlib.error:
        return b""


def _line(words: str) -> str:
    plain = "".join(char if char.isprintable() or char in "\u200d\ufe0f" else " " for char in words)
    return " ".join(plain.split())


def _short(words: str, most: int) -> str:
    if len(words) <= most:
        return words
    return (
        "".join(match[0] for match, _ in zip(_GRAPHEME.finditer(words[: 4 * most]), range(most - 1), strict=False))[: 2 * most].rstrip()
        + "…"
    )
