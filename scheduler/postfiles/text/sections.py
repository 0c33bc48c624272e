"""The text half of a file as parts and sections, before any picture is looked for."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.model.finding import Finding, Span
from scheduler.model.post import When
from scheduler.postfiles.lines.slips import Slip, SlipError
from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.names import BELOW, IN_SECTIONS, IN_STORIES, IN_TRANSLATED_PARTS, SECTIONS, Names
from scheduler.postfiles.settings.calendar_words import as_written, is_language
from scheduler.postfiles.settings.clearing import said
from scheduler.postfiles.settings.likely import with_proposal
from scheduler.postfiles.settings.moments import parse_when
from scheduler.postfiles.text import escapes, headings, overrides, pictures, placeholders, strays
from scheduler.postfiles.text.lookalikes import almost_heading, escaped_heading, label_like
from scheduler.postfiles.text.notes import Line, moved, trimmed
from scheduler.postfiles.text.pictures import Named
from scheduler.postfiles.text.tags import Typed, tags_in

_HEADING = re.compile(r"(?P<marks>#{1,6})[ \t\u00a0]+(?P<title>\S.*?)[ \t\u00a0]*$")
_PART, _SECTION = 2, 3
_MOST = 100  # findings about one text, after which the rest is not read


@dataclass(slots=True)
class RawVariant:
    """Is the text for one target with its pictures as named."""

    target: str | None
    text: str
    lines: tuple[int, ...]
    pictures: tuple[Named, ...]
    settings: dict[str, str]
    span: Span
    when: When | None = None
    language: str | None = None
    tags: tuple[Typed, ...] = ()
    expires: datetime | None = None
    entries: dict[str, overrides.Entry] = field(default_factory=dict)
    moved: tuple[tuple[int, int, int], ...] = ()


@dataclass(slots=True)
class RawPart:
    """Is one part; the first of its variants is everyone's."""

    name: str | None
    when: When | None
    span: Span
    settings: dict[str, str] = field(default_factory=dict)
    variants: list[RawVariant] = field(default_factory=list)
    expires: datetime | None = None
    entries: dict[str, overrides.Entry] = field(default_factory=dict)


@dataclass(slots=True)
class _Chunk:
    """Is a heading, if any, with the lines below it; ``column`` is where its title begins in the line ``head``."""

    level: int
    title: str
    head: Line
    column: int
    lines: list[Line] = field(default_factory=list)

    @property
    def index(self) -> int:
        """Returns the place of its heading among the source's lines."""
        return self.head.index

    @property
    def start(self) -> int:
        """Returns where its title begins in the line as typed."""
        return self.head.typed(self.column)

    def stretch(self, start: int, end: int) -> tuple[int, int]:
        """Returns where a stretch of its title stands in the line as typed."""
        return self.head.stretch(self.column + start, self.column + end)


class Parser:
    """Reads the text half of one file and collects what is wrong with it."""

    def __init__(self, source: Source, names: Names, *, has_parts: bool, translates: bool = False) -> None:
        self._translates = translates
        self._source = source
        self._names = names
        self._has_parts = has_parts
        self._part: RawPart | None = None
        self._skipping = False
        self._seen: set[str] = set()
        self.parts: list[RawPart] = []
        self.findings: list[Finding] = []

    def parse(self, lines: list[Line], start: int) -> None:
        """Reads the lines; ``start`` is the line (from 0) that stands for a text without a heading."""
        for chunk in self._chunks(lines, start):
            if len(self.findings) > _MOST:
                self.findings.append(headings.TOO_MANY.found(self._source.path, self._source.span(chunk.index)))
                return
            if chunk.level == 0:
                self._lead(chunk)
            elif chunk.level == _PART:
                self._open_part(chunk)
            else:
                self._open_section(chunk)

    def _chunks(self, lines: list[Line], start: int) -> list[_Chunk]:
        chunks = [_Chunk(0, "", Line(start, ""), 0)]
        for line in lines:
            if len(self.findings) > _MOST:
                break
            match = _HEADING.match(line.text) if line.text.startswith("#") else None
            if match is None and ("#" in line.text or line.text.endswith((":", "*", "_"))):
                self._look_alike(line)
            level = len(match["marks"]) if match else 0
            if match is not None and (level == _SECTION or (level == _PART and self._has_parts)):
                chunks.append(_Chunk(level, match["title"], line, match.start("title")))
                continue
            if match is not None:
                self._stray(level, match["title"], line)
                if self._has_parts and chunks[-1].level == 0:
                    continue
            chunks[-1].lines.append(line)
        return chunks

    def _stray(self, level: int, title: str, line: Line) -> None:
        slip = headings.stray_heading(level, title, self._target(title), self._names, has_parts=self._has_parts)
        self._found(slip, line.index, line.typed(0))

    def _look_alike(self, line: Line) -> None:
        slip = next(filter(None, (kind(line.text, self._target) for kind in (escaped_heading, almost_heading, label_like))), None)
        if slip is not None:
            self._found(slip, line.index, line.typed(0))

    def _found(self, slip: Slip, index: int, start: int, end: int | None = None) -> None:
        part = self._part.name if self._part else None
        self.findings.append(slip.found(self._source.path, self._source.span(index, start, end), part))

    def _lead(self, chunk: _Chunk) -> None:
        if not self._has_parts:
            self._part = RawPart(None, None, self._source.span(chunk.index))
            self.parts.append(self._part)
            self._add_variant(None, chunk, {})
            return
        first = next((line for line in chunk.lines if line.text.strip()), None)
        if first is not None:
            slip = Slip(
                rule="text-outside-part",
                message="this text belongs to no part",
                label="it stands above the first ## heading",
                consequence="it would never be published, so the file is held",
                fix="move it below a heading, or make it a note: %% … %%",
            )
            self._found(slip, first.index, first.typed(0))

    def _open_part(self, chunk: _Chunk) -> None:
        title, bar, moment = chunk.title.partition("|")
        name = unicodedata.normalize("NFC", title.strip())
        self._skipping = False
        self._part = RawPart(name, None, self._source.span(chunk.index, *chunk.stretch(0, len(title.rstrip()))))
        if bar:
            self._part.when = self._heading_when(chunk, moment)
        settings = self._settings(chunk, IN_TRANSLATED_PARTS if self._translates else IN_SECTIONS)
        if "when" in settings:
            self._part.when = overrides.when_of(settings, self._names)
        if "expires" in settings:
            self._part.expires = overrides.expiry_of(settings, self._names)
        self._part.entries = settings
        self._part.settings = {key: words for key, words in _said(settings) if key != "when" and not (key == "expires" and words)}
        if not name or name.casefold() in self._seen:
            self._refuse_part(name, chunk)
            return
        if self._part.when is None and not bar and "when" not in settings and not self._translates:
            self._found(headings.timeless(name), chunk.index, chunk.start)
        self._seen.add(name.casefold())
        self.parts.append(self._part)
        self._add_variant(None, chunk, {})

    def _refuse_part(self, name: str, chunk: _Chunk) -> None:
        """Holds the part that already has the name; for a part without one, the whole file."""
        twin = next((part for part in self.parts if part.name is not None and part.name.casefold() == name.casefold()), None)
        slip = headings.duplicate(name, "part") if name else headings.nameless()
        span = self._source.span(chunk.index, chunk.start, len(self._source.lines[chunk.index].rstrip()))
        self.findings.append(slip.found(self._source.path, span, twin.name if twin else None))
        self._part = None
        self._skipping = True

    def _heading_when(self, chunk: _Chunk, moment: str) -> When | None:
        start = len(chunk.title) - len(moment.lstrip())
        place = self._source.span(chunk.index, *chunk.stretch(start, start + max(1, len(moment.strip()))))
        try:
            when = parse_when(moment.strip(), self._names.languages)
        except SlipError as trouble:
            slip = with_proposal(trouble.slip, moment.strip(), lambda meant: parse_when(meant, self._names.languages))
            self.findings.append(slip.found(self._source.path, place, self._part.name if self._part else None))
            return None
        return overrides.placed(when, place)

    def _open_section(self, chunk: _Chunk) -> None:
        part = self._part
        if part is None:
            if not self._skipping:
                self._found(headings.homeless(chunk.title), chunk.index, chunk.head.typed(0))
            return
        target = self._target(chunk.title)
        if target is None:
            self._found(headings.unknown_section(chunk.title, self._target, self._names), chunk.index, chunk.start)
            return
        if self._translates and target.startswith("lang "):
            self._found(headings.another_language(target), chunk.index, chunk.start)
            return
        if target not in {"reply", "variation"} and any(variant.target == target for variant in part.variants):
            self._found(headings.duplicate(target, "section"), chunk.index, chunk.start)
            return
        before = len(self.findings)
        settings = self._settings(chunk, IN_STORIES if f" {target}".endswith(" story") else BELOW.get(target, IN_SECTIONS))
        self._add_variant(target, chunk, settings)
        self.findings[before:] = [self._names.scope(finding, target) for finding in self.findings[before:]]

    def _settings(self, chunk: _Chunk, allowed: tuple[str, ...]) -> dict[str, overrides.Entry]:
        taken = overrides.take(self._source, chunk.lines, allowed, self._names, self._part.name if self._part else None)
        chunk.lines = taken.rest
        self.findings += taken.findings
        return taken.entries

    def _add_variant(self, target: str | None, chunk: _Chunk, settings: dict[str, overrides.Entry]) -> None:
        part = self._part
        assert part is not None
        lines = trimmed(chunk.lines)
        named: tuple[Named, ...] = ()
        text = "\n".join([line.text for line in lines])
        if ":" in text and strays.ANY.search(text):
            for slip, line in strays.settings_in(lines, self._names.languages):
                self._found(slip, line.index, line.typed(0))
        if "{" in text:
            self.findings += placeholders.unknown(self._source, lines, part.name)
        if pictures.may_stand_in(text):
            shown = pictures.take_out(self._source, lines, part.name)
            self.findings += shown.findings
            lines, named = trimmed(shown.lines), shown.pictures
            text = "\n".join([line.text for line in lines])
        if "\\" in text:
            self.findings += escapes.in_text(self._source, lines, part.name)
        part.variants.append(
            RawVariant(
                target=target,
                text=text,
                lines=tuple([self._source.number(line.index) for line in lines]),
                pictures=named,
                settings=dict(_said(settings)) if settings else {},
                span=self._source.span(lines[0].index if target is None and lines else chunk.index),
                when=overrides.when_of(settings, self._names) if "when" in settings else None,
                language=_language(target, settings),
                expires=overrides.expiry_of(settings, self._names) if "expires" in settings else None,
                entries=settings,
                moved=moved(self._source, lines),
                tags=tags_in(self._source, lines) if "#" in text or "＃" in text else (),
            )
        )

    def _target(self, title: str) -> str | None:
        """Returns the right spelling of what a ``###`` heading names, or None."""
        words = " ".join(title.split())
        plain = words.casefold()
        if plain in SECTIONS:
            return plain
        known = self._names.target(words)
        if known is not None:
            return known
        head, _, tail = words.partition(" ")
        if head.casefold() == "partner" and tail:
            return f"partner {tail}"
        if head.casefold() == "lang" and is_language(tail):
            return f"lang {as_written(tail)}"
        if tail.casefold() == "story" and self._names.target(head):
            return f"{self._names.target(head)} story"
        return None


def _said(settings: dict[str, overrides.Entry]) -> Iterator[tuple[str, str]]:
    """Yields each setting with its words, none where it is switched off."""
    return ((key, said(key, entry.value)) for key, entry in settings.items())


def _language(target: str | None, settings: dict[str, overrides.Entry]) -> str | None:
    """Returns the language of a section's text where it says one: in its heading, or below it."""
    if target is not None and target.startswith("lang "):
        return target.removeprefix("lang ")
    return as_written(settings["lang"].text) if "lang" in settings else None
