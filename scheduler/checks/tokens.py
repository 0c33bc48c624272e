"""Holds the end of each account's secret against everything that is planned after it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from scheduler.model.delivery import State
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.plan import Entry

_TO_COME = frozenset({State.PLANNED, State.QUEUED, State.HELD})


def tokens_before_posts(
    entries: Iterable[Entry], ends: Mapping[str, tuple[datetime, str]], places: Mapping[str, Span], path: str
) -> Iterator[Finding]:
    """Yields one warning for each account whose secret ends before some of its posts; ``places`` are the accounts in the file ``path``.

    ``ends`` are the instants and the words for them, such as “ends on May 3, 2027”.
    """
    coming = [entry.delivery for entry in entries if entry.state in _TO_COME]
    for account, (end, told) in ends.items():
        after = [delivery for delivery in coming if delivery.account.name == account and delivery.due.utc >= end]
        if not after:
            continue
        number = "1 post is" if len(after) == 1 else f"{len(after):,} posts are"
        yield Finding(
            rule="token-expires-before",
            severity=Severity.WARNING,
            message=f"the access token of {account} {told}; {number} planned after it",
            path=path,
            span=places.get(account, Span()),
            label="nobody renews it by itself",
            consequence="the account would be paused then, and its posts would wait",
            fix=f"scheduler accounts add {account}",
            network=after[0].account.network,
            account=account,
        )
