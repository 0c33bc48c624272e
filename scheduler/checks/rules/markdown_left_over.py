"""The text holds signs of Markdown or HTML, which no network turns into bold letters, links or headings.

A post is plain text. Stars, brackets and tags that an editor, a wiki or a web page hides stand in the published post as they are typed.
Say it with the words, and write an address as it is, or {link}. The gender star (Kolleg*innen), a list with dashes and a line of
asterisks around a title are text and left alone.

Example:
    **Friday**, 5 pm. [Register here](https://example.org/register)

Use instead:
    Friday, 5 pm. Register here: https://example.org/register

Turn off: It holds nothing back. `scheduler check --fix --unsafe` shows the text without the signs and asks. Where they are meant,
write  allow: markdown-left-over  and  allow-because:  with your reason on top of the file.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from scheduler.checks.rule import Rule, Subject
from scheduler.model.finding import Edit, Finding, Severity, Span


@dataclass(frozen=True, slots=True)
class _Sign:
    """Is one way of formatting: how it looks, what it was for, and the text without it (None: a person must say it anew)."""

    looks: re.Pattern[str]
    meant: str
    plain: str | None


_TAGS = "a|b|i|u|em|strong|br|p|span|div|font|h[1-6]|ul|ol|li"
_HOLD_ADDRESSES = (
    _Sign(
        re.compile(
            r"(?<!!)\[(?P<words>[^\[\]\n]+)\]"
            r"\((?P<address>(?:https?://|mailto:|\{link\}|(?:[\w-]+\.)+[a-z]{2,}(?![\w.]))(?:[^\s()]|\([^\s()]*\))*)\)"
        ),
        "a link",
        None,
    ),
    _Sign(re.compile(r"<(?P<words>(?:https?://|www\.)[^\s<>]+)>"), "a link", None),
    _Sign(re.compile(rf"</?(?:{_TAGS})(?:\s[^<>\n]*)?/?>", re.IGNORECASE), "HTML", ""),
)
_SIGNS = (
    _Sign(re.compile(r"(?<!!)\[\[(?:[^\[\]|\n]+\|)?(?P<words>[^\[\]|\n]+)(?<!\.jpg|\.png)\]\]"), "a link to a note", r"\g<words>"),
    _Sign(re.compile(r"(?<![\w*])\*\*(?P<words>[^\s*](?:(?:[^*\n]|(?<=\w)\*(?=\w))*[^\s*])?)\*\*(?![\w*])"), "bold", r"\g<words>"),
    _Sign(re.compile(r"(?<![\w@/_.)\\])__(?P<words>[^\s_](?:[^_\n]*[^\s_])?)__(?![\w@/])"), "bold", r"\g<words>"),
    _Sign(re.compile(r"(?<![\w*])\*(?P<words>[^\s*](?:(?:[^*\n]|(?<=\w)\*(?=\w))*[^\s*])?)\*(?![\w*])"), "italic", r"\g<words>"),
    _Sign(re.compile(r"(?<![\w@/_.)\\])_(?P<words>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w@/])"), "italic", r"\g<words>"),
    _Sign(re.compile(r"~~(?P<words>[^\s~](?:[^~\n]*[^\s~])?)~~"), "struck through", r"\g<words>"),
    _Sign(re.compile(r"(?<![\w=])==(?P<words>[^\s=](?:[^=\n]*[^\s=])?)==(?![\w=])"), "highlighted", r"\g<words>"),
    _Sign(re.compile(r"^={3,}[ ]*$"), "a heading", None),
    _Sign(re.compile(r"^[ ]*(?:`{3,}|~{3,})\w*[ ]*$"), "code", None),
    _Sign(re.compile(r"(?<![\w`])`(?P<words>[^`\n]+)`(?![\w`])"), "code", r"\g<words>"),
    _Sign(re.compile(r"\[\^[\w-]+\]:?"), "a footnote", None),
    _Sign(re.compile(r"^[ ]*\|(?:[^|\n]+\|){2,}[ ]*$"), "a row of a table", None),
    _Sign(re.compile(r"(?<=\S)[ ]+\^(?=[a-z0-9-]*[a-z])[a-z0-9-]{3,}[ ]*$"), "a mark for links to this line", ""),
    _Sign(re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});"), "HTML", None),
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|@[\w.@-]+")


def check(subject: Subject) -> Iterable[Finding]:
    """Yields a warning for each sign in the author's text, its replies and its first comment; addresses and handles are left alone."""
    for line in subject.lines():
        for match, sign in _signs(line.text):
            yield subject.in_file(_found(subject, line.span(match), match, sign), line.source)


def _signs(line: str) -> Iterator[tuple[re.Match[str], _Sign]]:
    """Yields the signs of a line, each stretch once: the first kind of the list wins."""
    first = [(match, sign) for sign in _HOLD_ADDRESSES for match in sign.looks.finditer(line)]
    yield from first
    taken = [match.span() for match, _ in first] + [match.span() for match in _ADDRESS.finditer(line)]
    for sign in _SIGNS:
        for match in sign.looks.finditer(line):
            if _is_text(match) or any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            yield match, sign


def _is_text(match: re.Match[str]) -> bool:
    """Tells whether what looks like an HTML entity is none, as in “Q&A;”."""
    return match.group().startswith("&") and html.unescape(match.group()) == match.group()


def _found(subject: Subject, at: Span, match: re.Match[str], sign: _Sign) -> Finding:
    plain = _plain(match, sign)
    found = subject.finding(
        "markdown-left-over",
        Severity.WARNING,
        f"“{match.group().strip()}” is published as it stands here",
        at=at,
        label=f"meant as {sign.meant}; readers would see the signs" if sign.meant != "HTML" else "readers would see the code",
        fix=plain or f"take out  {match.group().strip()}",
    )
    edit = Edit(at.line, at.column, at.end_column, plain, safe=False, was=match.group()) if plain is not None else None
    return replace(found, edit=edit)


def _plain(match: re.Match[str], sign: _Sign) -> str | None:
    """Returns the text without the sign; None where a line of its own has to go."""
    if sign.meant == "a link":
        words = match["words"].strip()
        address = match.groupdict().get("address", words).removeprefix("mailto:")
        return address if words == address else f"{words}: {address}"
    if match.group().startswith("&"):
        return html.unescape(match.group()).replace("\u00a0", " ")
    return None if sign.plain is None else match.expand(sign.plain)


RULE = Rule("markdown-left-over", check)
