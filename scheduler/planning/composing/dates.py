"""Dates, times and lists in words, as the post's language writes them."""

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list

_NARROW_SPACE = "\u202f"
_WEEKDAY = re.compile("E+|c+")
_MARKS_BEFORE, _MARKS_AFTER = re.compile(r"[\W_]*$"), re.compile(r"^[\W_]*")


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Returns the locale for a language tag such as ``en`` or ``de-AT``; an unknown one is read as English."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def day_and_month(day: dt.date, language: str) -> str:
    """Returns the day without its year: ``May 1``, ``1 de mayo``."""
    return format_skeleton("MMMMd", dt.datetime.combine(day, dt.time()), locale=locale_of(language))


def whole_day(day: dt.date, language: str, *, with_year: bool = False) -> str:
    """Returns the day with its weekday: ``Saturday, May 1``, ``Samstag, 1. Mai``."""
    locale = locale_of(language)
    date = format_date(day, "long", locale=locale) if with_year else day_and_month(day, language)
    # CLDR has this order and these marks with short names only; with full ones they are the same.
    before, after = _WEEKDAY.split(str(locale.datetime_skeletons["MMMEd"]), maxsplit=1)
    if before:
        return f"{date}{_MARKS_BEFORE.findall(before)[0].lstrip('.')}{weekday(day, language)}{after}"
    return f"{weekday(day, language)}{_MARKS_AFTER.findall(after)[0].lstrip('.')}{date}"


def month_short(day: dt.date, language: str) -> str:
    """Returns the month in few letters: ``May``, ``sept``."""
    return format_date(day, "LLL", locale=locale_of(language)).rstrip(".")


def weekday(day: dt.date, language: str) -> str:
    """Returns the weekday in full: ``Saturday``, ``sábado``."""
    return format_date(day, "EEEE", locale=locale_of(language))


def time_of_day(time: dt.time, language: str) -> str:
    """Returns the time as people write it: ``2 PM``, ``2:30 PM``, ``14:30``; full hours drop their zeros where clocks count to twelve."""
    locale = locale_of(language)
    pattern = str(locale.time_formats["short"])
    if "a" in pattern and not time.minute:
        return format_time(time, "h a", locale=locale).replace(_NARROW_SPACE, " ")
    return format_time(time, "short", locale=locale).replace(_NARROW_SPACE, " ")


def listed(words: Sequence[str], language: str) -> str:
    """Returns the words as one reads a list aloud: ``A, B, and C``, ``A, B und C``."""
    return format_list(list(words), locale=locale_of(language)) if words else ""
