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
from scheduler.postfiles.settings import calendar_words, moments, repeats
from scheduler.postfiles.settings.addresses import address
from scheduler.postfiles.settings.likely import with_proposal

_YES = {"yes": True, "true": True, "no": False, "false": False}
DOUBT = "nobody can tell what you mean, so the post is held"
_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
_LENGTH = re.compile(r"(?P<count>\d{1,4})\s*(?P<unit>minute|hour|day|week)s?$")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")


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
        raise SlipError(_choice(word, ("yes", "no")))
    return _YES[word]


def _choice(word: str, choices: tuple[str, ...]) -> Slip:
    meant = nearest(word, choices)
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
            raise SlipError(_choice(word, choices))
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
            fix = example if slip.fix == moments.EXAMPLES else slip.fix
            raise SlipError(replace(slip, consequence=DOUBT, fix=fix)) from None

    return BeforeValidator(judged)


def _repeat(value: object, info: ValidationInfo) -> Repeat:
    return repeats.parse_repeat(_filled(value), _languages(info))


def _length(value: object) -> timedelta:
    match = _LENGTH.match(_one(value).casefold())
    if match is not None and int(match["count"]):
        return timedelta(minutes=int(match["count"]) * _MINUTES[match["unit"]])
    raise SlipError(
        Slip(
            rule="bad-value",
            message=f"“{shown(_one(value))}” is not a length of time",
            label="a number and minutes, hours or days",
            consequence=DOUBT,
            fix="3 days",
        )
    )


def _filled(value: object) -> str:
    text = _one(value)
    if not text:
        raise SlipError(Slip(rule="bad-time", message="a time is missing here", label="a value belongs here", fix="2027-04-14 12:00"))
    return text


def _timezone(value: object) -> str:
    name = _one(value)
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zones = {zone.rpartition("/")[2]: zone for zone in available_timezones()}
        meant = nearest(name, available_timezones()) or zones.get(nearest(name.rpartition("/")[2], zones) or "")
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


def _language(value: object) -> str:
    tag = _one(value)
    if _LANGUAGE.match(tag) and calendar_words.is_language(tag):
        return tag.replace("_", "-")
    raise SlipError(
        Slip(
            rule="unknown-language",
            message=f"I don’t know the language “{shown(tag)}”",
            label="a language is written as its short code",
            consequence="networks and screen readers would be told a wrong language",
            fix="en, de, es, pt-BR …",
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
Moment = Annotated[datetime, _no_when(moments.parse_moment, "2026-05-01 14:00")]
Day = Annotated[date, _no_when(moments.parse_date, "2026-05-01")]
DayEnd = Annotated[datetime, _no_when(moments.parse_day_end, "2026-05-01")]
Zone = Annotated[str, BeforeValidator(_timezone)]
Language = Annotated[str, BeforeValidator(_language)]
YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Progress = Annotated[Status, _one_of("draft", "review", "ready")]
Consent = Annotated[Literal["yes", "no", "not-needed", "true", "false"], _one_of("yes", "no", "not-needed", "true", "false")]
Waiting = Annotated[str, _one_of("approved")]
Kind = Annotated[Literal["post", "event", "series"], _one_of("post", "event", "series")]
