"""When a post comes again: what ``repeat``, ``repeat-from`` and ``repeat-until`` say together."""

from collections.abc import Mapping
from dataclasses import replace

from scheduler.model.finding import Finding
from scheduler.model.post import Repeat
from scheduler.postfiles.lines.slips import Slip
from scheduler.postfiles.settings.block import Entry
from scheduler.postfiles.settings.fields import Fields

_LIMITS = ("repeat-from", "repeat-until")
_HELD = "nobody can tell when it goes out, so the post is held"


def repetition(path: str, fields: Fields, entries: Mapping[str, Entry]) -> tuple[Repeat | None, list[Finding]]:
    """Returns how the post of a file comes again, None where it does not, and what is wrong with it."""
    if not any(key in entries for key in ("repeat", *_LIMITS)):
        return None, []
    if fields.repeat is None:
        lonely = [key for key in _LIMITS if key in entries and "repeat" not in entries]
        return None, [_lonely(key).found(path, entries[key].key) for key in lonely]
    repeat = replace(fields.repeat, start=fields.repeat_from, until=fields.repeat_until, span=entries["repeat"].span)
    findings: list[Finding] = []
    if "when" in entries:
        findings.append(_TWO_TIMES.found(path, entries["when"].key))
    anchored = (repeat.unit == "week" and bool(repeat.weekdays)) or repeat.unit == "day"
    if repeat.start is None and "repeat-from" not in entries and (repeat.every > 1 or not anchored):
        findings.append(_START.found(path, repeat.span))
    if repeat.start is not None and repeat.until is not None and repeat.until < repeat.start:
        findings.append(_BACKWARDS.found(path, entries["repeat-until"].span))
    return repeat, findings


def _lonely(key: str) -> Slip:
    return Slip(
        rule="setting-not-here",
        message=f"the setting “{key}” says nothing without “repeat”",
        label="how often does the post come again?",
        consequence="it would have no effect, so the post is held",
        fix="repeat: every 6 weeks on Tuesday at 12:30",
    )


_TWO_TIMES = Slip(
    rule="two-times",
    message="this post has both “when” and “repeat”",
    label="one of the two has to go",
    consequence=_HELD,
    fix="delete  when:  and write  repeat-from:  for the first day",
)

_START = Slip(
    rule="missing-start",
    message="this does not say from which day on it is counted",
    label="counted from when?",
    consequence=_HELD,
    fix="repeat-from:  and the first day, such as  2027-04-06",
)

_BACKWARDS = Slip(
    rule="event-backwards",
    message="the repetition ends before it begins",
    label="this day is before “repeat-from”",
    consequence="the post would never be sent",
    fix="look both days up again",
)
