"""Lines of a text that are settings, or were meant to be, in any of the ways in which people write a name before a colon."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from scheduler.postfiles.lines.slips import Mend, Slip, nearest, shown
from scheduler.postfiles.names import SETTINGS
from scheduler.postfiles.settings.unfamiliar import WARNINGS, meant_by
from scheduler.postfiles.text.notes import Line

EXACT = re.compile(r"(?P<key>[A-Za-z]+(?:[ _-][A-Za-z]+)*):(?:\s|$)")
_LOOSE = re.compile(
    r"\s*(?P<item>[-*+•–]\s+)?(?P<mark>[*_`]{0,3})(?P<key>[^\W\d_]+(?:[ _-][^\W\d_]+){0,3})[*_`]{0,3}"
    r"(?P<gap>\s*)[:：][*_`]{0,3}(?P<space>\s*)(?P<value>.*?)\s*$"
)
_EASY = re.compile(r"[^\W_][\w .,;!?()'/+~=–—’-]*")
_PROSE = ("when", "where", "link", "title", "status")
"""Are the settings whose names begin a line of many a list, and are taken for a setting at the left edge alone."""

_OLD = ("graphic", "content-warning", "lang")


@dataclass(slots=True)
class Leading:
    """Is the first lines below a heading: ``first`` to ``last`` (exclusive) hold settings, and the text begins with ``text``."""

    first: int = 0
    last: int = 0
    text: int = 0


def leading(lines: Sequence[Line], allowed: Collection[str]) -> Leading:
    """Returns where the settings below a heading stand; ``allowed`` are those that may.

    Tools that lay out Markdown put a blank line below each heading, so one may come before them;
    then only what is exactly a setting is one.
    """
    found, blank = Leading(), False
    for number, line in enumerate(lines):
        if not line.text.strip():
            blank = True
            continue
        match = EXACT.match(line.text)
        if match is None or not (_is_exactly(match["key"], allowed) if blank else _is_meant(match["key"])):
            found.text = number
            return found
        found.first = found.first if found.last else number
        found.last = number + 1
    found.text = len(lines)
    return found


def _is_exactly(key: str, allowed: Collection[str]) -> bool:
    """Tells whether a word is a setting; an answer or a comment, which have hardly any, may well begin with ``link:``."""
    return key in SETTINGS and (key in allowed or "-" in key or "content-warning" in allowed)


def _is_meant(key: str) -> bool:
    """Tells whether a word before a colon is a setting or a misspelt one; other words, and most with a capital, begin a text."""
    if " " in key or "_" in key:
        return _plain(key) in _OLD
    if key.islower():
        return key in SETTINGS or (nearest(key, SETTINGS) is not None and meant_by(key) != "content-warning")
    return key.casefold() in _OLD


def _plain(key: str) -> str:
    return key.casefold().replace(" ", "-").replace("_", "-")


def disguised(text: str, allowed: Collection[str]) -> Slip | None:
    """Returns the slip of a first line of text that is a setting in all but its form, or None; ``allowed`` are those that may stand here.

    What warns of a text is one in any form, but not below an answer or a comment, where it can stand as text alone; of other names
    only those in small letters are, and no item of a list that prose may have.
    """
    match = _LOOSE.match(text)
    if match is None:
        return None
    plain, meant = _plain(match["key"]), meant_by(match["key"])
    if plain in WARNINGS and ("content-warning" in allowed or match["key"] == "content-warning"):
        return _slip(text, match, "content-warning")
    if meant is None or meant not in allowed or not match["key"].islower():
        return None
    listed = bool(match["item"] or match["mark"])
    return None if (meant in _PROSE and (listed or meant != plain)) else _slip(text, match, meant)


def _slip(text: str, match: re.Match[str], meant: str) -> Slip:
    value = match["value"]
    easy = not value or _EASY.fullmatch(value) is not None
    return Slip(
        rule="setting-in-text",
        message=f"“{shown(text)}” looks like the setting “{meant}”, and would be published as text",
        label="a setting is a name in small letters, a colon, a space and a value",
        consequence="nobody can tell which of the two you mean, so the post is held",
        fix=f"{meant}: {shown(value)};  if readers are to see it, put it in brackets:  ({match['key']}: {shown(value)})",
        start=len(text) - len(text.lstrip()),
        mend=Mend(f"{meant}: {value}".rstrip(), 0, len(text.rstrip()), safe=False) if easy else None,
    )
