"""How many posts an account may still publish: the network's own numbers, read at the moment they are needed."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from scheduler.model.outcome import Refused
from scheduler.publishers.graph.api import Graph, GraphTrouble
from scheduler.publishers.graph.dialect import Dialect

_LOOK_AGAIN = timedelta(minutes=30)
_A_BIT_MORE = timedelta(minutes=1)


def used_up(graph: Graph, dialect: Dialect, title: str) -> Refused | None:
    """Returns a refusal where no more may be published now, with the time until the oldest of the posts counts no more.

    Raises:
        GraphTrouble: The network does not tell.
    """
    rows = graph.read(f"{graph.user}/{dialect.quota}", fields="quota_usage,config").get("data") or [{}]
    used, config = rows[0].get("quota_usage"), rows[0].get("config") or {}
    total, span = config.get("quota_total"), config.get("quota_duration")
    if not isinstance(used, int) or not isinstance(total, int) or used < total:
        return None
    window = timedelta(seconds=span) if isinstance(span, int) and span > 0 else timedelta(days=1)
    wait = _until_free(graph, dialect, window)
    hours = round(window.total_seconds() / 3600)
    sentence = f"{title} takes {total:,} posts of an account in {hours} hours, and {used:,} are out."
    return Refused(sentence, permanent=False, retry_after=wait, kind="rate")


def _until_free(graph: Graph, dialect: Dialect, window: timedelta) -> timedelta:
    now = graph.exchange.clock.now()
    since = str(int((now - window).timestamp()))
    try:
        items = graph.read(f"{graph.user}/{dialect.listing}", fields="id,timestamp", since=since, limit="100").get("data") or []
    except GraphTrouble:
        return _LOOK_AGAIN
    times = [moment for item in items if (moment := moment_of(item)) is not None]
    # The list holds no stories and may not reach back to the first post of the day: it is looked again before that.
    return min(max(min(times) + window - now, timedelta(0)) + _A_BIT_MORE, window) if times else _LOOK_AGAIN


def moment_of(item: Mapping[str, Any], name: str = "timestamp") -> datetime | None:
    """Returns when a post was published, aware UTC; None where the network does not say it in its usual form."""
    try:
        return datetime.strptime(item[name], "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None
