"""Settings in the middle of a text, where they would be published: of a second post in one file, or moved there by mistake.

Captions have lines such as ``Link: …`` and, in small letters, ``where: Pier Square``. So a line counts by itself only where no reader is
meant: its name has a hyphen, or its value is one that only the setting has; beside another setting, any that no caption names.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from scheduler.postfiles.lines.slips import Slip, SlipError
from scheduler.postfiles.names import SETTINGS
from scheduler.postfiles.settings.calendar_words import is_language
from scheduler.postfiles.settings.moments import parse_when
from scheduler.postfiles.settings.repeats import parse_repeat
from scheduler.postfiles.text.notes import Line

_KEY = rf"(?P<key>{'|'.join(sorted(SETTINGS, key=len, reverse=True))}):(?:[ \t]+(?P<value>\S.*?))?[ \t]*$"
_LINE = re.compile(_KEY)
ANY = re.compile(f"^{_KEY}", re.MULTILINE)
"""Finds the first line of a text that may be a setting."""

_IN_CAPTIONS = ("when", "where", "place", "address", "link", "url", "starts", "ends", "doors", "access", "location", "online")
_ONLY_HERE = {
    "status": re.compile(r"(?:draft|review|ready)$"),
    "kind": re.compile(r"(?:post|event|series)$"),
    "timezone": re.compile(r"[A-Z]\w+/\w+"),
    **dict.fromkeys(("where", "hashtags", "partners", "collab", "allow", "poll"), re.compile(r"\[.*\]$")),
}


def settings_in(lines: Sequence[Line], languages: tuple[str, ...]) -> Iterator[tuple[Slip, Line]]:
    """Yields an error for each run of lines that are settings, with its first line; ``languages`` are those of dates."""
    matched = [(line, _LINE.match(line.text)) for line in lines]
    for is_run, group in groupby(matched, key=lambda pair: pair[1] is not None):
        if not is_run:
            continue
        run = [(line, match["key"], match["value"] or "") for line, match in group if match is not None]
        plain = [_is_plain(key, value, languages) for _, key, value in run]
        if any(plain) or (len(run) > 1 and any(key not in _IN_CAPTIONS for _, key, _ in run)):
            first = plain.index(True) if len(run) == 1 or all(key in _IN_CAPTIONS for _, key, _ in run) else 0
            yield _slip(run[first][1]), run[first][0]


def _is_plain(key: str, value: str, languages: tuple[str, ...]) -> bool:
    """Tells whether nobody would write this for readers."""
    if not value:
        return False
    if key in {"when", "repeat"}:
        return _is_time(key, value, languages)
    if key == "lang":
        return is_language(value)
    return "-" in key or (key in _ONLY_HERE and _ONLY_HERE[key].match(value) is not None)


def _is_time(key: str, value: str, languages: tuple[str, ...]) -> bool:
    try:
        if key == "when":
            parse_when(value, languages)
        else:
            parse_repeat(value, languages)
    except SlipError as trouble:
        return key == "when" and trouble.slip.rule != "bad-time"
    return True


def _slip(key: str) -> Slip:
    return Slip(
        rule="setting-in-text",
        message=f"the setting “{key}” stands in the middle of the text",
        label="one file is one post, and its settings stand on top",
        consequence="it would be published as text, so the post is held",
        fix=f"move it to the top; a second post is a file of its own, an answer is  ### reply; if it is text, write “{_spoken(key)}:”",
    )


def _spoken(key: str) -> str:
    return key.capitalize().replace("-", " ")
