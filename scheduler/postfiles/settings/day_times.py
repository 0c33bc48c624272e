"""Times of the day as people write them: ``18:00``, ``6 pm``, ``18 Uhr``."""

import re
from datetime import time

from scheduler.postfiles.lines.slips import Mend, Slip, SlipError, shown
from scheduler.postfiles.settings.day_meant import readings

_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::(?P<second>\d{2}))?)?\s*(?P<half>[ap]\.?m\.?)?(?P<o>\s*(?:Uhr|h|o['’]clock))?$",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"\d(?P<offset>\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))$")
_SPAN = re.compile(r"(?P<from>\d{1,2}[:.]\d{2})(?P<rest>\s*[-–—]\s*(?P<to>\d{1,2}[:.]\d{2})(?:\s*(?:Uhr|h))?)$", re.IGNORECASE)
NOT_SENT = "without a time the post is never sent"


def parse_time(text: str, offset: int = 0) -> time:
    """Returns the time of day; ``offset`` is where ``text`` begins in the value, for the place of a finding.

    Raises:
        SlipError: where it is no time of day.
    """
    match = _TIME.match(text.strip())
    if match is None or not (match["minute"] or match["half"] or match["o"]):
        raise SlipError(_no_time(text, offset))
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - the hours of a clock's face
            raise SlipError(_no_time(text, offset))
        if hour == 12 and not minute + second and match["half"][0] in "aA":  # noqa: PLR2004 - as above
            raise SlipError(_noon_or_midnight(text, offset))
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise SlipError(_no_time(text, offset)) from None


def _no_time(text: str, offset: int) -> Slip:
    span = _SPAN.match(text)
    if span is not None and _minutes(span["from"]) < _minutes(span["to"]):
        return _too_long(span, offset)
    zone = _OFFSET.search(text)
    if zone is not None:
        return Slip(
            rule="bad-time",
            message="a time here is written without an offset from UTC",
            label="leave this out; the zone comes from “timezone” or from config.toml",
            consequence=NOT_SENT,
            fix="write the time that the clock shows at your place",
            start=offset + zone.start("offset"),
            end=offset + zone.end("offset"),
        )
    meant = readings(text, _read)
    label, fix = _proposed(meant) if meant else _time_meant(text.strip().casefold())
    return Slip(
        rule="bad-time",
        message=f"“{shown(text)}” is not a time of day",
        label=label,
        consequence=NOT_SENT,
        fix=fix,
        start=offset,
        end=offset + max(1, len(text)),
        mend=Mend(fix, offset, offset + len(text), safe=False) if len(meant) == 1 else None,
    )


def _read(text: str) -> time | None:
    try:
        return parse_time(text)
    except SlipError:
        return None


def _proposed(meant: tuple[str, ...]) -> tuple[str, str]:
    label = f"did you mean “{meant[0]}”?" if len(meant) == 1 else f"{' or '.join(meant)}?"
    return label, "  or  ".join(meant)


def _noon_or_midnight(text: str, offset: int) -> Slip:
    return Slip(
        rule="bad-time",
        message="12 am is midnight on most clocks, and noon to many people",
        label="00:00, midnight, or 12:00, noon?",
        consequence=NOT_SENT,
        fix="00:00  or  12:00",
        start=offset,
        end=offset + len(text),
    )


def _minutes(text: str) -> int:
    hour, minute = re.split("[:.]", text)
    return int(hour) * 60 + int(minute)


def _too_long(span: re.Match[str], offset: int) -> Slip:
    return Slip(
        rule="bad-time",
        message="a post goes out at one moment, and here is a stretch of time",
        label="leave this out",
        consequence=NOT_SENT,
        fix=span["from"],
        start=offset + span.start("rest"),
        end=offset + span.end("rest"),
        mend=Mend("", offset + span.start("rest"), offset + span.end("rest"), safe=False),
    )


def _time_meant(text: str) -> tuple[str, str]:
    if text.startswith("24") or text in {"midnight", "mitternacht", "medianoche", "minuit"}:
        return "a day ends at 23:59; midnight is 00:00 of the next day", "00:00, with the next day’s date"
    if re.fullmatch("0?[1-9]|1[01]", text):
        return f"{int(text)}:00 or {int(text) + 12}:00?", f"{int(text)}:00  or  {int(text) + 12}:00"
    return "a time is written 18:00 or 6 pm", "a time such as 18:00"
