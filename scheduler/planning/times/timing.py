"""When a part is due: a wall-clock time, or one counted from the event; with what clock changes do to it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.model.delivery import Moment
from scheduler.model.finding import Finding, Severity
from scheduler.model.post import At, Event, Part, Post, Relative
from scheduler.planning.asking import span_of, timeless
from scheduler.planning.context import Context
from scheduler.planning.times.walltime import Gap, at_instant, happens_twice, resolve


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
    event = post.event
    if event is None:
        fix = "put kind: event and starts: into _campaign.md of this folder, or write a date"
        return timeless(post, part, "no-event", "this time counts from an event, and there is none", fix=fix)
    zone = event.timezone or context.zone(post)
    if when.anchor != "end":
        found = _counted(post, part, when, event.starts, zone)
        return replace(found, findings=(*found.findings, *_either(post, part, when, found, zone))) if isinstance(found, Timed) else found
    if event.ends is None:
        fix = "write  ends:  with its day and time below  starts:"
        return timeless(post, part, "no-end", "this time counts from the end of the event, and nothing says when that is", fix=fix)
    return _counted(post, part, when, event.ends, zone)


def _counted(post: Post, part: Part, when: Relative, base: datetime, zone: str) -> Timed | Finding:
    if when.minutes:
        moment = resolve(base, zone)
        if isinstance(moment, Gap):
            return _gap(post, part, base, moment, zone)
        return Timed(at_instant(moment.utc + timedelta(days=when.days, minutes=when.minutes), zone))
    day = (base + timedelta(days=when.days)).date()
    return _wall(post, part, datetime.combine(day, when.time or base.time()), zone)


def _either(post: Post, part: Part, when: Relative, taken: Timed, zone: str) -> Iterator[Finding]:
    """Yields the warning that “after” can be after the start or the end: for days only where the time falls before the end."""
    ends = post.event.ends if post.event is not None else None
    if ends is None or when.anchor or max(when.days, when.minutes) <= 0:
        return
    other = _counted(post, part, when, ends, zone)
    local = taken.moment.local
    if isinstance(other, Finding) or (when.days and local.replace(tzinfo=None) >= ends):
        return
    form = "%H:%M" if other.moment.local.date() == local.date() else "%Y-%m-%d %H:%M"
    count, at = _in_words(when), f", {when.time:%H:%M}" if when.time else ""
    yield Finding(
        rule="start-or-end",
        severity=Severity.WARNING,
        message="“after” can be read as after the start or after the end of the event",
        path=post.path,
        span=span_of(post, part),
        label=f"{local:{form}} after the start is taken; after the end it would be {other.moment.local:{form}}",
        fix=f"{count} after the end{at}  or  {count} after the start{at}",
        part=part.name,
    )


def _in_words(when: Relative) -> str:
    if when.days:
        count, unit = (when.days, "day") if when.days % 7 else (when.days // 7, "week")
    else:
        count, unit = (when.minutes, "minute") if when.minutes % 60 else (when.minutes // 60, "hour")
    return f"{count} {unit}{'' if count == 1 else 's'}"


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
