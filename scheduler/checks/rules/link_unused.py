"""The address of “link:” is nowhere in the text.

“link:” is what {link} in the text stands for. Where a network shows no card of the address beside the post, an address that the text
does not name reaches nobody there. Pictures take the place of the card on every network.

Example:
    link: https://example.org/report      (on top)
    Our report is out.

Use instead:
    Our report is out: {link}

Turn off: It holds nothing back. If nobody is meant to see the address, delete the line  link:
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from scheduler.checks.rule import Rule, Subject, lines_of
from scheduler.model.delivery import Delivery
from scheduler.model.finding import Edit, Finding, Severity, Span
from scheduler.model.post import Variant

_MEANT = re.compile(r"\{\{[ ]?link[ ]?\}\}|[(<%$][ ]?link[ ]?[)>%$]", re.IGNORECASE)
_NAMED = re.compile(r"(?<!\{)\{\s*link\s*\}(?!\})")


def check(subject: Subject) -> Iterable[Finding]:
    """Yields a warning where the post's own link is neither in its text nor beside it; a series may name it in some of its parts."""
    outgoing, (own, at, source) = subject.outgoing, _own(subject.delivery)
    shown = outgoing.link_card is not None or outgoing.story or not subject.network.abilities.links_clickable
    if shown or not own or at is None or _is_named(subject, own):
        return
    found = subject.finding(
        "link-unused",
        Severity.WARNING,
        f"{subject.network.title} shows the address of “link” to nobody",
        at=at,
        label="the text does not say {link}, and no card of it is shown there",
        fix="write {link} in the text where the address belongs",
    )
    yield replace(subject.in_file(found, source), edit=_meant(subject.delivery.variant))


def _own(delivery: Delivery) -> tuple[str, Span | None, str]:
    """Returns the address of a text, where it is said, and in which language file; no place where the folder says it."""
    post, part, variant = delivery.post, delivery.part, delivery.variant
    if "link" in variant.settings:
        return variant.settings["link"], variant.span, variant.source
    if "link" in part.settings:
        return part.settings["link"], part.span, ""
    return post.link, post.spans.get("link"), ""


def _is_named(subject: Subject, own: str) -> bool:
    outgoing, post = subject.outgoing, subject.delivery.post
    asked = outgoing.poll.question if outgoing.poll else ""
    sent = (outgoing.text, asked, outgoing.first_comment, *(reply.text for reply in outgoing.replies))
    if any(address in text for address in (own, post.link or own) for text in sent):
        return True
    if own != post.link:
        return False
    others = [part for part in post.parts if part != subject.delivery.part]
    return any(_NAMED.search(variant.text) for part in others for variant in part.variants)


def _meant(variant: Variant) -> Edit | None:
    """Returns the change of the words that were meant as ``{link}``: ``{{link}}``, ``<link>`` or ``(link)``."""
    for line in lines_of(variant) if not variant.source else ():
        match = _MEANT.search(line.text)
        if match is not None:
            at = line.span(match)
            return Edit(at.line, at.column, at.end_column, "{link}", safe=False, was=match.group())
    return None


RULE = Rule("link-unused", check)
