"""Counts texts in the units that several networks share."""

import regex

_GRAPHEME = regex.compile(r"\X")


def graphemes(text: str) -> int:
    """Returns the number of extended grapheme clusters (Unicode UAX #29): what a reader calls a character."""
    return sum(1 for _ in _GRAPHEME.finditer(text))


def utf16(text: str) -> int:
    """Returns the number of UTF-16 code units: what programs in Java and JavaScript call a character."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2
