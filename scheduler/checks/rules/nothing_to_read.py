"""The post has no words of its own.

A post of hashtags alone, or of nothing at all, is nearly always a text that got lost on its way into the file.

Example:
    #MayDay #UnionStrong

Use instead:
    We march on May 1. Come along! #MayDay

Turn off: It cannot be turned off: write one sentence.
"""

from collections.abc import Iterable

from scheduler.checks.rule import Rule, Subject
from scheduler.model.finding import Finding, Severity
from scheduler.model.visible import is_seen


def check(subject: Subject) -> Iterable[Finding]:
    """Yields an error where nobody would see anything but hashtags; a story has its picture, a poll its question."""
    if subject.outgoing.story or (subject.outgoing.poll and subject.outgoing.poll.question):
        return
    words = subject.outgoing.text
    for facet in reversed(subject.outgoing.facets):
        if facet.kind == "tag":
            words = words[: facet.start] + words[facet.end :]
    if not is_seen(words):
        yield subject.finding("nothing-to-read", Severity.ERROR, "this post has no text", fix=_fix(subject))


def _fix(subject: Subject) -> str:
    delivery = subject.delivery
    if delivery.variant.target is not None:
        return f"write the text below “### {delivery.variant.target}”, or delete that line: then the text of all networks goes there too"
    if delivery.part.name is not None:
        return f"write the text below “## {delivery.part.name}”"
    return "write the text below the second line of dashes"


RULE = Rule("nothing-to-read", check)
