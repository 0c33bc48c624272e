"""When a delivery is late or over, and quiet hours; pure, so that the plan, the preview and the ledger agree."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.model.delivery import Delivery, Moment
from scheduler.model.post import Post
from scheduler.model.settings import Kind, Lateness, Policy
from scheduler.planning.walltime import resolve

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
    """Returns the instant, or the end of the quiet hours it falls into; quiet hours may span midnight."""
    if quiet is None:
        return at
    start, end = quiet
    local = at.astimezone(ZoneInfo(zone))
    wall = local.time()
    inside = start <= wall < end if start <= end else wall >= start or wall < end
    if not inside:
        return at
    day = local.date() + timedelta(days=1 if start > end and wall >= start else 0)
    ends = resolve(datetime.combine(day, end), zone)
    return ends.utc if isinstance(ends, Moment) else at.replace(minute=0) + timedelta(hours=1)


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
