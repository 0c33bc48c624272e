"""Reads the fields of an answer, whatever stands there: a broken server answers with anything in the place of anything."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from scheduler.model import plain

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:,@~+=-]{0,199}")
_MOST, _MOST_DIGITS = 10**15, 10**30
_LONGEST = timedelta(days=3_650)
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def table(found: object, *names: str) -> Mapping[str, Any]:
    """Returns the table at the end of the names; an empty one where there is none."""
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def tables(found: object) -> list[Mapping[str, Any]]:
    """Returns the tables of a list; none where it is no list."""
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def words(found: object, name: str) -> str:
    """Returns a text, or a whole number as text; empty where something else stands there."""
    value = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < _MOST_DIGITS else ""
    return value if isinstance(value, str) else ""


def name(found: object, field: str) -> str:
    """Returns an id as networks make them, a text or a whole number; empty where it is anything that is none.

    What is kept as an id stands in addresses later: neither slashes nor signs of a query belong there, nor a million characters.
    """
    value = words(found, field)
    return value if _NAME.fullmatch(value) and ".." not in value else ""


def number(found: object, field: str) -> int | None:
    """Returns a whole number of a size that a counter may have; None where it is none."""
    value = found.get(field) if isinstance(found, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MOST else None


def address(found: object, *names: str) -> str:
    """Returns the first of the fields that holds an address of the web; empty where none does."""
    return next((text for each in names if (text := plain.address(words(found, each)))), "")


def moment(text: object) -> datetime | None:
    """Returns a moment in the form of ISO 8601 as aware UTC; None where it is none, or in a year that no post is from."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        return within(found if found is None or found.tzinfo else found.replace(tzinfo=UTC))
    except ValueError:
        return None


def within(found: datetime | None) -> datetime | None:
    """Returns an aware moment in UTC where it is in a year that posts and tokens have, else None."""
    try:
        at = found.astimezone(UTC) if found is not None else None
    except (OverflowError, ValueError):
        return None
    return at if at is not None and _FIRST <= at <= _LAST else None


def at_seconds(value: object) -> datetime | None:
    """Returns the moment so many seconds after the start of 1970, aware UTC; None where it is no number, or absurd."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return within(datetime.fromtimestamp(value, UTC))
    except (OverflowError, ValueError, OSError):
        return None


def lasting(value: object) -> timedelta | None:
    """Returns so many seconds as a span of time of ten years at most; None where it is no number above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return None
    return timedelta(seconds=min(value, _LONGEST.total_seconds()))
