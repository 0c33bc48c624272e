"""``key: value`` lines directly below a heading: they change a setting for that part or section alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from scheduler.model.finding import Finding, Span
from scheduler.model.post import When
from scheduler.postfiles.lines.slips import Slip, SlipError
from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.names import EVENT_KEYS, IN_SECTIONS, OBSIDIAN, SETTINGS, Names
from scheduler.postfiles.settings.block import Entry, read_block
from scheduler.postfiles.settings.fields import NEEDED, empty, validate
from scheduler.postfiles.settings.moments import parse_day_end, parse_when
from scheduler.postfiles.settings.unfamiliar import unknown_setting
from scheduler.postfiles.text.keys import disguised, leading
from scheduler.postfiles.text.notes import Line

__all__ = ["Entry", "Taken", "expiry_of", "placed", "take", "when_of"]


@dataclass(slots=True)
class Taken:
    """Is the settings below a heading, and the lines that remain as text."""

    entries: dict[str, Entry]
    rest: list[Line]
    findings: list[Finding] = field(default_factory=list)


def take(source: Source, lines: list[Line], allowed: tuple[str, ...], names: Names, part: str | None) -> Taken:
    """Returns the settings that stand below a heading, and the text after them; what looks like a setting there is told."""
    head = leading(lines, allowed)
    findings = list(_disguised(source, lines[head.text :], allowed, part))
    if not head.last:
        return Taken({}, lines, findings)
    block = read_block(source, lines[head.first].index, lines[head.last - 1].index + 1)
    findings += [replace(finding, part=part) for finding in block.findings]
    usable = {key: entry for key, entry in block.entries.items() if key in allowed or key not in SETTINGS}
    for key, entry in block.entries.items():
        if key not in usable:
            findings.append(_elsewhere(key, allowed).found(source.path, entry.key, part))
    bare = (key for key, entry in usable.items() if entry.value == "" and key in IN_SECTIONS and key not in NEEDED)
    findings += [empty(key).found(source.path, usable[key].key, part) for key in bare]
    lost = (key for key, entry in usable.items() if key in OBSIDIAN or (not entry.value and key not in SETTINGS))
    findings += [unknown_setting(key, usable).found(source.path, usable[key].key, part) for key in lost]
    fields, wrong = validate(source.path, usable, names, part)
    good = {key: entry for key, entry in usable.items() if fields.has(key)}
    return Taken(good, lines[head.last :], findings + wrong)


def _disguised(source: Source, lines: list[Line], allowed: tuple[str, ...], part: str | None) -> Iterator[Finding]:
    """Yields an error for each of the first lines of a text that is a setting in another form."""
    for line in lines:
        slip = disguised(line.text, allowed)
        if slip is None:
            return
        whole = source.lines[line.index] == line.text
        yield (slip if whole else replace(slip, mend=None)).found(source.path, source.span(line.index, line.typed(0)), part)


def _elsewhere(key: str, allowed: tuple[str, ...]) -> Slip:
    if key == "where":
        place = "say it on top, for the whole post: a section is for whom its heading names"
    elif key in EVENT_KEYS:
        place = "move it to the file of the event, which is _campaign.md"
    else:
        place = "move it to the settings on top"
    return Slip(
        rule="setting-not-here",
        message=f"the setting “{key}” cannot be changed here",
        label=f"here can stand {', '.join(allowed)}",
        consequence="it would have no effect, so the post is held",
        fix=f"{place}; if it is text, write “{key.capitalize()}:”",
    )


def when_of(entries: dict[str, Entry], names: Names) -> When | None:
    """Returns the time that the settings name, with its place; they have been judged before."""
    try:
        return placed(parse_when(entries["when"].text, names.languages), entries["when"].span)
    except SlipError:
        return None


def expiry_of(entries: dict[str, Entry], names: Names) -> datetime | None:
    """Returns the wall-clock time that ``expires`` names; it has been judged before."""
    try:
        return parse_day_end(entries["expires"].text, names.languages)
    except SlipError:
        return None


def placed(when: When, span: Span) -> When:
    """Returns the same time with the place where it was typed."""
    return replace(when, span=span)
