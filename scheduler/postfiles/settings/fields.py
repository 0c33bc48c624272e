"""The settings of a post file as typed values; pydantic judges each, and every complaint stands on the very value."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails

from scheduler.model.finding import Finding
from scheduler.model.post import Repeat, Status, When
from scheduler.postfiles.lines.slips import Mend, Slip, SlipError, nearest, shown
from scheduler.postfiles.names import OBSIDIAN, Names
from scheduler.postfiles.settings import calendar_words, moments, repeats
from scheduler.postfiles.settings.addresses import address
from scheduler.postfiles.settings.block import Entry
from scheduler.postfiles.settings.likely import with_proposal
from scheduler.postfiles.settings.unfamiliar import glued, unknown_setting, unknown_targets

_YES = {"yes": True, "true": True, "no": False, "false": False}
_DOUBT = "nobody can tell what you mean, so the post is held"
_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
_LENGTH = re.compile(r"(?P<count>\d{1,4})\s*(?P<unit>minute|hour|day|week)s?$")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")


_LIST = Slip(
    rule="wrong-shape",
    message="this setting takes one value, and here is a list",
    label="one value, without brackets",
    consequence=_DOUBT,
    fix="put the text in quotes if the brackets belong to it",
)


def _one(value: object) -> str:
    if isinstance(value, str):
        return value
    raise SlipError(_LIST)


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
        consequence=_DOUBT,
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
            raise SlipError(replace(slip, consequence=_DOUBT, fix=fix)) from None

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
            consequence=_DOUBT,
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
Moment = Annotated[datetime, _no_when(moments.parse_moment, "2026-05-01 14:00")]
Day = Annotated[date, _no_when(moments.parse_date, "2026-05-01")]
DayEnd = Annotated[datetime, _no_when(moments.parse_day_end, "2026-05-01")]
YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]


class Fields(BaseModel):
    """Is every setting of the format; what is not named here is refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=lambda name: name.replace("_", "-"), arbitrary_types_allowed=True
    )

    title: Text = ""
    when: Annotated[When | None, BeforeValidator(_when)] = None
    where: Annotated[tuple[str, ...], BeforeValidator(_accounts)] = ()
    status: Annotated[Status, _one_of("draft", "review", "ready")] = Status.READY
    link: Address = ""
    hashtags: Listed = ()
    campaign: Text = ""
    expires: DayEnd | None = None
    lang: Annotated[str, BeforeValidator(_language)] | None = None
    content_warning: Text = ""
    graphic: Text = ""
    first_comment: Text = ""
    photo_consent: (
        Annotated[Literal["yes", "no", "not-needed", "true", "false"], _one_of("yes", "no", "not-needed", "true", "false")] | None
    ) = None
    partners: Listed = ()
    collab: Listed = ()
    approve_by: Listed = ()
    hold_until: Annotated[str, _one_of("approved")] = ""
    location: Text = ""
    poll: Listed = ()
    poll_question: Text = ""
    poll_for: Annotated[timedelta | None, BeforeValidator(_length)] = None
    poll_multiple: YesNo = False
    repeat: Annotated[Repeat | None, BeforeValidator(_repeat)] = None
    repeat_from: Day | None = None
    repeat_until: Day | None = None
    pool: Text = ""
    review_by: DayEnd | None = None
    timezone: Annotated[str, BeforeValidator(_timezone)] | None = None
    owner: Text = ""
    allow: Listed = ()
    allow_because: Text = ""
    id: Text = ""
    kind: Annotated[Literal["post", "event", "series"], _one_of("post", "event", "series")] = "post"
    series: Text = ""
    starts: Moment | None = None
    ends: Text = ""
    doors: Text = ""
    place: Text = ""
    address: Text = ""
    online: YesNo = False
    access: Text = ""
    url: Address = ""
    cancelled: YesNo = False
    postponed_to: Moment | None = None

    def has(self, *keys: str) -> bool:
        """Tells whether the file sets any of these keys, named as in the file."""
        return any(key.replace("-", "_") in self.model_fields_set for key in keys)


def validate(path: str, entries: Mapping[str, Entry], names: Names, part: str | None = None) -> tuple[Fields, list[Finding]]:
    """Returns the settings that could be understood, and a finding for each that could not."""
    raw = {key: entry.value for key, entry in entries.items() if key not in OBSIDIAN and entry.value not in {"", ()}}
    findings = [empty(key).found(path, entry.key, part) for key, entry in entries.items() if not entry.value and key in NEEDED]
    try:
        fields = Fields.model_validate(raw, context=names)
    except ValidationError as trouble:
        for error in trouble.errors(include_url=False, include_input=False):
            key = str(error["loc"][0])
            raw.pop(key, None)
            findings.append(_finding(path, key, error, entries, part))
        fields = Fields.model_validate(raw, context=names)
    findings += unknown_targets(path, entries.get("where"), names, part)
    return fields, findings


NEEDED = ("when", "where", "status", "starts", "hold-until", "timezone", "kind")
"""Are the settings that are never left empty: what was meant to stand there decides whether and when the post goes out."""


def empty(key: str) -> Slip:
    """Returns the slip of a setting without a value."""
    return Slip(
        rule="bad-value",
        message=f"the setting “{key}” has no value",
        label="a value belongs here",
        consequence=_DOUBT,
        fix=f"write a value after  {key}:  or delete the line",
    )


def _finding(path: str, key: str, error: ErrorDetails, entries: Mapping[str, Entry], part: str | None) -> Finding:
    entry = entries[key]
    if error["type"] == "extra_forbidden":
        return (glued(key, entry) or unknown_setting(key, entries)).found(path, entry.key, part)
    cause = error.get("ctx", {}).get("error")
    slip = cause.slip if isinstance(cause, SlipError) else _LIST
    return slip.found(path, entry.span, part)
