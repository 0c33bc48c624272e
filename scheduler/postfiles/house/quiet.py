"""``[quiet]`` of ``_words.toml``: days and hours on which the house wants nothing to go out, as people write them down."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time

from scheduler.model.house import Quiet
from scheduler.postfiles.lines.slips import Slip, SlipError, shown
from scheduler.postfiles.settings import calendar_words
from scheduler.postfiles.settings.day_times import parse_time
from scheduler.postfiles.settings.moments import parse_date

EXAMPLE = '"Good Friday" = 2027-03-26'
_FIX = '"2027-03-26", "20 July to 10 August", "every Sunday" or "24 December 14:00-24:00"'
_IGNORED = "no post is judged by it until this is mended"
_PLAIN_NAMES = frozenset({"day", "days", "date", "dates", "hours", "hour", "weekdays", "nights", "times"})
_LEAP_YEAR = 2000
_CLOCK = r"(?:\d{1,2}:\d{2}|\d{1,2}\s?[ap]\.?m\.?)"
_HOURS = re.compile(
    rf"(?:^|[\s,]+)(?:(?:from|von)\s+)?(?P<start>{_CLOCK})\s*(?:[-–—]|to|until|bis)\s*(?P<end>{_CLOCK})(?:\s*(?:Uhr|h))?$", re.IGNORECASE
)
_FROM = re.compile(rf"(?:^|[\s,]+)(?:(?P<after>from|after|ab)|until|before|bis|vor)\s+(?P<clock>{_CLOCK})(?:\s*(?:Uhr|h))?$", re.IGNORECASE)
_RANGE = re.compile(r"\s+(?:to|until|till|through|bis(?: zum)?|[-–—])\s+|\s*(?:\.\.+|[–—])\s*|(?<=\d-\d\d)/(?=\d{4}-)", re.IGNORECASE)
_EVERY = re.compile(r"^(?:(?:every|each|on|all|jeden|jede|am|immer)\s+)+(?:year(?:,|\s+on)?\s+)?", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|&|\+|\s(?:and|und|y|et)\s)\s*", re.IGNORECASE)
_WEEKENDS = frozenset({"weekend", "weekends", "wochenende", "wochenenden"})
_DAILY = frozenset({"daily", "day", "days", "täglich", "tag", "tage"})
_DAY_ALONE = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?$", re.IGNORECASE)


def read_quiet(name: str, value: object, languages: tuple[str, ...]) -> Iterator[Quiet | tuple[Slip, str]]:
    """Yields the quiet times that one line of the table says, or what is wrong with one of them and the words that it is about."""
    title = "" if name.casefold() in _PLAIN_NAMES else name
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, date) and not isinstance(item, datetime):
            yield Quiet(name=title, first=item, last=item)
        elif isinstance(item, str) and item.strip():
            try:
                yield replace(_parsed(item.strip(), languages), name=title)
            except SlipError as trouble:
                yield trouble.slip, item
        else:
            yield _bad(f"“{shown(name)}” has no day here and no hours", "a day stands here as a date, or in quotes"), ""


def _parsed(text: str, languages: tuple[str, ...]) -> Quiet:
    hours, days = _hours(text)
    typed = _EVERY.sub("", days).strip(" ,")
    if hours is not None and (not typed or typed.casefold() in _DAILY):
        return Quiet(hours=hours)
    weekdays = _weekdays(typed, languages)
    if weekdays:
        return Quiet(weekdays=weekdays, hours=hours)
    ends = _RANGE.split(typed)
    if len(ends) > 2:  # noqa: PLR2004 - the two ends of a range
        raise SlipError(_unread(text))
    first, last, yearly = _dates(ends[0], ends[-1], text, languages)
    if not yearly and first > last:
        raise SlipError(_bad(f"“{shown(text)}” ends before it begins", "look the days up again"))
    return Quiet(first=first, last=last, yearly=yearly, hours=hours)


def _hours(text: str) -> tuple[tuple[time, time] | None, str]:
    """Returns the hours that stand at the end of a text, and what stands before them."""
    match = _HOURS.search(text)
    if match is not None:
        start, end = _clock(match["start"], text), _clock(match["end"], text)
        if start == end:
            raise SlipError(_bad(f"“{shown(text)}” begins and ends at one time", "write no hours for a whole day"))
        return (start, end), text[: match.start()]
    match = _FROM.search(text)
    if match is None:
        return None, text
    clock = _clock(match["clock"], text)
    return ((clock, time()) if match["after"] else (time(), clock)), text[: match.start()]


def _clock(typed: str, text: str) -> time:
    try:
        return time() if typed.startswith("24:00") else parse_time(typed)
    except SlipError:
        raise SlipError(_bad(f"“{shown(typed)}” in “{shown(text)}” is not a time of day", "hours are written 22:00-07:00")) from None


def _weekdays(text: str, languages: tuple[str, ...]) -> frozenset[int]:
    """Returns the weekdays that a text names and nothing else, from Monday as 0; none where it is no list of weekdays."""
    known = calendar_words.weekdays(languages)
    found: set[int] = set()
    for word in (word.casefold().strip(" .") for word in _AND.split(text)):
        numbers = {5, 6} if word in _WEEKENDS else {known.get(word, known.get(word.removesuffix("s"), -1))}
        ends = [known.get(end.removesuffix("s"), known.get(end, -1)) for end in _RANGE.split(word)]
        if len(ends) == 2 and min(ends) >= 0:  # noqa: PLR2004 - from one weekday to another
            numbers = {(ends[0] + step) % 7 for step in range((ends[1] - ends[0]) % 7 + 1)}
        if min(numbers) < 0:
            return frozenset()
        found |= numbers
    return frozenset(found)


def _dates(first: str, last: str, text: str, languages: tuple[str, ...]) -> tuple[date, date, bool]:
    """Returns the two ends of a stretch of days, and whether it comes every year; a year at one end counts for the other."""
    until, until_yearly = _day(last, text, languages)
    alone = _DAY_ALONE.match(first)
    if alone is not None and first != last:
        first = f"{until.year:04}-{until.month:02}-{int(alone[1]):02}"
        begin, begin_yearly = _day(first, text, languages)[0], until_yearly
    else:
        begin, begin_yearly = _day(first, text, languages)
    if begin_yearly and not until_yearly:
        begin = _in_year(begin, until.year - ((begin.month, begin.day) > (until.month, until.day)), text)
    elif until_yearly and not begin_yearly:
        until = _in_year(until, begin.year + ((until.month, until.day) < (begin.month, begin.day)), text)
    return begin, until, begin_yearly and until_yearly


def _in_year(day: date, year: int, text: str) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        raise SlipError(_bad(f"a day of “{shown(text)}” does not exist", "look the days up again")) from None


def _day(typed: str, text: str, languages: tuple[str, ...]) -> tuple[date, bool]:
    """Returns a day, and whether it has no year and comes every year."""
    try:
        return parse_date(typed, languages), False
    except SlipError as trouble:
        told = trouble.slip
    for ending in (f" {_LEAP_YEAR}", f"{_LEAP_YEAR}", f".{_LEAP_YEAR}"):
        try:
            return parse_date(f"{typed}{ending}", languages), True
        except SlipError:
            continue
    if told.rule in {"ambiguous-date", "no-such-date", "weekday-mismatch"}:
        fix = re.sub(r" 12:00", "", told.fix or "")
        about = "" if shown(typed) in told.message else f": “{shown(typed)}”"
        raise SlipError(_bad(f"{told.message}{about}", told.label, fix))
    raise SlipError(_unread(text))


def _unread(text: str) -> Slip:
    return _bad(f"I cannot read “{shown(text)}” as days or hours", "which days, or from when to when?")


def _bad(message: str, label: str, fix: str = _FIX) -> Slip:
    return Slip(rule="bad-words", message=message, label=label, consequence=_IGNORED, fix=fix)
