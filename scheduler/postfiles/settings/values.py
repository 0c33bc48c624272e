"""The kinds of values that settings take: each with the function that reads what was typed, or says what is wrong with it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BeforeValidator, ValidationInfo

from scheduler.model.post import Repeat, Status, When
from scheduler.postfiles.lines.slips import Mend, Slip, SlipError, nearest, shown
from scheduler.postfiles.names import Names
from scheduler.postfiles.settings import calendar_words, moments, repeats, rhythms
from scheduler.postfiles.settings.addresses import address
from scheduler.postfiles.settings.likely import with_proposal

_YES = {"yes": True, "true": True, "no": False, "false": False}
DOUBT = "nobody can tell what you mean, so the post is held"
_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
_CONTINENTS = ("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
_NO_PLACE = re.compile(r"(?:right|posix)/|(?:localtime|Factory|posixrules)$")
_LENGTH = re.compile(r"(?P<count>[0-9]{1,5})\s*(?P<unit>minute|hour|day|week)s?$")
_SHORT_LENGTH = re.compile(r"(?P<count>[0-9]{1,5})\s*(?P<unit>mi?n?|h|d|w|st|ta|wo|dí|jo|se)[^\W\d]*\.?$")
_UNITS = {
    "m": "minute",
    "h": "hour",
    "st": "hour",
    "d": "day",
    "ta": "day",
    "dí": "day",
    "jo": "day",
    "w": "week",
    "wo": "week",
    "se": "week",
}


NOT_ONE = Slip(
    rule="wrong-shape",
    message="this setting takes one value, and here is a list",
    label="one value, without brackets",
    consequence=DOUBT,
    fix="put the text in quotes if the brackets belong to it",
)


def _one(value: object) -> str:
    if isinstance(value, str):
        return value
    raise SlipError(NOT_ONE)


def _list(value: object) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value if isinstance(value, tuple) else ()
    return tuple(item.strip().removeprefix("#") for item in items if item.strip())


def _yes_or_no(value: object) -> bool:
    word = _one(value).casefold()
    if word not in _YES:
        raise SlipError(_choice(_one(value), ("yes", "no")))
    return _YES[word]


_ALSO_CALLED = {
    **dict.fromkeys(("ja", "sí", "si", "oui", "y", "on", "wahr"), "yes"),
    **dict.fromkeys(("nein", "non", "n", "off", "falsch"), "no"),
    **dict.fromkeys(("entwurf", "borrador", "brouillon", "unfinished", "wip", "idea"), "draft"),
    **dict.fromkeys(("fertig", "bereit", "listo", "prêt", "done", "final", "go"), "ready"),
}


_DOUBTS = re.compile(r"\b(?:not|no|nicht|noch|almost|nearly|soon|fast|bald|pas|presque|aún|todavía|casi)\b|\w\s*\?|\bun", re.IGNORECASE)
"""Are signs that a post is not ready yet: what is proposed never publishes what was held back in other words."""


def _choice(word: str, choices: tuple[str, ...]) -> Slip:
    also = _ALSO_CALLED.get(word.casefold())
    meant = also if also in choices else nearest(word, choices)
    if "draft" in choices and _DOUBTS.search(word):
        meant = "draft"
    return Slip(
        rule="bad-value",
        message=f"“{shown(word)}” is not one of the values that can stand here" if word else "a value is missing here",
        label=f"did you mean “{meant}”?" if meant else f"it can be {', '.join((*choices[:-2], ' or '.join(choices[-2:])))}",
        consequence=DOUBT,
        fix=meant or " or ".join(choices),
        mend=Mend(meant, safe=False) if meant else None,
    )


def _one_of(*choices: str) -> BeforeValidator:
    def pick(value: object) -> str:
        word = _one(value).casefold()
        if word not in choices:
            raise SlipError(_choice(_one(value), choices))
        return word

    return BeforeValidator(pick)


def _languages(info: ValidationInfo) -> tuple[str, ...]:
    names = info.context
    return names.languages if isinstance(names, Names) else ()


def _when(value: object, info: ValidationInfo) -> When:
    text, languages = _filled(value), _languages(info)
    try:
        return moments.parse_when(text, languages)
    except SlipError as trouble:
        raise SlipError(with_proposal(trouble.slip, text, lambda meant: moments.parse_when(meant, languages))) from None


_Moment = TypeVar("_Moment", date, datetime)


def _no_when(read: Callable[[str, tuple[str, ...]], _Moment], example: str) -> BeforeValidator:
    """Returns a reader of a time that is not the one at which the post goes out, so that its findings do not say so."""

    def judged(value: object, info: ValidationInfo) -> _Moment:
        text, languages = _filled(value), _languages(info)
        try:
            return read(text, languages)
        except SlipError as trouble:
            slip = with_proposal(trouble.slip, text, lambda meant: read(meant, languages))
            if slip.fix == moments.EXAMPLES:
                length = _LENGTH.match(text.casefold()) or _SHORT_LENGTH.match(text.casefold())
                label = f"{shown(text)} from when on? a day belongs here" if length is not None else slip.label
                slip = replace(slip, label=label, fix=f"a date such as  {example}")
            raise SlipError(replace(slip, consequence=DOUBT)) from None

    return BeforeValidator(judged)


def _repeat(value: object, info: ValidationInfo) -> Repeat:
    text, languages = _filled(value), _languages(info)
    try:
        return repeats.parse_repeat(text, languages)
    except SlipError as trouble:
        raise SlipError(rhythms.with_proposal(trouble.slip, text, languages)) from None


def _length(value: object) -> timedelta:
    match = _LENGTH.match(_one(value).casefold())
    if match is not None and int(match["count"]):
        return timedelta(minutes=int(match["count"]) * _MINUTES[match["unit"]])
    meant = _length_meant(_one(value).casefold())
    raise SlipError(
        Slip(
            rule="bad-value",
            message=f"“{shown(_one(value))}” is not a length of time",
            label=f"did you mean “{meant}”?" if meant else "a number and minutes, hours or days",
            consequence=DOUBT,
            fix=meant or "3 days",
            mend=Mend(meant, safe=False) if meant else None,
        )
    )


def _length_meant(text: str) -> str:
    match = _SHORT_LENGTH.match(text)
    if match is None or not int(match["count"]):
        return ""
    unit = _UNITS.get(match["unit"]) or _UNITS[match["unit"][0]]
    return f"{match['count']} {unit}{'' if int(match['count']) == 1 else 's'}"


def _filled(value: object) -> str:
    text = _one(value)
    if not text:
        raise SlipError(Slip(rule="bad-time", message="a time is missing here", label="a value belongs here", fix="2027-04-14 12:00"))
    return text


def _timezone(value: object) -> str:
    name = _one(value)
    try:
        if not _NO_PLACE.match(name):
            return ZoneInfo(name).key
        meant = None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        meant = _zone_meant(name)
    raise SlipError(
        Slip(
            rule="unknown-timezone",
            message=f"I don’t know the time zone “{shown(name)}”",
            label=f"did you mean “{meant}”?" if meant else "a time zone is named by continent and city",
            consequence="the post could go out hours too early or too late, so it is held",
            fix=meant or "Europe/Berlin",
            mend=Mend(meant, safe=False) if meant else None,
        )
    )


def _zone_meant(name: str) -> str | None:
    """Returns the zone of a misspelt city or continent; what clocks are called for half a year, or an offset, stands for many."""
    if re.search(r"[\d+]", name) or (name.isupper() and len(name) < 6):  # noqa: PLR2004 - CEST, and no longer than that
        return None
    cities = {zone.rpartition("/")[2].replace("_", " "): zone for zone in sorted(available_timezones()) if zone.startswith(_CONTINENTS)}
    city = nearest(name.rpartition("/")[2].replace("_", " "), cities)
    return nearest(name, cities.values()) or (cities[city] if city is not None else None)


def _language(value: object) -> str:
    tag = _one(value)
    if calendar_words.is_language(tag):
        return calendar_words.as_written(tag)
    meant = calendar_words.language_named(tag).replace("_", "-")
    raise SlipError(
        Slip(
            rule="unknown-language",
            message=f"I don’t know the language “{shown(tag)}”",
            label=f"did you mean “{meant}”?" if meant else "a language is written as its short code",
            consequence="networks and screen readers would be told a wrong language",
            fix=meant or "en, de, es, pt-BR …",
            mend=Mend(meant, safe=False) if meant else None,
        )
    )


def _accounts(value: object, info: ValidationInfo) -> tuple[str, ...]:
    wanted = _list(value)
    if not isinstance(info.context, Names):
        return wanted
    return tuple(dict.fromkeys(info.context.target(name) or name for name in wanted))


Text = str
Address = Annotated[str, BeforeValidator(lambda value: address(_one(value)))]
Listed = Annotated[tuple[str, ...], BeforeValidator(_list)]
Targets = Annotated[tuple[str, ...], BeforeValidator(_accounts)]
Time = Annotated[When, BeforeValidator(_when)]
Again = Annotated[Repeat, BeforeValidator(_repeat)]
Length = Annotated[timedelta, BeforeValidator(_length)]
Moment = Annotated[datetime, _no_when(moments.parse_moment, "2027-05-01 14:00")]
Day = Annotated[date, _no_when(moments.parse_date, "2027-05-01")]
DayEnd = Annotated[datetime, _no_when(moments.parse_day_end, "2027-05-01")]
Zone = Annotated[str, BeforeValidator(_timezone)]
Language = Annotated[str, BeforeValidator(_language)]
YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Progress = Annotated[Status, _one_of("draft", "review", "ready")]
Consent = Annotated[Literal["yes", "no", "not-needed", "true", "false"], _one_of("yes", "no", "not-needed", "true", "false")]
Waiting = Annotated[str, _one_of("approved")]
Kind = Annotated[Literal["post", "event", "series"], _one_of("post", "event", "series")]
