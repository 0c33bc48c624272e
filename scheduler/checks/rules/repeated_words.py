"""A post comes again in the same words, which this network refuses.

Some networks take the same words from an account only once, or not again for a while. The first post would go out, and each further one
be refused on its day. Write sections of the name variation, which take turns, or leave the network out of the repetition.

Example:
    repeat: every week on Tuesday at 12:30
    ---
    Know your rights: sick pay.

Use instead:
    Know your rights: sick pay.

    ### variation
    Sick is sick. Here is what your employer must pay.

Turn off: It holds nothing back. What is refused on its day is shown by `scheduler status`.
"""

import re
from collections.abc import Iterable

from scheduler.checks.rule import Rule, Subject
from scheduler.model.finding import Finding, Severity

_CHANGES = re.compile(r"\{\s*(?:days\.left|count)\s*\}")


def check(subject: Subject) -> Iterable[Finding]:
    """Yields a warning where a repeated post, or one of a pool, has one text alone for a network that refuses repeated words."""
    post, part, variant = subject.delivery.post, subject.delivery.part, subject.delivery.variant
    comes_again = post.repeat is not None or post.pool
    if not comes_again or not subject.network.abilities.refuses_repeats or subject.outgoing.story:
        return
    if part.along(variant, "variation") or _CHANGES.search(variant.text):
        return
    yield subject.finding(
        "repeated-words",
        Severity.WARNING,
        f"{subject.network.title} refuses words that it has already, and this post comes again in the same",
        at=post.spans.get("repeat") or post.spans.get("pool"),
        label="the first goes out, each further one is refused on its day",
        fix="add  ### variation  with other words below the text",
    )


RULE = Rule("repeated-words", check)
