"""The network takes less than this post holds.

Every network has its own way of counting characters and its own limits for pictures; what is over a limit would be refused
when it is too late to do anything about it. The post is held on that network; the others go on.

Example:
    a text of 420 characters, on a network that takes 300

Use instead:
    the same in fewer words, in a section for that network

Turn off: It cannot be turned off: the network itself would refuse the post.
"""

from collections.abc import Iterable

from scheduler.checks.limits import exceeded
from scheduler.checks.objection import Objection
from scheduler.checks.rule import Rule, Subject
from scheduler.model.finding import Finding, Severity, Span


def check(subject: Subject) -> Iterable[Finding]:
    """Yields one error for each limit of the network that the outgoing post is over."""
    came_to_nothing = bool(subject.media) or subject.draws
    for objection in exceeded(subject.outgoing, subject.network.limits, subject.network.abilities, subject.network.title):
        # A picture that was asked for and cannot be used has a finding of its own, with the better advice.
        if objection.rule == "picture-missing" and came_to_nothing and not subject.outgoing.media:
            continue
        yield subject.finding(objection.rule, Severity.ERROR, objection.sentence, at=_place(subject, objection), fix=objection.fix)


def _place(subject: Subject, objection: Objection) -> Span | None:
    """Returns where the author named the picture that is objected to; None where it was drawn, or it is about something else."""
    number = objection.picture
    return subject.media[number].span if number is not None and not subject.draws and number < len(subject.media) else None


RULE = Rule("network-limits", check)
