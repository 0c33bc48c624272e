"""What is unfinished in a draft: nobody would see it as things stand, so it is a reminder and no mistake."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity
from scheduler.model.plan import Agenda
from scheduler.model.post import WAITING
from scheduler.planning.asking import concerns
from scheduler.planning.holding import is_draft

UNFINISHED = frozenset(
    {"alt-missing", "leftover-note", "missing-file", "nothing-to-read", "picture-missing", "unfilled-placeholder", WAITING}
)
"""Are the rules about what an author still means to write or to lay beside it."""


def with_reminders(agenda: Agenda) -> Agenda:
    """Returns the agenda in which what is unfinished in drafts alone is a hint; a draft is held by its status in any case."""
    deliveries = [entry.delivery for entry in agenda.entries]
    if not any(is_draft(delivery) for delivery in deliveries):
        return agenda
    of_file: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        for path in {delivery.path, delivery.post.path}:
            of_file[path].append(delivery)
    judged: dict[Finding, Finding] = {}

    def softened(findings: Iterable[Finding]) -> tuple[Finding, ...]:
        for finding in findings:
            if finding not in judged:
                judged[finding] = _reminder(finding) if _is_patient(finding, of_file.get(finding.path, ())) else finding
        return tuple(dict.fromkeys(judged[finding] for finding in findings))

    entries = tuple(replace(entry, findings=softened(entry.findings)) for entry in agenda.entries)
    return replace(agenda, entries=entries, findings=softened(agenda.findings))


def _is_patient(finding: Finding, deliveries: Iterable[Delivery]) -> bool:
    """Tells whether a mistake stands in drafts alone, among the deliveries of its file."""
    if finding.rule not in UNFINISHED or not (finding.is_error or finding.rule == WAITING):
        return False
    concerned = [each for each in deliveries if concerns(finding, each)]
    return bool(concerned) and all(is_draft(delivery) for delivery in concerned)


def _reminder(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.HINT, consequence="nobody sees it as long as this is a draft")
