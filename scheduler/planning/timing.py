"""When a part is due: a wall-clock time, or one counted from the event; with what clock changes do to it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.model.delivery import Moment
from scheduler.model.finding import Finding, Severity
from scheduler.model.post import At, Event, Part, Post, Relative
from scheduler.planning.asking import span_of, timeless
from scheduler.planning.context import Context
from scheduler.planning.walltime import Gap, at_instant, happens_twice, resolve


@dataclass(frozen=True, slots=True)
class Timed:
    """Is a moment with what an author should know of it."""

    moment: Moment
    findings: tuple[Finding, ...] = ()


def moment_of(post: Post, part: Part, when: At | Relative, context: Context) -> Timed | Finding:
    """Returns when the part is due and what is odd about it, or the finding that prevents it."""
    if isinstance(when, Relative):
        return _relative(post, part, when, context)
    return _wall(post, part, when.local, context.zone(post))


def _relative(post: Post, part: Part, when: Relative, context: Context) -> Timed | Finding:
    if post.event is None:
        fix = "put kind: event and starts: into _campaign.md of this folder, or write a date"
        return timeless(post, part, "no-event", "this time counts from an event, and there is none", fix=fix)
    zone = post.event.timezone or context.zone(post)
    if when.minutes:
        start = resolve(post.event.starts, zone)
        if isinstance(start, Gap):
            return _gap(post, part, post.event.starts, start, zone)
        return Timed(at_instant(start.utc + timedelta(days=when.days, minutes=when.minutes), zone))
    day = (post.event.starts + timedelta(days=when.days)).date()
    return _wall(post, part, datetime.combine(day, when.time or post.event.starts.time()), zone)


def _wall(post: Post, part: Part, local: datetime, zone: str) -> Timed | Finding:
    moment = resolve(local, zone)
    return _gap(post, part, local, moment, zone) if isinstance(moment, Gap) else Timed(moment, fold(post, part, moment))


def _gap(post: Post, part: Part, local: datetime, gap: Gap, zone: str) -> Finding:
    message = f"{local:%H:%M} does not exist on {local:%Y-%m-%d} in {zone}"
    fix = f"{gap.earlier:%Y-%m-%d %H:%M} or {gap.later:%Y-%m-%d %H:%M}"
    return timeless(post, part, "clock-change-gap", message, label="clocks jump over this time", fix=fix)


def fold(post: Post, part: Part, moment: Moment) -> tuple[Finding, ...]:
    """Returns the warning that a time happens twice, where it does."""
    if not happens_twice(moment):
        return ()
    local = moment.local
    which = "second" if local.fold else "first"
    twice = Finding(
        rule="clock-change-fold",
        severity=Severity.WARNING,
        message=f"{local:%H:%M} happens twice on {local:%Y-%m-%d}, because clocks go back in {moment.zone}",
        path=post.path,
        span=span_of(post, part),
        label=f"the {which} one is taken ({local:%Z}, UTC{local:%z})",
        part=part.name,
    )
    return (twice,)


def nearest(local: datetime, zone: str) -> tuple[Moment, bool]:
    """Returns the instant of a wall-clock time that nobody chose for this day, and whether clocks jump over it.

    Such a time comes from a repetition or a slot; where it does not exist, the first moment after the jump of the same length is taken.
    """
    moment = resolve(local, zone)
    if not isinstance(moment, Gap):
        return moment, False
    later = resolve(moment.later, zone)
    assert isinstance(later, Moment)
    return later, True


def timed(post: Post, part: Part, local: datetime, zone: str) -> Timed:
    """Returns the moment of a repetition or slot, with a warning on the days of clock changes."""
    moment, jumped = nearest(local, zone)
    if not jumped:
        return Timed(moment, fold(post, part, moment))
    moved = Finding(
        rule="clock-change-gap",
        severity=Severity.WARNING,
        message=f"{local:%H:%M} does not exist on {local:%Y-%m-%d} in {zone}, because clocks go forward",
        path=post.path,
        span=span_of(post, part),
        label=f"on that day it goes out at {moment.local:%H:%M}",
        part=part.name,
    )
    return Timed(moment, (moved,))


def as_moved(event: Event) -> Event:
    """Returns the event at the time it was postponed to; doors and end keep their distance from the start."""
    if event.postponed_to is None:
        return event
    step = event.postponed_to - event.starts
    ends, doors = (time + step if time is not None else None for time in (event.ends, event.doors))
    return replace(event, starts=event.postponed_to, ends=ends, doors=doors)
