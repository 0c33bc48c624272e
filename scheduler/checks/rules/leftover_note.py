"""A note to ourselves is still in the text.

“TODO”, “TBC”, “XXX” and “lorem ipsum” stand for words that somebody meant to write. They are also looked for in the descriptions
of pictures. A task to tick off (“- [ ] ask Kim”), a callout of Obsidian (“> [!note]”) and a command of a template (“<% … %>”)
are notes, too. Write the words, or put the note between %% and %%, where it is never published.

Example:
    We meet at TODO, at the pier.

Use instead:
    We meet at two, at the pier.

Turn off: It cannot be turned off: readers would see your note. %% A note between these signs %% is never published.
"""

import re
from collections.abc import Iterable

from scheduler.checks.rule import Rule, Subject
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.post import MediaRef

_NOTE = re.compile(
    r"\b(?:TODO|TBC|TBD|FIXME|XXX+)\b|\blorem ipsum\b|\[(?:insert|your|link|date|time|place|name)\b[^\]]*\](?!\()"
    r"|^[ ]*>[ ]*\[![a-z]+\][-+]?|^[ ]*[-*+][ ]\[[ x]\](?=[ ])|<%.*?%>",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"TODO|TBC|TBD|FIXME|XXX", re.ASCII)


def check(subject: Subject) -> Iterable[Finding]:
    """Yields an error for each placeholder word in the author's text, in the descriptions of the pictures, and in what is filled in."""
    own = list(_own(subject))
    yield from own
    poll = subject.outgoing.poll
    sent = (subject.outgoing.text, *(item.alt for item in subject.outgoing.media), *(poll.words if poll else ()))
    filled = [match.group() for text in sent for match in _notes(text)]
    if filled and not own:
        yield subject.finding(
            "leftover-note",
            Severity.ERROR,
            f"“{filled[0]}” comes into this post from the settings of its event or file",
            label="readers would see it in the text or on the picture",
            fix="write the words that belong there, in _campaign.md or on top of this file",
        )


def _own(subject: Subject) -> Iterable[Finding]:
    for line in subject.lines():
        for match in _notes(line.text):
            yield subject.in_file(_found(subject, match.group(), line.span(match)), line.source)
    for media in subject.media:
        for match in _notes(media.alt):
            yield subject.in_file(_found(subject, match.group(), _in_alt(media, match)), media.source)


def _in_alt(media: MediaRef, match: re.Match[str]) -> Span:
    """Returns where a word of a picture's description stands; the picture's name where that is not known."""
    if media.alt_span is None:
        return media.span
    start = media.alt_span.column + match.start()
    return Span(media.alt_span.line, start, start + len(match.group()))


def _notes(line: str) -> Iterable[re.Match[str]]:
    for match in _NOTE.finditer(line):
        word = match.group()
        if not word.lstrip()[0].isalpha() or word.lower() == "lorem ipsum" or _SHOUTED.match(word):
            yield match


def _found(subject: Subject, word: str, at: Span) -> Finding:
    return subject.finding(
        "leftover-note",
        Severity.ERROR,
        f"“{word}” is still in the text",
        at=at,
        label="readers would see this",
        fix="write the words that belong here, or put the note between %% and %%",
    )


RULE = Rule("leftover-note", check)
