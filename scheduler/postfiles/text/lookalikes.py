"""Lines that were meant as headings and are none: without the space, not at the left edge, or in bold."""

import re
from collections.abc import Callable

from scheduler.model.finding import Severity
from scheduler.postfiles.lines.slips import Mend, Slip, shown

_ALMOST = re.compile(r"(?P<lead>[ \t\u00a0]*(?:>[ \t]*)?)(?P<marks>#{1,6})(?P<gap>[ \t\u00a0]*)(?P<title>[^\s#].*?)[ \t\u00a0]*$")
_ESCAPED = re.compile(r"(?P<lead>[ \t\u00a0]*)(?P<marks>(?=#*\\)(?:\\?#){1,6})[ \t\u00a0]+(?P<title>\S.*?)[ \t\u00a0]*$")
_LABEL = re.compile(r"(?:\*\*|__)(?P<bold>[^*_]{1,40})(?:\*\*|__):?$|(?P<plain>[^\W\d_][\w -]{0,38}):$")


def almost_heading(text: str, target: Callable[[str], str | None]) -> Slip | None:
    """Returns the slip of a line that would be a heading if it stood at the left edge with a space after its #, or None.

    ``target`` returns the right spelling of what a heading may name. ``#tag`` alone is a hashtag; a quotation stays one unless it names
    a section.
    """
    match = _ALMOST.match(text)
    if match is None or not _is_meant(match, target):
        return None
    title, indented = target(match["title"]) or match["title"], bool(match["lead"])
    is_tag = target(title) is None and not indented and len(title.split()) == 1
    fix = f"#{title}" if is_tag else f"{match['marks']} {title}"
    return Slip(
        rule="unknown-section",
        message="this line looks like a heading, and is none",
        label=_wrong_with(match, is_tag=is_tag),
        consequence="it would be published as text, so the post is held",
        fix=fix,
        start=match.start("marks"),
        mend=Mend(fix, 0, len(text.rstrip()), safe=False),
    )


def escaped_heading(text: str, target: Callable[[str], str | None]) -> Slip | None:
    """Returns the slip of a heading whose signs have backslashes, as word processors write them when they save Markdown, or None."""
    match = _ESCAPED.match(text)
    if match is None:
        return None
    heading = f"{match['marks'].replace(chr(92), '')} {target(match['title']) or match['title']}"
    return Slip(
        rule="unknown-section",
        message="this line looks like a heading, and is none",
        label="a word processor left a \\ before its #",
        consequence="it would be published as text, so the post is held",
        fix=heading,
        start=match.start("marks"),
        mend=Mend(heading, 0, len(text.rstrip()), safe=False),
    )


def _wrong_with(match: re.Match[str], *, is_tag: bool) -> str:
    if match["lead"]:
        return "a heading begins at the left edge of its line"
    return "a hashtag has one # alone" if is_tag else f"a space is missing after {match['marks']}"


def _is_meant(match: re.Match[str], target: Callable[[str], str | None]) -> bool:
    if ">" in match["lead"]:
        return target(match["title"]) is not None
    return bool(match["gap"]) if match["lead"] and match["marks"] == "#" else len(match["marks"]) > 1


def label_like(text: str, target: Callable[[str], str | None]) -> Slip | None:
    """Returns the warning about a line that is the name of a network, account or section, in bold or before a colon, or None."""
    match = _LABEL.match(text.strip())
    name = target((match["bold"] or match["plain"]).strip(" :")) if match is not None else None
    if name is None:
        return None
    return Slip(
        rule="heading-as-text",
        severity=Severity.WARNING,
        message=f"“{shown(text.strip())}” goes out as text, to everybody",
        label="is this meant to begin a section?",
        consequence="everything below it is part of this text",
        fix=f"### {name}",
        start=len(text) - len(text.lstrip()),
        mend=Mend(f"### {name}", 0, len(text.rstrip()), safe=False),
    )
