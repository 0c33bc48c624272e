"""What an author probably meant by a time that cannot be read: proposed, and never taken."""

import re
from collections.abc import Callable
from dataclasses import replace

from scheduler.postfiles.lines.slips import Mend, Slip, SlipError

_QUOTES = "“”„‟‘’‚\"'"
_DASH = re.compile(r"[‐‑‒–—−]")
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{2})(?=$|[\s,])")
_NOON = re.compile(r"\b(?:at\s+)?(?:noon|midday|mittags?)\b", re.IGNORECASE)
_ZONE = re.compile(r"\s*\(?\b(?:[A-Z]{1,2}[SD]?T|CEST|MESZ?|MEZ|UTC|GMT|AEST|BST|Eastern|Pacific|Central)\b\)?\s*$")
_NO_DAY = re.compile(r"\b(?:today|tomorrow|tonight|heute|morgen|hoy|mañana|next (?!slot)\w+)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b\d{4}\b")
_IN_WORDS = re.compile(r"(?:\d{1,2}(?:\.|st|nd|rd|th)?\s+[^\W\d_]{3,}|[^\W\d_]{3,}\.?\s+\d{1,2})\b")


def with_proposal(slip: Slip, text: str, read: Callable[[str], object]) -> Slip:
    """Returns the slip of a time with what was probably meant; ``read`` raises SlipError for what is no time either."""
    if slip.rule != "bad-time":
        return slip
    plain = _DASH.sub("-", text.strip().strip(_QUOTES)).replace("：", ":")
    ways = (_YEAR_FIRST.sub(r"\1-\2-\3", plain), _SHORT_YEAR.sub(r"\1.\2.20\3", plain), _ZONE.sub("", plain))
    for way in ways:
        meant = _NOON.sub("12:00", way)
        if meant != text and _is_read(meant, read):
            label = (
                "leave the zone out; it comes from “timezone” or from config.toml"
                if way == ways[2] != plain
                else f"did you mean “{meant}”?"
            )
            return replace(slip, label=label, fix=meant, mend=Mend(meant, safe=False))
    if slip.start or slip.end is not None:
        return slip  # it points at the very piece that is wrong
    if _NO_DAY.search(plain):
        return replace(slip, label="a file is read on many days, so it needs a date")
    if not _YEAR.search(plain) and _IN_WORDS.search(plain):
        return replace(slip, label="the year is missing")
    return slip


def _is_read(text: str, read: Callable[[str], object]) -> bool:
    try:
        read(text)
    except SlipError:
        return False
    return True
