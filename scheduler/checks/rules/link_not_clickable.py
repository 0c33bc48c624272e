"""A web address stands where nobody can click it.

Some networks show addresses in a text as plain letters. Write {link} instead of the address: each network then gets
what works there, and these get the words of link_in_bio. An address that is short to type (example.org) is fine.

Example:
    Read it here: https://example.org/report

Use instead:
    link: https://example.org/report      (on top)
    Read it here: {link}

Turn off: It holds nothing back.
"""

from collections.abc import Iterable

from scheduler.checks.rule import Rule, Subject
from scheduler.model.finding import Finding, Severity


def check(subject: Subject) -> Iterable[Finding]:
    """Yields a warning for each address written in full in the text of a network that does not link them."""
    if subject.network.abilities.links_clickable:
        return
    for facet in subject.outgoing.facets:
        if facet.kind == "link" and subject.outgoing.text[facet.start : facet.end] == facet.value:
            yield subject.finding(
                "link-not-clickable",
                Severity.WARNING,
                f"nobody can click “{facet.value}” on {subject.network.title}",
                fix="write {link} in the text and put the address into  link:  on top",
            )


RULE = Rule("link-not-clickable", check)
