"""What a folder gives to its posts: the defaults of ``_campaign.md`` and ``_defaults.md``, and the event they are about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from scheduler.model.finding import Finding
from scheduler.model.post import Event, Status
from scheduler.postfiles.lines.slips import Slip, SlipError
from scheduler.postfiles.names import EVENT_KEYS, INHERITED, Names
from scheduler.postfiles.parsing import Parsed
from scheduler.postfiles.settings.day_times import parse_time
from scheduler.postfiles.settings.fields import Fields
from scheduler.postfiles.settings.moments import EXAMPLES, parse_moment

FILES = ("_campaign.md", "_defaults.md")
"""Are the files that speak for their folder, the stronger one first."""


INBOX = "inbox"
"""Is the folder of ``posts/`` for what is begun: a post there is a draft until it says another ``status``, or is moved out."""

_INHERITED = frozenset(key.replace("-", "_") for key in INHERITED)


@dataclass(frozen=True, slots=True)
class Campaign:
    """Is all that the folders above a post say, the nearest first. ``name`` is the folder's path below ``posts/``.

    ``inherited`` holds the settings that they give to their posts, by the names of :class:`Fields`.
    """

    name: str = ""
    chain: tuple[Parsed, ...] = ()
    event: Event | None = None
    inherited: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[str, Any] = {"status": Status.DRAFT} if self.name.partition("/")[0].casefold() == INBOX else {}
        for fields in (parsed.fields for parsed in reversed(self.chain)):
            if fields is not None:
                found |= {name: value for name, value in fields.given.items() if name in _INHERITED}
        object.__setattr__(self, "inherited", found)

    @property
    def broken(self) -> Parsed | None:
        """Returns the file that keeps this campaign from being used, or None."""
        return next((parsed for parsed in self.chain if parsed.broken), None)

    def completed(self, own: Fields) -> Fields:
        """Returns the settings of a post with those that it takes from the nearest folder that has them."""
        return own.completed(self.inherited)


_EVENT_ONLY = frozenset(EVENT_KEYS) - {"cancelled"}


def event_of(parsed: Parsed, timezone: str | None, names: Names) -> tuple[Event | None, list[Finding]]:
    """Returns the event that a file of ``kind: event`` describes, and what is wrong with it."""
    fields = parsed.fields
    if fields is None:
        return None, []
    if fields.kind != "event":
        return None, [_no_event(key, parsed) for key in parsed.entries if key in _EVENT_ONLY and fields.has(key)][:1]
    findings: list[Finding] = []
    if fields.starts is None:
        if "starts" not in parsed.entries:
            findings.append(_startless(parsed))
        return None, findings
    starts = fields.starts
    ends = _end(parsed, "ends", starts, names, findings)
    doors = _end(parsed, "doors", starts, names, findings)
    if ends is not None and ends <= starts:
        findings.append(_backwards(parsed))
    place = parsed.entries["starts"]
    event = Event(
        title=fields.title,
        starts=starts,
        ends=ends,
        doors=doors,
        place=fields.place,
        address=fields.address,
        online=fields.online,
        access=fields.access,
        url=fields.url,
        timezone=fields.timezone or timezone,
        cancelled=fields.cancelled,
        path=parsed.path,
        span=place.span,
        postponed_to=fields.postponed_to,
    )
    return event, findings


def _end(parsed: Parsed, key: str, starts: datetime, names: Names, findings: list[Finding]) -> datetime | None:
    entry = parsed.entries.get(key)
    if entry is None or not entry.text:
        return None
    reading: tuple[Callable[[str], datetime], ...] = (
        lambda text: datetime.combine(starts.date(), parse_time(text)),
        lambda text: parse_moment(text, names.languages),
    )
    slips = []
    for index, read in enumerate(reading):
        try:
            found = read(entry.text)
        except SlipError as trouble:
            slips.append(trouble.slip)
        else:
            past_midnight = key == "ends" and index == 0 and found <= starts
            return found + timedelta(days=1) if past_midnight else found
    of_day, of_date = slips
    slip = of_day if of_date.fix == EXAMPLES else of_date
    findings.append(replace(slip, consequence="readers would be told a wrong time, so the post is held").found(parsed.path, entry.span))
    return None


def _startless(parsed: Parsed) -> Finding:
    slip = Slip(
        rule="event-without-start",
        message="this event does not say when it starts",
        label="an event needs  starts:",
        consequence="its posts cannot be timed, so they are held",
        fix="starts: 2026-05-01 14:00",
    )
    return slip.found(parsed.path, parsed.entries["kind"].span)


def _backwards(parsed: Parsed) -> Finding:
    slip = Slip(
        rule="event-backwards",
        message="this event ends before it starts",
        label=f"it starts in line {parsed.entries['starts'].span.line}",
        consequence="its posts would promise a wrong time, so they are held",
        fix="look both times up again",
    )
    return slip.found(parsed.path, parsed.entries["ends"].span)


def _no_event(key: str, parsed: Parsed) -> Finding:
    slip = Slip(
        rule="setting-not-here",
        message=f"the setting “{key}” belongs to an event",
        label="this file is no event",
        consequence="it would have no effect, so the post is held",
        fix="add  kind: event  or move the line to _campaign.md",
    )
    return slip.found(parsed.path, parsed.entries[key].key)


def foreign_settings(parsed: Parsed) -> list[Finding]:
    """Returns a finding for each setting of a folder's file that says nothing about its posts."""
    return [_foreign(key).found(parsed.path, entry.key) for key, entry in parsed.entries.items() if key in _SINGLE]


_SINGLE = ("when", "repeat", "repeat-from", "repeat-until", "pool", "poll", "poll-question", "poll-for", "poll-multiple", "id")


def _foreign(key: str) -> Slip:
    return Slip(
        rule="setting-not-here",
        message=f"the setting “{key}” belongs to a single post",
        label="this file speaks for the whole folder",
        consequence="it would have no effect, so the posts of this folder are held",
        fix="move the line to the post that it is about",
    )
