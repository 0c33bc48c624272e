"""Moves the days that a text names by whole weeks, so that each stays the weekday that is written beside it."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from babel import Locale

_MONTHS: Mapping[str, Mapping[int, str]] = {tag: dict(Locale.parse(tag).months["format"]["wide"]) for tag in ("en", "es")}
_ENGLISH = "|".join(_MONTHS["en"].values())
_SPANISH = "|".join(_MONTHS["es"].values())
_DAY = re.compile(
    rf"(?<![0-9])(?P<iso>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?![0-9])"
    rf"|\b(?P<full_day>[0-9]{{1,2}}) (?P<full_month>{_ENGLISH}) (?P<year>[0-9]{{4}})\b"
    rf"|\b(?P<month>{_ENGLISH}) (?P<day>[0-9]{{1,2}})\b"
    rf"|\b(?P<dia>[0-9]{{1,2}}) de (?P<mes>{_SPANISH})\b"
)


def moved_by_weeks(text: str, weeks: int, year: int) -> str:
    """Returns the text with every day in it that many weeks later; one that names no year is of that ``year``.

    Days are written as ``2027-03-16``, ``9 March 2027``, ``April 9`` or, in Spanish, ``25 de marzo``.
    """
    return _DAY.sub(lambda found: _later(found, timedelta(weeks=weeks), year), text)


def _later(found: re.Match[str], step: timedelta, year: int) -> str:
    if found["iso"]:
        return (date.fromisoformat(found["iso"]) + step).isoformat()
    if found["year"]:
        new = date(int(found["year"]), _number("en", found["full_month"]), int(found["full_day"])) + step
        return f"{new.day} {_MONTHS['en'][new.month]} {new.year}"
    if found["month"]:
        new = date(year, _number("en", found["month"]), int(found["day"])) + step
        return f"{_MONTHS['en'][new.month]} {new.day}"
    new = date(year, _number("es", found["mes"]), int(found["dia"])) + step
    return f"{new.day} de {_MONTHS['es'][new.month]}"


def _number(tag: str, month: str) -> int:
    return next(number for number, name in _MONTHS[tag].items() if name == month)
