"""Pictures in a text: ``![alt](file)`` and ``![[file|alt]]``, each on a line of its own, in the order in which they are shown.

What stays in sight of one where it is cut stands behind the file, as ``![alt](file "focus top")``, or behind the last bar.
"""

import re
from dataclasses import dataclass, replace

from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.outgoing import Focus
from scheduler.postfiles.lines.slips import Slip, shown
from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.text.focus import read_focus, says_focus, split_focus
from scheduler.postfiles.text.notes import Line

_MARKDOWN = r"!\[(?P<alt>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<file><[^<>]*>|(?:[^()]|\([^()]*\))*)\)"
_WIKI = r"!\[\[(?P<wiki>[^\[\]|]+)(?:\|(?P<words>[^\[\]]*))?\]\]"
_PICTURE = re.compile(f"{_MARKDOWN}|{_WIKI}")
_ALMOST = re.compile(
    r"\[(?P<words>[^\[\]]*)\]\s?\((?P<link>(?![a-z][a-z0-9+.-]+:)[^()]*\.(?:jpe?g|png|gif|webp|hei[cf]|hif|avif|mp4|mov))\)"
    r"|(?<!\[)\[\[(?P<link_only>[^\[\]|]*\.(?:jpe?g|png|gif|webp|hei[cf]|hif|avif|mp4|mov))(?:\|(?P<said>[^\[\]]*))?\]\]"
    r"|<img\b[^>]*>|[!！]\[\[?[^\[\]]*\]?\]?\s?[\[(（][^)\]]*",
    re.IGNORECASE,
)
_TITLE = re.compile(r"""\s+(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|[“”„](?P<curly>[^“”„]*)[“”]|[‘’‚](?P<bent>[^‘’‚]*)[‘’])$""")


@dataclass(frozen=True, slots=True)
class Named:
    """Is a picture as the author named it, before the file is looked for; ``alt_span`` is where its description stands, if it has one.

    ``slip`` is what is wrong behind its file.
    """

    file: str
    alt: str
    span: Span
    alt_span: Span | None = None
    focus: Focus | None = None
    slip: Finding | None = None


@dataclass(slots=True)
class Illustrated:
    """Is a text without its picture lines, the pictures, and what is wrong with them."""

    lines: list[Line]
    pictures: tuple[Named, ...] = ()
    findings: tuple[Finding, ...] = ()


def may_stand_in(text: str) -> bool:
    """Tells whether a text holds any of the signs with which pictures are written, or mistaken for."""
    return "![" in text or "](" in text or "[[" in text or "<" in text or "！" in text


def take_out(source: Source, lines: list[Line], part: str | None) -> Illustrated:
    """Returns the lines that are text; a picture between two blank lines leaves one of them."""
    kept: list[Line] = []
    pictures: list[Named] = []
    findings: list[Finding] = []
    removed = False
    for line in lines:
        named = _pictures_of(source, line, part) if "![" in line.text else None
        if named:
            pictures += named
            findings += (one.slip for one in named if one.slip is not None)
            removed = True
            continue
        if "![" in line.text:
            findings += _broken(source, line, part)
        elif (almost := _ALMOST.search(line.text)) is not None:
            findings.append(_almost(almost).found(source.path, source.span(line.index, *line.stretch(*almost.span())), part))
        if removed and not line.text.strip() and (not kept or not kept[-1].text.strip()):
            continue
        removed = False
        kept.append(line)
    return Illustrated(kept, tuple(pictures), tuple(findings))


def _pictures_of(source: Source, line: Line, part: str | None) -> list[Named] | None:
    """Returns the pictures of a line that holds nothing else, or None."""
    if _PICTURE.sub("", line.text).strip():
        return None
    return [_focused(_named(source, line, match), match, part, (source, line)) for match in _PICTURE.finditer(line.text)]


def _named(source: Source, line: Line, match: re.Match[str]) -> Named:
    span = source.span(line.index, *line.stretch(*match.span("file" if match["wiki"] is None else "wiki")))
    described = _described(source, line, match)
    if match["wiki"] is None:
        return Named(_TITLE.sub("", match["file"].strip()).strip("<>"), _words(match)[0], span, described)
    return Named(match["wiki"].strip(), _words(match)[0], span, described)


def _described(source: Source, line: Line, match: re.Match[str]) -> Span | None:
    group = "alt" if match["wiki"] is None else "words"
    typed = match[group] or ""
    if not typed.strip():
        return None
    start = match.start(group) + len(typed) - len(typed.lstrip())
    return source.span(line.index, *line.stretch(start, start + len(typed.strip())))


def _focused(named: Named, match: re.Match[str], part: str | None, place: tuple[Source, Line]) -> Named:
    """Returns the picture with the point that it says stays in sight, or with what is wrong behind its file."""
    words = _focus_words(match)
    found = _unread(_title(match), named.alt) if words is None else read_focus(words)
    if not isinstance(found, Slip):
        return replace(named, focus=found)
    words, (source, line) = (words or _title(match)).strip(), place
    start = max(0, line.text.find(words, match.start()))
    return replace(named, slip=found.found(source.path, source.span(line.index, *line.stretch(start, start + len(words))), part))


def _focus_words(match: re.Match[str]) -> str | None:
    """Returns what is said of the focus: in a title behind the file, or behind a bar of the description; None where nothing is."""
    words = _title(match)
    return words if says_focus(words) else _words(match)[1]


def _title(match: re.Match[str]) -> str:
    """Returns what stands in quotation marks behind a file."""
    title = _TITLE.search(match["file"].strip()) if match["wiki"] is None else None
    return next((group for group in title.groups() if group is not None), "") if title is not None else ""


def _unread(title: str, alt: str) -> Slip | None:
    """Returns that a title goes nowhere; one that only says the description once more is left alone."""
    if not title.strip() or title.strip() == alt.strip():
        return None
    return Slip(
        rule="picture-title",
        message=f"“{shown(title.strip())}” behind the picture is published nowhere",
        label="no network shows a title beside a picture",
        consequence="a credit or a note would be missing, and nobody would notice",
        fix="write it into the text, or into the description between the square brackets",
        severity=Severity.WARNING,
    )


def _words(match: re.Match[str]) -> tuple[str, str | None]:
    """Returns the description of a picture, and what it says of the focus."""
    wiki = match["wiki"] is not None
    return split_focus((match["words"] if wiki else match["alt"]) or "", alone=wiki)


def _almost(match: re.Match[str]) -> Slip:
    if match["link_only"]:
        fix = f"![[{match['link_only']}|{match['said'] or 'what it shows'}]]"
    else:
        fix = f"![{match['words'] or 'what it shows'}]({match['link']})" if match["link"] else "![what it shows](file.jpg)"
    return Slip(
        rule="broken-picture",
        message="this looks like a picture, and is not written as one",
        label="a picture begins with ![" if match["link"] or match["link_only"] else "a picture is ![what it shows](file.jpg)",
        consequence="readers would see these signs and no picture, so the post is held",
        fix=f"on a line of its own:  {fix}",
    )


def _broken(source: Source, line: Line, part: str | None) -> list[Finding]:
    whole = _PICTURE.search(line.text)
    slip = (
        Slip(
            rule="broken-picture",
            message="this picture is not written completely",
            label="a picture is ![what it shows](file.jpg)",
            consequence="the line would be published as text, so the post is held",
            fix="![what it shows](file.jpg)",
        )
        if whole is None
        else Slip(
            rule="picture-in-text",
            message="a picture stands in the middle of a line of text",
            label="give it a line of its own",
            consequence="networks show pictures above or below the text, never inside, so the post is held",
            fix=f"on a line of its own:  {whole[0]}",
        )
    )
    start, end = whole.span() if whole else (line.text.find("!["), len(line.text.rstrip()))
    return [slip.found(source.path, source.span(line.index, *line.stretch(start, end)), part)]
