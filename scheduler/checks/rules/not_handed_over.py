"""This post cannot be handed over early.

With hand_over, an account gives its posts to the network some time ahead, so that they go out even where your machine is
off at that moment. Some posts cannot be given away like that: stories, threads, polls and films, posts with a first
comment, and posts with the card of a link. They go out at their time from here, as they would without hand_over.

Example:
    first-comment: Sign here: https://example.org/petition

Use instead:
    the same, with your machine running at that time; or the words of the comment in the post

Turn off: It holds nothing back.
"""

from collections.abc import Iterable

from scheduler.checks.rule import Rule, Subject
from scheduler.model.finding import Finding, Severity


def check(subject: Subject) -> Iterable[Finding]:
    """Yields a hint where the account hands posts over and this one cannot be."""
    why = subject.outgoing.why_not_early if subject.delivery.account.hand_over else ""
    if why:
        message = f"it is not handed over to {subject.network.title} early: {why}; your machine has to run at its time"
        yield subject.finding("not-handed-over", Severity.HINT, message)


RULE = Rule("not-handed-over", check)
