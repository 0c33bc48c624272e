"""Which hashtags a post gets on a network."""

import difflib
from collections.abc import Iterable
from datetime import UTC, datetime

from scheduler.model.delivery import Delivery
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.post import HashtagSet
from scheduler.planning.context import Context

_EARLIEST = datetime.min.replace(tzinfo=UTC)


def tags_for(delivery: Delivery, context: Context) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Returns the hashtags to add, without ``#`` and each once, and what is wrong with the way they are asked for."""
    tags: list[str] = []
    findings: list[Finding] = []
    for name in delivery.post.hashtags:
        chosen = context.hashtag_sets.get(name)
        if chosen is None:
            findings.extend(_misspelt(delivery, name, context.hashtag_sets))
            tags.append(name.removeprefix("#"))
        else:
            findings.extend(_over(delivery, chosen))
            tags.extend(_selected(chosen, delivery.account.network, context))
    once = {tag.casefold(): tag for tag in reversed(tags)}
    return tuple(reversed(once.values())), tuple(findings)


def _selected(chosen: HashtagSet, network: str, context: Context) -> tuple[str, ...]:
    tags = chosen.networks.get(network, chosen.tags)
    if not 0 < chosen.rotate < len(tags):
        return tags
    used = context.facts.hashtags_used
    return tuple(sorted(tags, key=lambda tag: used.get(tag.casefold(), _EARLIEST))[: chosen.rotate])


def _over(delivery: Delivery, chosen: HashtagSet) -> Iterable[Finding]:
    if chosen.until is not None and delivery.due.local.replace(tzinfo=None) > chosen.until:
        yield _finding(
            delivery,
            "hashtag-set-over",
            f"the hashtag set “{chosen.name}” ended on {chosen.until:%Y-%m-%d}, before this post goes out",
            fix=f"take “{chosen.name}” out of hashtags:, or give the set a later  until =",
        )


def _misspelt(delivery: Delivery, name: str, sets: Iterable[str]) -> Iterable[Finding]:
    close = difflib.get_close_matches(name, list(sets), n=1, cutoff=0.75)
    if close:
        yield _finding(
            delivery,
            "unknown-hashtag-set",
            f"there is no hashtag set “{name}”",
            label=f"did you mean “{close[0]}”?",
            fix=f"{close[0]}",
        )


def _finding(delivery: Delivery, rule: str, message: str, *, label: str = "", fix: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message=message,
        path=delivery.post.path,
        span=delivery.post.spans.get("hashtags", Span()),
        label=label,
        fix=fix,
    )
