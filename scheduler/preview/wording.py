"""Puts states, times and languages into words, and says which icon and colour go with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

import regex
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from scheduler.model.delivery import State
from scheduler.model.finding import Severity

_LANGUAGE = regex.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WORD = regex.compile(r"[\p{L}\p{N}]\X*?(?=[^\p{L}\p{N}\p{M}'’]|$)")
_SAME_CONTRAST = 0.179


@dataclass(frozen=True, slots=True)
class Look:
    """Is how something is told apart three times over: by an icon, by a word and by a tone (the name of a colour)."""

    icon: str
    word: str
    tone: str


STATES: Mapping[State, Look] = MappingProxyType(
    {
        State.PLANNED: Look("clock", "Planned", "info"),
        State.QUEUED: Look("clock", "Queued", "info"),
        State.CLAIMED: Look("up", "About to be sent", "info"),
        State.SENDING: Look("up", "Being sent", "info"),
        State.HANDED: Look("up", "Handed over", "good"),
        State.SENT: Look("check", "Sent", "good"),
        State.HELD: Look("pause", "Held", "warn"),
        State.MISSED: Look("late", "Missed", "warn"),
        State.UNCERTAIN: Look("question", "Uncertain", "bad"),
        State.REFUSED: Look("cross", "Refused", "bad"),
        State.SKIPPED: Look("skip", "Skipped", "calm"),
        State.CANCELLED: Look("slash", "Cancelled", "calm"),
    }
)

REHEARSED = Look("check", "Rehearsed", "calm")
SEVERITIES: Mapping[Severity, Look] = MappingProxyType(
    {
        Severity.ERROR: Look("cross", "Error", "bad"),
        Severity.WARNING: Look("alert", "Warning", "warn"),
        Severity.HINT: Look("info", "Hint", "info"),
    }
)


@dataclass(frozen=True, slots=True)
class When:
    """Is an instant in words, in a zone's wall-clock time: ``iso`` for machines, ``day`` and ``time`` for people."""

    iso: str
    day: str
    time: str


def language_tag(language: str | None) -> str:
    """Returns the language as a tag that a page may carry, or an empty string where it is none."""
    tag = (language or "").strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else ""


def locale_of(language: str) -> Locale:
    """Returns what is known of a language's ways of writing; English where it is unknown."""
    try:
        return Locale.parse(language_tag(language) or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def language_name(tag: str) -> str:
    """Returns a language's English name, such as "Spanish" for ``es``; the tag itself where it has none."""
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def in_words(instant: datetime, zone: str, locale: Locale) -> When:
    """Returns an aware instant as the zone's wall-clock date and time, with the zone's abbreviation as in "09:00 CEST"."""
    local = instant.astimezone(ZoneInfo(zone))
    clock = format_time(local, format="short", locale=locale).replace("\u202f", " ")
    return When(local.isoformat(), format_date(local, format="full", locale=locale), f"{clock} {abbreviation(local)}")


def abbreviation(local: datetime) -> str:
    """Returns the short name of the zone at that moment; zones without one are told by their distance from UTC."""
    name = local.tzname() or "UTC"
    return f"UTC{name.replace('-', '−')}" if name[0] in "+-" else name


def initials(name: str) -> str:
    """Returns the first letters of the first and the last word of a name, in capitals; "•" where it has no letters."""
    words = _WORD.findall(name)
    chosen = words if len(words) < 2 else [words[0], words[-1]]  # noqa: PLR2004 - first and last
    return "".join(word[0] for word in chosen).upper() or "•"


def ink_on(colour: str) -> str:
    """Returns black or white, whichever reads better on ``#rrggbb``: at least 4.5 to 1 by WCAG 2.2's relative luminance."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)  # noqa: PLR2004 - sRGB's curve
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > _SAME_CONTRAST else "#ffffff"
