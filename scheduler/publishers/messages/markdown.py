"""Plain text for a place that reads Markdown: readers see what the author typed, and no more.

Without this a gender star makes words slanted: of “Kolleg*innen und Freund*innen” both stars would be gone.
Lines that begin with a dash or a number are left to be the list that they are.
"""

import re

_ADDRESS = re.compile(r"https?://[^\s<]+")
"""Is what the place itself takes for an address, at most; what stands in one is no sign, and an escape would change where it leads."""
_SIGNS = re.compile(r"[\\*_~|`<\[]|^[ ]*(?=#{1,3}[ ]|-#[ ]|>[ ]|>>>[ ])", re.MULTILINE)


def escaped(text: str) -> str:
    """Returns the text as it is sent."""
    pieces, done = [], 0
    for address in _ADDRESS.finditer(text):
        pieces += [_escaped(text, done, address.start()), address.group()]
        done = address.end()
    return "".join([*pieces, _escaped(text, done, len(text))])


def count(text: str) -> int:
    """Returns the length as it is sent, with every escape."""
    return len(escaped(text))


def cut(text: str, most: int) -> str:
    """Returns the text as it is sent, with an ellipsis at its end where it would be longer than ``most`` with every escape."""
    sent = escaped(text)
    if len(sent) <= most:
        return sent
    kept = text[:most]
    while len(sent := f"{escaped(kept)}…") > most:
        kept = kept[:-1].rstrip()
    return sent


def _escaped(text: str, start: int, end: int) -> str:
    """Returns a stretch between two addresses, escaped; whether it begins a line is seen in the whole."""
    pieces, done = [], start
    for sign in _SIGNS.finditer(text, start, end):
        if sign.group() == "<" and 0 < sign.start() == start:
            continue  # it ends the address before it, which an escape would go into
        at = sign.start() if sign.group().strip() else sign.end()
        pieces += [text[done:at], "\\"]
        done = at
    return "".join([*pieces, text[done:end]])
