"""When a delivery is late or over, and quiet hours; pure, so that the plan, the preview and the ledger agree."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.model.delivery import Delivery, Moment
from scheduler.model.post import Post
from scheduler.model.settings import Kind, Lateness, Policy
from scheduler.planning.times.walltime import resolve

Quiet = tuple[time, time]


def kind_of(post: Post) -> Kind:
    """Returns by which rules a post is late; one that has an event is the event's, also where it comes again."""
    if post.event is not None:
        return Kind.EVENT
    return Kind.EVERGREEN if post.repeat is not None or post.pool else Kind.POST


def lateness_of(post: Post, policy: Policy) -> Lateness:
    """Returns when deliveries of a post are late, and what becomes of them."""
    return policy.lateness(kind_of(post))


def after_quiet(at: datetime, zone: str, quiet: Quiet | None) -> datetime:
    """Returns the instant (aware UTC), or the first one after it at which clocks are outside the quiet hours; they may span midnight.

    Where clocks go back into the quiet hours, these begin anew; where clocks jump over their end, they end with the jump.
    """
    if quiet is None:
        return at
    info = ZoneInfo(zone)
    while is_quiet(at.astimezone(info).time(), quiet):
        at = _next_end(at, info, quiet[1])
    return at


def is_quiet(wall: time, quiet: Quiet) -> bool:
    """Tells whether a time of the day lies in the quiet hours: their first minute does, their end does not."""
    start, end = quiet
    return start <= wall < end if start <= end else wall >= start or wall < end


def _next_end(at: datetime, info: ZoneInfo, end: time) -> datetime:
    """Returns the first instant after ``at`` at which clocks show ``end``, or have just jumped over it."""
    today = at.astimezone(info).date()
    ends = []
    for day in (today, today + timedelta(days=1)):
        # zoneinfo reads a time that clocks jump over with the offset before the jump (fold 0) or after it (fold 1), which is earlier.
        first, second = (datetime.combine(day, end, info).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        ends += [first, second] if first <= second else [_jump(second, first, info)]
    return min(one for one in ends if one > at)


def _jump(before: datetime, after: datetime, info: ZoneInfo) -> datetime:
    """Returns the instant at which clocks jump, to the second; it lies after ``before``, and ``after`` is not earlier."""
    old = before.astimezone(info).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if middle.astimezone(info).utcoffset() == old else (before, middle)
    return after


def event_over(delivery: Delivery) -> datetime | None:
    """Returns when the event is over that the delivery leads up to; None where there is none or the delivery follows it.

    An event without an end is over when it starts: a post that calls people there comes too late.
    """
    event = delivery.post.event
    if event is None:
        return None
    starts = event.postponed_to or event.starts
    ends = event.ends if event.ends is not None and event.ends > starts else starts
    zone = event.timezone or delivery.due.zone
    over = resolve(ends, zone)
    return over.utc if isinstance(over, Moment) and delivery.due.utc < over.utc else None
