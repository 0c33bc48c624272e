"""The names of months and weekdays in the languages that authors write in; Babel's data (CLDR)."""

import calendar
import functools
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

_TAG = re.compile(r"(?P<language>[A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_ALWAYS = ("en", "de")
_WIDTHS = ("wide", "abbreviated")
_MORE_MONTHS = {"sept": 9, "mrz": 3, "maerz": 3, "okt": 10, "dez": 12, "mai": 5}
_MORE_DAYS = {"tues": 1, "thur": 3, "thurs": 3}


@functools.lru_cache(maxsize=16)
def months(languages: tuple[str, ...]) -> Mapping[str, int]:
    """Returns the number of each month by its case-folded names, long and short, in English, German and the given languages."""
    found = dict(_MORE_MONTHS)
    for locale in _locales(languages):
        for context in ("format", "stand-alone"):
            for width in _WIDTHS:
                for number, name in locale.months[context][width].items():
                    found.setdefault(name.casefold().rstrip("."), number)
    return found


@functools.lru_cache(maxsize=16)
def weekdays(languages: tuple[str, ...]) -> Mapping[str, int]:
    """Returns the number of each weekday, 0 for Monday, by its case-folded names."""
    found = dict(_MORE_DAYS)
    for locale in _locales(languages):
        for context in ("format", "stand-alone"):
            for width in (*_WIDTHS, "short"):
                for number, name in locale.days[context][width].items():
                    found.setdefault(name.casefold().rstrip("."), number)
    return found


def is_language(tag: str) -> bool:
    """Tells whether a language tag begins with a language that exists; its region and script are not judged."""
    match = _TAG.fullmatch(tag)
    return match is not None and match["language"].casefold() in _languages()


def as_written(tag: str) -> str:
    """Returns a language tag as it is usually written: ``pt-BR`` for ``PT_br``, ``zh-Hant`` for ``zh-hant``."""
    first, *others = tag.replace("_", "-").split("-")
    sizes = {2: str.upper, 4: str.title}
    return "-".join((first.lower(), *(sizes.get(len(part), str.lower)(part) for part in others)))


def month_name(number: int) -> str:
    """Returns the English name of a month, 1 for January."""
    return calendar.month_name[number]


def weekday_name(number: int) -> str:
    """Returns the English name of a weekday, 0 for Monday."""
    return calendar.day_name[number]


def days_in(year: int, month: int) -> int:
    """Returns how many days the month has."""
    return calendar.monthrange(year, month)[1]


def nearest_weekday(day: date, weekday: int) -> date:
    """Returns the date of that weekday nearest to ``day``, the earlier one where both are as near."""
    ahead = (weekday - day.weekday()) % 7
    return day + timedelta(days=ahead if ahead < 4 else ahead - 7)  # noqa: PLR2004 - half a week


def _locales(languages: tuple[str, ...]) -> list["Locale"]:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - slow to load, and needed for dates in words alone

    found = []
    for language in dict.fromkeys((*_ALWAYS, *languages)):
        try:
            found.append(Locale.parse(language.replace("-", "_")))
        except (UnknownLocaleError, ValueError):
            continue
    return found


@functools.lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    from babel.localedata import locale_identifiers  # noqa: PLC0415 - as above

    return frozenset(identifier.split("_")[0].casefold() for identifier in locale_identifiers())


def language_named(name: str) -> str:
    """Returns the code of a language by its English, German or own name, or nothing."""
    from babel import Locale  # noqa: PLC0415 - as above

    wanted = name.casefold()
    for locale in (Locale("en"), Locale("de")):
        for code, called in locale.languages.items():
            if str(called).casefold() == wanted:
                return str(code)
    return next((code for code in _TAUGHT if str(Locale(code).display_name).casefold() == wanted), "")


def in_english(text: str) -> str:
    """Returns the text with the names of months and weekdays in English, for languages that the project does not write in."""
    months_there, weekdays_there = months(_TAUGHT), weekdays(_TAUGHT)

    def english(match: re.Match[str]) -> str:
        word = match[0].casefold()
        month, weekday = months_there.get(word), weekdays_there.get(word)
        if (month is None) == (weekday is None):  # “mar” is March here and a Tuesday there
            return match[0]
        return month_name(month) if month is not None else weekday_name(weekday or 0)

    return re.sub(r"[^\W\d_]{3,}", english, text)


_TAUGHT = ("es", "fr", "it", "pt", "tr", "pl", "ru", "uk", "ar", "nl")
