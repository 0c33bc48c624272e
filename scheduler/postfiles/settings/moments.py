"""The grammar of ``when``: wall-clock times as people write them, and times counted from an event.

Nothing is guessed: what has two readings is refused with both, and a weekday that does not fit its date is told.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from scheduler.model.post import At, NextSlot, Relative, When
from scheduler.postfiles.lines.slips import Mend, Slip, SlipError, shown
from scheduler.postfiles.settings import calendar_words
from scheduler.postfiles.settings.day_times import NOT_SENT, parse_time

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?=$|[T\s,])")
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?=$|[\s,])")
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:\.|st|nd|rd|th|er|º)?\s+(?:de\s+)?(?P<word>[^\W\d_]+)\.?,?\s+(?:del?\s+)?(?P<year>\d{4})(?=$|[\s,])", re.IGNORECASE
)
_MONTH_FIRST = re.compile(r"(?P<word>[^\W\d_]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?=$|[\s,])", re.IGNORECASE)
_WEEKDAY = re.compile(r"(?P<word>[^\W\d_]+)\.?,?\s+")
_BETWEEN = re.compile(r"(?:\s*[T,]\s*|\s+[-–—]\s+|\s+)(?:(?:at|um|à|a\s+las?)\s+)?", re.IGNORECASE)
_NUMERIC = re.compile(r"(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<year>\d{4}|\d{2})(?!\d)(?P<rest>.*)$")
_RELATIVE = re.compile(
    r"(?P<count>\d{1,4}|an?|one|two|three|four|five|six)\s+(?P<unit>minute|hour|day|week)s?\s+(?P<side>before|after)"
    r"(?:\s+the\s+(?P<anchor>start|end)(?:\s+of\s+the\s+event)?)?"
    r"(?:\s*,\s*(?:at\s+)?|\s+[-–—]\s+|\s+at\s+|\s+(?=\d)|$)(?P<time>.*)$",
    re.IGNORECASE,
)
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_MONTHS = 12
_YEARS = range(2000, 2200)
EXAMPLES = "2027-04-14 12:00, or 6 weeks before, 10:00, or next slot"


@dataclass(slots=True)
class _Day:
    """Is a date found at the start of a text, and where the text goes on."""

    date: date
    end: int


def parse_when(text: str, languages: tuple[str, ...]) -> When:
    """Returns the time a ``when`` names; month and weekday names are read in English, German and the given languages.

    Raises:
        SlipError: with the place inside ``text``, where it is no time, has two readings, or does not exist.
    """
    words = " ".join(text.casefold().split())
    if words == "next slot":
        return NextSlot()
    if words == "now":
        raise SlipError(Slip(rule="bad-time", message="“now” works on the command line only", label="a file needs a time", fix=EXAMPLES))
    relative = _RELATIVE.match(text)
    if relative is not None:
        return _relative(relative)
    return At(parse_moment(text, languages))


def parse_moment(text: str, languages: tuple[str, ...]) -> datetime:
    """Returns the wall-clock time, without a zone, that a date and a time name.

    Raises:
        SlipError: as :func:`parse_when`.
    """
    day = _day(text, languages)
    rest = text[day.end :]
    if not rest.strip(" ,"):
        raise SlipError(
            Slip(
                rule="missing-time",
                message="there is a date here and no time",
                label="at what time?",
                consequence=NOT_SENT,
                fix=f"{day.date.isoformat()} 12:00",
            )
        )
    between = _BETWEEN.match(rest)
    start = day.end + (between.end() if between else 0)
    return datetime.combine(day.date, parse_time(text[start:], start))


def parse_day_end(text: str, languages: tuple[str, ...]) -> datetime:
    """Returns a moment, or for a date alone the last second of that day.

    Raises:
        SlipError: as :func:`parse_when`.
    """
    day = _day(text, languages)
    if text[day.end :].strip():
        return parse_moment(text, languages)
    return datetime.combine(day.date, time(23, 59, 59))


def parse_date(text: str, languages: tuple[str, ...]) -> date:
    """Returns a day that stands alone.

    Raises:
        SlipError: as :func:`parse_when`, and where a time follows, which would have no effect.
    """
    day = _day(text, languages)
    rest = text[day.end :]
    if rest.strip():
        slip = Slip(
            rule="bad-time",
            message="only the day counts here",
            label="leave this out",
            consequence="the time would have no effect, so the post is held",
            fix=text[: day.end],
        )
        raise SlipError(slip.within(day.end + len(rest) - len(rest.lstrip()), len(text)))
    return day.date


def _relative(match: re.Match[str]) -> Relative:
    unit = match["unit"].casefold()
    number = match["count"].casefold()
    count = (_COUNTS[number] if number in _COUNTS else int(number)) * (-1 if match["side"].casefold() == "before" else 1)
    at = match["time"].strip()
    anchor = (match["anchor"] or "").casefold()
    if unit in {"minute", "hour"}:
        if at:
            slip = Slip(
                rule="bad-time",
                message=f"{unit}s are counted from the event’s own {anchor or 'start'}, so no time of day can follow",
                label="leave this out, or count in days",
                consequence=NOT_SENT,
                fix=match[0][: match.start("time")].strip(" ,"),
            )
            raise SlipError(slip.within(match.start("time"), match.end("time")))
        return Relative(days=0, minutes=count * (60 if unit == "hour" else 1), time=None, anchor=anchor)
    if not at:
        raise SlipError(
            Slip(
                rule="missing-time",
                message=f"{match['count']} {match['unit']}s {match['side']} says the day and not the time"
                if abs(count) != 1
                else "this says the day and not the time",
                label="at what time?",
                consequence=NOT_SENT,
                fix=f"{match[0].strip(' ,')}, 10:00",
            )
        )
    days = count * (7 if unit == "week" else 1)
    return Relative(days=days, minutes=0, time=parse_time(at, match.start("time")), anchor=anchor)


def _day(text: str, languages: tuple[str, ...]) -> _Day:
    weekday, start = _leading_weekday(text, languages)
    match = _ISO.match(text, start) or _DOTTED.match(text, start)
    if match is not None:
        found = _date(text, match, int(match["month"]), start)
    else:
        match = _DAY_FIRST.match(text, start) or _MONTH_FIRST.match(text, start)
        month = calendar_words.months(languages).get(match["word"].casefold()) if match else None
        if match is None or month is None:
            raise SlipError(_no_date(text, start))
        found = _date(text, match, month, start)
    if weekday is not None and found.weekday() != weekday:
        raise SlipError(_wrong_weekday(text, start, found, weekday))
    return _Day(found, match.end())


def _leading_weekday(text: str, languages: tuple[str, ...]) -> tuple[int | None, int]:
    if text[:1].isdigit():
        return None, 0
    match = _WEEKDAY.match(text)
    weekday = calendar_words.weekdays(languages).get(match["word"].casefold()) if match else None
    return (None, 0) if match is None or weekday is None else (weekday, match.end())


def _date(text: str, match: re.Match[str], month: int, start: int) -> date:
    year, day = int(match["year"]), int(match["day"])
    try:
        found = date(year, month, day)
    except ValueError:
        raise SlipError(_no_day(text[start : match.end()], match, month).within(start, match.end())) from None
    if found.year not in _YEARS:
        raise SlipError(_no_such_date(text[start : match.end()], "is this the right year?").within(start, match.end()))
    return found


def _no_day(typed: str, match: re.Match[str], month: int) -> Slip:
    year, day = int(match["year"]), int(match["day"])
    if 1 <= month <= _MONTHS:
        return _no_such_date(typed, f"{calendar_words.month_name(month)} {year} has {calendar_words.days_in(year, month)} days")
    slip = _no_such_date(typed, "a year has 12 months")
    other = _reading(year, day, month)
    if other is None or year not in _YEARS:
        return slip
    mend = Mend(other.isoformat(), match.start(), match.end(), safe=False)
    return replace(slip, label=f"a year has 12 months; did you mean “{other}”?", fix=other.isoformat(), mend=mend)


def _no_such_date(text: str, label: str) -> Slip:
    return Slip(
        rule="no-such-date",
        message=f"the date “{shown(text)}” does not exist",
        label=label,
        consequence=NOT_SENT,
        fix="look the day up again",
    )


def _wrong_weekday(text: str, end: int, found: date, weekday: int) -> Slip:
    typed = text[:end].strip(" ,.")
    right = calendar_words.weekday_name(found.weekday())
    near = calendar_words.nearest_weekday(found, weekday)
    return Slip(
        rule="weekday-mismatch",
        message="weekday and date do not agree",
        label=f"{found.isoformat()} is a {right}; that {calendar_words.weekday_name(weekday)} is {near.isoformat()}",
        consequence="nobody can tell which of the two you mean, so the post is held",
        fix=f"{right[:3]} {text[end:].strip()}",
        start=0,
        end=len(typed),
    )


def _no_date(text: str, start: int) -> Slip:
    numeric = _NUMERIC.match(text, start)
    if numeric is not None:
        return _ambiguous(numeric)
    return Slip(
        rule="bad-time",
        message=f"I cannot read “{shown(text)}” as a time",
        label="write the year, the month, the day and the time",
        consequence=NOT_SENT,
        fix=EXAMPLES,
    )


def _ambiguous(match: re.Match[str]) -> Slip:
    first, second, year = int(match["a"]), int(match["b"]), int(match["year"])
    year += 2000 if year < 100 else 0  # noqa: PLR2004 - a year in two digits
    at = match["rest"].strip(" ,")
    readings = [reading for reading in (_reading(year, first, second), _reading(year, second, first)) if reading is not None]
    days = list(dict.fromkeys(readings))
    names = [f"{calendar_words.month_name(day.month)} {day.day}" for day in days]
    return Slip(
        rule="ambiguous-date",
        message="this date can be read in two ways"
        if len(names) > 1
        else "dates written like this are read differently from country to country",
        label=f"{' or '.join(names)}?" if names else "this is no date in any order",
        consequence=NOT_SENT,
        fix="  or  ".join(f"{day.isoformat()} {at or '12:00'}" for day in days) or EXAMPLES,
        start=match.start(),
        end=match.start("rest"),
        mend=Mend(days[0].isoformat(), match.start(), match.start("rest"), safe=False) if len(days) == 1 and at else None,
    )


def _reading(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
