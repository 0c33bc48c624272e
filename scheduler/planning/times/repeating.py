"""The days on which a repeated post comes again, in wall-clock time."""

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduler.model.post import Post, Repeat

HORIZON = timedelta(days=60)
"""How far ahead repetitions are planned where nobody asks for more; later ones come into the plan as time passes."""

FURTHEST = timedelta(days=731)
"""How far ahead they are planned where somebody does."""

_SOME_MONDAY = date(1970, 1, 5)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Is one time of a repeated post. ``label`` is its day (ISO 8601), which edits of the text and the hour leave as it is.

    ``local`` is the naive wall-clock time, ``number`` counts from 0 at the first.
    """

    label: str
    number: int
    local: datetime


def horizon(now: datetime, until: datetime | None) -> datetime:
    """Returns up to when posts that come again are planned; ``until`` is what was asked for, all aware UTC."""
    return now + reach(now, until)


def reach(now: datetime, until: datetime | None) -> timedelta:
    """Returns how far ahead of now that is."""
    return max(HORIZON, min(until - now, FURTHEST)) if until is not None else HORIZON


def occurrences(repeat: Repeat, first: date, last: date, known: Iterable[str] = ()) -> Iterator[Occurrence]:
    """Yields the times from ``first`` to ``last``, both included, and earlier ones whose labels are ``known``."""
    earlier = sorted({day for label in known if (day := _day(label)) is not None and day < first})
    coming = (first + timedelta(days=step) for step in range((last - first).days + 1))
    for day in (*earlier, *coming):
        number = number_on(repeat, day)
        if number is not None:
            yield Occurrence(day.isoformat(), number, datetime.combine(day, repeat.at))


def comes_again_after(post: Post, day: datetime) -> bool:
    """Tells whether more of a post is to be expected after that: it is repeated further, or in a pool."""
    if post.repeat is None:
        return bool(post.pool)
    return post.repeat.until is None or post.repeat.until > day.date()


def number_on(repeat: Repeat, day: date) -> int | None:
    """Returns the number of the occurrence on a day, or None where there is none.

    A weekday comes first on the day of the start or the next one after it; without a start, weeks are counted from a Monday long ago.
    In a month too short for the day of the start, the last day is taken.
    """
    start = repeat.start or _SOME_MONDAY
    if day < start or (repeat.until is not None and day > repeat.until):
        return None
    return {"day": _by_day, "week": _by_week, "month": _by_month}[repeat.unit](repeat, start, day)


def as_begun(repeat: Repeat, out: Iterable[str]) -> Repeat:
    """Returns the repetition as it was counted when it began, by the labels of what is ``out``.

    Weeks used to be counted from the Monday before the start. What is out on a day that only this count knows goes on by it: another
    count would send the post again too soon.
    """
    before = replace(repeat, by_calendar=True)
    days = filter(None, map(_day, out))
    kept = any(number_on(before, day) is not None and number_on(repeat, day) is None for day in days)
    return before if kept else repeat


def monday_of(repeat: Repeat) -> date:
    """Returns the day that says as ``repeat-from`` what a count by the calendar means: the Monday of its first week with a day in it."""
    assert repeat.start is not None
    coming = (repeat.start + timedelta(days=step) for step in range(7 * repeat.every + 7))
    first = next((day for day in coming if number_on(replace(repeat, until=None), day) is not None), repeat.start)
    return first - timedelta(days=first.weekday())


def _by_day(repeat: Repeat, start: date, day: date) -> int | None:
    number, rest = divmod((day - start).days, repeat.every)
    return None if rest or (repeat.weekdays and day.weekday() not in repeat.weekdays) else number


def _by_week(repeat: Repeat, start: date, day: date) -> int | None:
    first = start - timedelta(days=start.weekday()) if repeat.by_calendar else start
    steps = sorted((weekday - first.weekday()) % 7 for weekday in repeat.weekdays or (start.weekday(),))
    week, step = divmod((day - first).days, 7)
    number, rest = divmod(week, repeat.every)
    if rest or step not in steps:
        return None
    before_start = sum(step < (start - first).days for step in steps)
    return number * len(steps) + steps.index(step) - before_start


def _by_month(repeat: Repeat, start: date, day: date) -> int | None:
    number, rest = divmod((day.year - start.year) * 12 + day.month - start.month, repeat.every)
    _, length = calendar.monthrange(day.year, day.month)
    return None if rest or day.day != min(start.day, length) else number


def _day(label: str) -> date | None:
    try:
        return date.fromisoformat(label)
    except ValueError:
        return None
