"""One file by itself: bytes in, settings and texts out; what it inherits and which pictures exist is decided later."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from scheduler.model.finding import Finding, Span
from scheduler.postfiles.lines.decoding import decode
from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.names import Names
from scheduler.postfiles.settings import fences
from scheduler.postfiles.settings.block import Entry, read_block
from scheduler.postfiles.settings.effects import without_effect
from scheduler.postfiles.settings.fields import Fields, validate
from scheduler.postfiles.text import escapes, notes
from scheduler.postfiles.text.sections import Parser, RawPart

_PART_HEADING = re.compile(r"##[ \t\u00a0]+\S")


@dataclass(frozen=True, slots=True)
class Parsed:
    """Is one file as understood by itself; ``fields`` is None where nothing could be understood. ``modified`` is aware UTC."""

    path: str
    sha256: str
    modified: datetime
    fields: Fields | None = None
    entries: dict[str, Entry] = field(default_factory=dict)
    parts: tuple[RawPart, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def broken(self) -> bool:
        """Tells whether an error keeps the file from being used."""
        return self.fields is None or any(finding.is_error for finding in self.findings)


class Role(Enum):
    """Is what a file is for: a post, the defaults of its folder (whose text is a note), or the text of a post in another language."""

    POST = auto()
    FOLDER = auto()
    LANGUAGE = auto()


def parse(path: str, data: bytes, modified: datetime, names: Names, role: Role = Role.POST) -> Parsed:
    """Returns what the file says; no bytes make it raise."""
    sha256 = hashlib.sha256(data).hexdigest()
    decoded = decode(path, data)
    source = decoded.source
    if source is None:
        return Parsed(path, sha256, modified, findings=decoded.findings)
    translates = role is Role.LANGUAGE
    halves = fences.split(source, needed=not translates)
    findings = [*decoded.findings, *halves.findings]
    if halves.text is None:
        return Parsed(path, sha256, modified, findings=tuple(findings))
    block = read_block(source, halves.first, halves.last)
    fields, wrong = validate(path, block.entries, names)
    findings += [*_told_once(source, block.findings, wrong), *(() if translates else without_effect(path, fields, block.entries))]
    findings += escapes.in_settings(path, block.entries)
    if role is Role.FOLDER:
        return Parsed(path, sha256, modified, fields, block.entries, findings=tuple(findings))
    body = notes.take_out(source, halves.text)
    may_have_parts = translates or fields.kind == "event"
    has_parts = fields.kind == "series" or (may_have_parts and any(_PART_HEADING.match(line.text) for line in body.lines))
    parser = Parser(source, names, has_parts=has_parts, translates=translates)
    parser.parse(body.lines, min(halves.text, len(source.lines) - 1))
    findings += [*body.findings, *parser.findings]
    return Parsed(path, sha256, modified, fields, block.entries, tuple(parser.parts), body.notes, tuple(findings))


def _told_once(source: Source, block: Iterable[Finding], values: Iterable[Finding]) -> Iterator[Finding]:
    """Yields the findings of a block and those of its values; of a lone ``?`` it is told what belongs there, not that it lacks quotes."""
    wrong = tuple(values)
    lines = {finding.span.line for finding in wrong if finding.is_error}
    places: dict[int, Span] = {}
    for finding in block:
        line = finding.span.line
        if finding.rule == "starts-with-special" and line in lines and _is_alone(source.lines[line - 1]):
            places[line] = finding.span
        else:
            yield finding
    # The quotes that it lacked were put in before it was read, so that its place is not the one in the file.
    yield from (finding.at(places.get(finding.span.line, finding.span)) for finding in wrong)


def _is_alone(line: str) -> bool:
    return len(line.partition(":")[2].strip()) == 1
