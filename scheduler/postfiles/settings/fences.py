"""Where the settings end and the text begins.

The one promise here: no line that might be a setting is ever taken for text. Where the dashes leave a doubt there is no text at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.model.finding import Finding
from scheduler.postfiles.lines.slips import Mend, Slip, nearest
from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.names import OBSIDIAN, SETTINGS

_FENCE = re.compile(r"-{3,}\s*$")
_DASHES = re.compile(r"(?=.*[^-\s])[-—–―‒−\s]*$|\s*\\?-(?:\\?-)+\s*$")
_KEY_LIKE = re.compile(r"\s*(?P<key>[A-Za-z][\w-]*)\s*:(?:\s|$)")
_KEYS = frozenset((*SETTINGS, *OBSIDIAN))
_EXAMPLE = "---\nwhen: 2027-04-14 12:00\n---"


@dataclass(slots=True)
class Halves:
    """Is where the settings stand (``first`` to ``last``, exclusive) and where the text begins; lines count from 0.

    ``text`` is None where nothing may be taken for text.
    """

    first: int
    last: int
    text: int | None
    findings: tuple[Finding, ...] = ()


def split(source: Source, *, needed: bool = True) -> Halves:
    """Returns the two halves of a post file; one whose settings are not ``needed`` may begin with its text."""
    lines = source.lines
    opening = _first_said(lines, 0)
    if opening is None:
        return Halves(0, 0, None, (_nothing(source),))
    dashed = not _FENCE.match(lines[opening])
    if dashed and not _is_dash(lines[opening]) and not needed:
        doubt = _around_text(source, opening, strict=True)
        return Halves(opening, opening, None if doubt else opening, doubt)
    if dashed and not _is_dash(lines[opening]):
        return Halves(0, 0, None, (_no_settings(source, opening),))
    first = opening + 1
    closing = _first_fence(lines, first)
    findings = [_dash(source, opening)] if dashed else []
    if closing is None:
        closing = next((index for index in range(first, len(lines)) if _is_dash(lines[index])), None)
        if closing is None:
            return Halves(first, first, None, (*findings, _unclosed(source, opening)))
        findings.append(_dash(source, closing))
    doubt = _doubt(source, first, closing, needed=needed)
    return Halves(first, closing, None if doubt else closing + 1, (*findings, *doubt))


def _first_said(lines: Sequence[str], begin: int) -> int | None:
    """Returns the first line from ``begin`` on that holds more than blanks."""
    for index in range(begin, len(lines)):
        if lines[index] and not lines[index].isspace():
            return index
    return None


def _first_fence(lines: Sequence[str], begin: int) -> int | None:
    """Returns the first line from ``begin`` on that is a fence."""
    for index in range(begin, len(lines)):
        if lines[index].startswith("---") and _FENCE.match(lines[index]):
            return index
    return None


def _is_dash(line: str) -> bool:
    return bool(line.strip()) and len(line.strip()) < 10 and _DASHES.match(line) is not None  # noqa: PLR2004 - a rule across the page is no fence


def _doubt(source: Source, first: int, closing: int, *, needed: bool) -> tuple[Finding, ...]:
    """Returns why what follows the closing dashes may not be text alone."""
    empty = all(not line or line.isspace() or line.lstrip().startswith("#") for line in source.lines[first:closing])
    if empty and needed:
        return (_empty(source, first - 1),)
    return _around_text(source, closing + 1, strict=empty)


def _around_text(source: Source, begin: int, *, strict: bool) -> tuple[Finding, ...]:
    """Returns why the lines from ``begin`` on may not be text alone; ``strict`` looks for misspelt settings too."""
    lines = source.lines
    stray = _first_fence(lines, begin)
    if stray is not None:
        return (_stray(source, begin, stray),)
    start = _first_said(lines, begin)
    match = _KEY_LIKE.match(lines[start]) if start is not None else None
    if start is None or match is None:
        return ()
    key = match["key"]
    if strict and key.islower() and (key in _KEYS or nearest(key, _KEYS) is not None):
        return (_setting_without_dashes(source, start, key),)
    return (_setting_below(source, start, key),) if key in _KEYS else ()


def _nothing(source: Source) -> Finding:
    slip = Slip(
        rule="empty-file", message="this file is empty", label="settings and text belong here", consequence="nothing is sent", fix=_EXAMPLE
    )
    return slip.found(source.path, source.span(0))


def _no_settings(source: Source, index: int) -> Finding:
    slip = Slip(
        rule="no-front-matter",
        message="this file does not begin with its settings",
        label="the first line has to be ---",
        consequence="nobody can tell settings and text apart, so nothing of it is sent",
        fix=f"{_EXAMPLE}\nand the text below",
    )
    return slip.found(source.path, source.span(index))


def _unclosed(source: Source, opening: int) -> Finding:
    slip = Slip(
        rule="unclosed-front-matter",
        message="the settings never end",
        label="there is no second line of --- after this one",
        consequence="your settings would be published as text, so nothing of this file is sent",
        fix="put a line with --- between the settings and the text",
    )
    return slip.found(source.path, source.span(opening))


def _dash(source: Source, index: int) -> Finding:
    typed = source.lines[index].strip()
    message, label = "your editor turned --- into a dash", "this has to be three hyphens"
    if "\\" in typed:
        message, label = "your editor put a backslash before the ---", "three hyphens and nothing else"
    elif _FENCE.match(typed):
        message, label = "this line of --- is indented", "it has to begin at the left edge"
    elif set(typed) == {"-"}:
        message = "two hyphens are not enough"
    slip = Slip(
        rule="dash-fence",
        message=message,
        label=label,
        consequence="the settings would not be found, so the post is held",
        fix="---",
        mend=Mend("---"),
    )
    return slip.found(source.path, source.span(index))


def _empty(source: Source, opening: int) -> Finding:
    slip = Slip(
        rule="no-front-matter",
        message="there are no settings between the dashes",
        label="the settings belong below this line",
        consequence="what follows might be settings, so nothing of it is sent",
        fix=_EXAMPLE,
    )
    return slip.found(source.path, source.span(opening))


def _stray(source: Source, begin: int, index: int) -> Finding:
    label, fix = _instead(source.lines, begin, index)
    slip = Slip(
        rule="stray-fence",
        message="there is a third line of hyphens",
        label=label,
        consequence="nobody can tell where the settings end, so nothing of this file is sent",
        fix=fix,
    )
    return slip.found(source.path, source.span(index))


def _instead(lines: Sequence[str], begin: int, index: int) -> tuple[str, str]:
    """Returns what was probably meant by dashes below the text that begins at ``begin``, and what to do about them."""
    above, below = (_first_said(lines, place) for place in (begin, index + 1))
    if above is not None and above < index and _is_setting(lines[above]) and begin and _FENCE.match(lines[begin - 1]):
        return "the settings seem to end here, and not above", f"delete the line of --- above, in line {begin}"
    if below is not None and _is_setting(lines[below]):
        return (
            "one file is one post",
            "put the second post into a file of its own; where an answer in a thread begins, write  ### reply  instead",
        )
    return (
        "only the settings stand between lines of ---",
        "where an answer in a thread begins, write  ### reply  instead; for a line across the text type ——— or * * *",
    )


def _is_setting(line: str) -> bool:
    match = _KEY_LIKE.match(line)
    return match is not None and match["key"] in _KEYS


def _setting_below(source: Source, index: int, key: str) -> Finding:
    slip = Slip(
        rule="setting-in-text",
        message=f"the text begins with the setting “{key}”",
        label="this stands below the dashes, where the text is",
        consequence="a setting would be published as text, so nothing of this file is sent",
        fix=f"move the line above the second ---, or, if it is text, write “{key.capitalize()}:”",
    )
    return slip.found(source.path, source.span(index))


def _setting_without_dashes(source: Source, index: int, key: str) -> Finding:
    slip = Slip(
        rule="setting-in-text",
        message=f"the text begins with what looks like the setting “{key}”",
        label="there are no settings above it",
        consequence="a setting would be published as text, so nothing of this file is sent",
        fix=f"put a line with --- above the settings and one below; if it is text, write “{key.capitalize()}:”",
    )
    return slip.found(source.path, source.span(index))
