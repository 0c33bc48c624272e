"""More hashtags than the network or its readers like.

The post goes out all the same; fewer hashtags are read more. Those of the first comment count too.

Example:
    hashtags: [core, march, jobs, rights]

Use instead:
    hashtags: [core, march]

Turn off: It holds nothing back. A set in posts/_hashtags.toml can have fewer tags for one network.
"""

from collections.abc import Iterable

from scheduler.checks.limits import hashtags_in
from scheduler.checks.rule import Rule, Subject
from scheduler.model.finding import Finding, Severity


def check(subject: Subject) -> Iterable[Finding]:
    """Yields a warning where the outgoing text and its first comment have more hashtags than the network advises."""
    advised = subject.network.limits.hashtags_advised
    count = hashtags_in(subject.outgoing)
    if advised is not None and count > advised:
        yield subject.finding(
            "hashtag-count",
            Severity.WARNING,
            f"{subject.network.title} advises at most {advised} hashtag{'s' if advised > 1 else ''}; this post has {count}",
            fix=f"keep the {advised} that your members look for",
        )


RULE = Rule("hashtag-count", check)
