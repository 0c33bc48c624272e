"""The grammar of ``repeat``: ``every 6 weeks on Tuesday at 12:30``, in wall-clock time."""

import re

from scheduler.model.post import Repeat
from scheduler.postfiles.lines.slips import Slip, SlipError, shown
from scheduler.postfiles.settings import calendar_words
from scheduler.postfiles.settings.day_times import parse_time

_COUNTED = re.compile(
    r"(?:every|alle|jede[nsr]?)\s+(?:(?P<count>\d{1,3}|other|two|three|four|five|six|zwei|drei|vier|fünf|sechs)\s+)?"
    r"(?P<unit>day|week|month|tage?n?|wochen?|monate?n?)s?(?P<rest>(?:\s|,).*)?$",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(?P<unit>daily|weekly|monthly|täglich|wöchentlich|monatlich)(?P<rest>(?:\s|,).*)?$", re.IGNORECASE)
_NAMED = re.compile(r"(?:every|jeden|jede|each)\s+(?P<rest>.*)$", re.IGNORECASE)
_AT = re.compile(r"(?P<days>.*?)(?:^|\s|,)\s*(?:(?:at|um)\s+|(?=\d))(?P<time>\S.*)$", re.IGNORECASE)
_ON = re.compile(r"[\s,]*(?:(?:on|am|jeden)\s+)?(?P<days>.*?)[\s,]*$", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:,|&|\band\b|\bund\b)\s*|\s+", re.IGNORECASE)
_COUNTS = {"other": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6}
_UNITS = {"d": "day", "t": "day", "w": "week", "m": "month"}
_WORKDAYS = {"weekday": (0, 1, 2, 3, 4), "weekdays": (0, 1, 2, 3, 4), "werktag": (0, 1, 2, 3, 4)}
_UNTIMED = re.compile(r"\b(?:at|um|of|on)\b|\d{3}|\d(?:st|nd|rd|th)\b", re.IGNORECASE)
_EXAMPLE = "every 6 weeks on Tuesday at 12:30"
_NOT_SENT = "nobody can tell when it comes again, so the post is held"


def parse_repeat(text: str, languages: tuple[str, ...]) -> Repeat:
    """Returns how often a post comes again; weekdays are read in English, German and the given languages.

    Raises:
        SlipError: with the place inside ``text``, where it is no repetition or has no time of day.
    """
    match = _COUNTED.match(text) or _SHORT.match(text)
    named = _NAMED.match(text) if match is None else None
    if match is None and named is None:
        raise SlipError(_unreadable(text))
    found = match or named
    assert found is not None
    rest = found["rest"] or ""
    timed = _AT.match(rest)
    if timed is None:
        raise SlipError(_timeless(text) if match is not None or _weekdays(rest, found.start("rest"), languages) else _unreadable(text))
    if _UNTIMED.search(timed["time"]):
        raise SlipError(_unreadable(text))
    at = parse_time(timed["time"], found.start("rest") + timed.start("time"))
    days = _weekdays(timed["days"], found.start("rest"), languages)
    if match is None:
        if not days:
            raise SlipError(_unreadable(text))
        return Repeat(every=1, unit="week", weekdays=days, at=at)
    every, unit = _period(match)
    if days and unit != "week":
        raise SlipError(_weekdays_of(unit, text))
    if every < 1:
        raise SlipError(_unreadable(text))
    return Repeat(every=every, unit=unit, weekdays=days, at=at)


def _period(match: re.Match[str]) -> tuple[int, str]:
    groups = match.groupdict()
    count = (groups.get("count") or "1").casefold()
    return (_COUNTS[count] if count in _COUNTS else int(count)), _UNITS[match["unit"][0].casefold()]


def _weekdays(text: str, offset: int, languages: tuple[str, ...]) -> tuple[int, ...]:
    match = _ON.match(text)
    words = match["days"] if match else ""
    if not words:
        return ()
    known = calendar_words.weekdays(languages)
    days: list[int] = []
    for word in filter(None, _BETWEEN.split(words)):
        bare = word.casefold().rstrip(".")
        number = known.get(bare, known.get(bare.removesuffix("s")))
        if number is None and bare not in _WORKDAYS:
            start = offset + text.find(word)
            raise SlipError(_no_weekday(word).within(start, start + len(word)))
        days += _WORKDAYS.get(bare, ()) if number is None else (number,)
    return tuple(sorted(set(days)))


def _unreadable(text: str) -> Slip:
    monthly = re.search(r"month|monat", text, re.IGNORECASE) is not None
    return Slip(
        rule="bad-repeat",
        message=f"I cannot read “{shown(text)}” as a repetition",
        label="by the month it comes on the day of  repeat-from:" if monthly else "how often, on which weekday, and at what time?",
        consequence=_NOT_SENT,
        fix="every month at 12:30" if monthly else _EXAMPLE,
    )


def _timeless(text: str) -> Slip:
    return Slip(
        rule="missing-time",
        message="this says how often and not the time",
        label="at what time?",
        consequence=_NOT_SENT,
        fix=f"{text.strip(' ,')} at 12:30",
    )


def _no_weekday(word: str) -> Slip:
    return Slip(
        rule="bad-repeat", message=f"“{shown(word)}” is no weekday", label="a weekday belongs here", consequence=_NOT_SENT, fix=_EXAMPLE
    )


def _weekdays_of(unit: str, text: str) -> Slip:
    return Slip(
        rule="bad-repeat",
        message=f"a repetition by the {unit} cannot have a weekday",
        label="by the week, or without a weekday",
        consequence=_NOT_SENT,
        fix=_EXAMPLE if unit == "month" else re.sub(r"\s+(?:on|am)\s+.*?\s+(?=at\b|um\b)", " ", text),
    )
