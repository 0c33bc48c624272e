"""Warnings and hints that an author has allowed, with a reason: they are not said again, and an error is never among them."""

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.plan import Agenda
from scheduler.model.post import Post, PostFile

_ALLOW, _WHY = "allow", "allow-because"


def without_allowed(agenda: Agenda, files: Iterable[PostFile], rules: Callable[[], Collection[str]]) -> Agenda:
    """Returns the agenda without what the posts allow, and with what is wrong with their wish; ``rules`` returns the names of all rules.

    Without a reason nothing is allowed. An error stays, because it holds the post for its readers' sake.
    """
    wishes = [(file, file.post) for file in files if file.post is not None and _ALLOW in file.post.settings]
    if not wishes:
        return agenda
    names = rules()
    granted = {path: _named(post) for file, post in wishes if post.settings.get(_WHY) for path in (file.path, post.path)}
    complaints = [finding for file, post in wishes for finding in _complaints(file, post, agenda.findings, names)]

    def stays(finding: Finding) -> bool:
        return finding.is_error or finding.rule not in granted.get(finding.path, ())

    return replace(
        agenda,
        entries=tuple(replace(entry, findings=tuple(filter(stays, entry.findings))) for entry in agenda.entries),
        findings=(*filter(stays, agenda.findings), *complaints),
    )


def _named(post: Post) -> tuple[str, ...]:
    return tuple(name.strip() for name in post.settings[_ALLOW].split(",") if name.strip())


def _complaints(file: PostFile, post: Post, findings: Iterable[Finding], rules: Collection[str]) -> Iterator[Finding]:
    """Yields what is wrong with the file's own wish; what it inherits may well concern other posts."""
    span = post.spans.get(_ALLOW)
    if span is None:
        return
    if not post.settings.get(_WHY):
        yield _warning(file, span, "allow-without-reason", f"nothing is allowed without a reason: {_WHY} is missing", f"{_WHY}: …")
    present = [finding for finding in findings if finding.path in {file.path, post.path}]
    for name in _named(post):
        found = [finding for finding in present if finding.rule == name]
        if name not in rules:
            near = difflib.get_close_matches(name, rules, n=1)
            yield _warning(file, span, "unknown-rule", f"there is no rule “{name}”", near[0] if near else "see  scheduler explain")
        elif all(finding.is_error for finding in found):
            yield _idle(file, span, name, is_error=bool(found))


def _idle(file: PostFile, span: Span, name: str, *, is_error: bool) -> Finding:
    if is_error:
        message = f"“{name}” is an error here, and errors cannot be allowed"
        return _warning(file, span, "unused-allow", message, "mend what it says, and delete it from the list")
    message = f"“{name}” is allowed here, and nothing in this post needs it"
    return replace(_warning(file, span, "unused-allow", message, "delete it from the list"), severity=Severity.HINT)


def _warning(file: PostFile, span: Span, rule: str, message: str, fix: str) -> Finding:
    return Finding(rule=rule, severity=Severity.WARNING, message=message, path=file.path, span=span, fix=fix)
