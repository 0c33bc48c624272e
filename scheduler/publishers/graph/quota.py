"""How many posts an account may still publish: the network's own numbers, read at the moment they are needed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from scheduler.model.outcome import Refused
from scheduler.publishers.fields import lasting, number, table, within
from scheduler.publishers.graph.api import Graph, GraphTrouble
from scheduler.publishers.graph.dialect import Dialect

_LOOK_AGAIN = timedelta(minutes=30)
_DAY = timedelta(days=1)
_A_BIT_MORE = timedelta(minutes=1)


def used_up(graph: Graph, dialect: Dialect, title: str) -> Refused | None:
    """Returns a refusal where no more may be published now, with the time until the oldest of the posts counts no more.

    Raises:
        GraphTrouble: The network does not tell.
    """
    rows, _ = graph.listed(f"{graph.user}/{dialect.quota}", fields="quota_usage,config")
    row = rows[0] if rows else {}
    used, config = number(row, "quota_usage"), table(row, "config")
    total, span = number(config, "quota_total"), lasting(config.get("quota_duration"))
    if used is None or not total or used < total:
        return None
    window = min(span or _DAY, _DAY)
    wait = _until_free(graph, dialect, window)
    hours = round(window.total_seconds() / 3600)
    posts = "1 post" if total == 1 else f"{total:,} posts"
    sentence = f"{title} takes {posts} of an account in {hours} hours; so many are out already, by its own count ({used:,})."
    return Refused(sentence, permanent=False, retry_after=wait, kind="rate")


def _until_free(graph: Graph, dialect: Dialect, window: timedelta) -> timedelta:
    now = graph.exchange.clock.now()
    since = str(int((now - window).timestamp()))
    try:
        items, _ = graph.listed(f"{graph.user}/{dialect.listing}", fields="id,timestamp", since=since, limit="100")
    except GraphTrouble:
        return _LOOK_AGAIN
    times = [moment for item in items if (moment := moment_of(item)) is not None]
    # The list holds no stories and may not reach back to the first post of the day: it is looked again before that.
    return min(max(min(times) + window - now, timedelta(0)) + _A_BIT_MORE, window) if times else _LOOK_AGAIN


def moment_of(item: Mapping[str, Any], name: str = "timestamp") -> datetime | None:
    """Returns when a post was published, aware UTC; None where the network does not say it in its usual form."""
    try:
        return within(datetime.strptime(item[name], "%Y-%m-%dT%H:%M:%S%z"))
    except (KeyError, TypeError, ValueError):
        return None
