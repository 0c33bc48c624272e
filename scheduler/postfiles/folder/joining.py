"""One post of several files: the texts of its language files take their places among its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from scheduler.model.finding import Finding, Span
from scheduler.model.post import MediaRef, Part, Status, Variant, When
from scheduler.postfiles.folder import lacking
from scheduler.postfiles.folder.agreeing import beside_text, language_of
from scheduler.postfiles.folder.languages import LanguageFile
from scheduler.postfiles.text.sections import RawPart, RawVariant

Look = Callable[[RawVariant, str | None], tuple[MediaRef, ...] | None]
"""Finds the pictures that a section of the language file names, for a part; None where it names none."""

_FIRST_COMMENT = "first comment"
_REPLY = "reply"
_SEVERAL = (_REPLY, "variation")


def joined(file: LanguageFile, parts: Sequence[Part], status: Status, look: Look) -> tuple[tuple[Part, ...], list[Finding]]:
    """Returns the parts with their texts in the file's language, and what does not fit; ``status`` is the post's own."""
    joiner = _Joiner(file, status, look)
    return joiner.join(parts), joiner.findings


class _Joiner:
    def __init__(self, file: LanguageFile, status: Status, look: Look) -> None:
        self._file = file
        self._path = file.parsed.path
        self._language = language_of(file)
        self._settings = beside_text(file, status)
        self._look = look
        self.findings: list[Finding] = []

    def join(self, parts: Sequence[Part]) -> tuple[Part, ...]:
        if not self._file.parsed.parts:
            return tuple(parts)
        pairs = self._pairs(parts)
        for part in parts:
            if part.name not in pairs and not any(finding.rule == "language-file" for finding in self.findings):
                self.findings.append(lacking.part(part, self._path, self._language))
        return tuple(self._joined(part, pairs[part.name]) if part.name in pairs else part for part in parts)

    def _pairs(self, parts: Sequence[Part]) -> dict[str | None, RawPart]:
        """Returns the file's part for each part: the one of its name, else the only one that is left for its time."""
        by_name = {_folded(part.name): part for part in parts}
        found: dict[str | None, RawPart] = {}
        strangers = []
        for raw in self._file.parsed.parts:
            part = by_name.pop(_folded(raw.name), None)
            if part is None:
                strangers.append(raw)
                continue
            found[part.name] = raw
            if raw.when is not None and not _same_time(raw.when, part.when):
                self.findings.append(lacking.other_time(part, self._path, raw.when.span))
        for raw in strangers:
            free = [part for part in by_name.values() if part.name not in found and _same_time(raw.when, part.when)]
            rivals = [one for one in strangers if _same_time(one.when, raw.when)]
            if raw.when is not None and len(free) == len(rivals) == 1:
                found[free[0].name] = raw
            else:
                self.findings.append(lacking.unknown_part(raw, parts, self._path))
        return found

    def _joined(self, part: Part, raw: RawPart) -> Part:
        texts = [self._variant(variant, raw, part) for variant in raw.variants]
        own = texts[0]
        texts = [replace(text, media=own.media) if text.media is None and _shows_pictures(text) else text for text in texts]
        texts += self._first_comment(texts)
        self.findings += lacking.in_texts(part, texts, self._path, self._language)
        return replace(part, variants=(*part.variants, *texts))

    def _variant(self, raw: RawVariant, raw_part: RawPart, part: Part) -> Variant:
        if raw.when is not None:
            self.findings.append(lacking.own_time(self._path, raw.when.span, part.name))
        before = [one for one in raw_part.variants[: raw_part.variants.index(raw)] if one.target == raw.target]
        return Variant(
            target=raw.target or f"lang {self._language}",
            text=raw.text,
            lines=raw.lines,
            media=self._pictures(raw, part, _counterpart(raw.target, len(before), part)),
            settings={**self._settings, **_weaker(raw_part.settings, part), **raw.settings},
            span=raw.span,
            language=raw.language or self._language,
            source=self._path,
            expires=raw.expires,
            moved=raw.moved,
        )

    def _pictures(self, raw: RawVariant, part: Part, counterpart: Variant | None) -> tuple[MediaRef, ...] | None:
        """Returns the pictures of a text. One that names some of the post's pictures describes those, and the others go with it too."""
        there = counterpart.media if counterpart is not None else None
        own = self._look(raw, part.name)
        if own is None or there is None:
            return own if own is not None else there
        described = {ref.path: ref for ref in own}
        if None in described or not described.keys() < {ref.path for ref in there}:
            return own
        return tuple(described.get(ref.path, ref) for ref in there)

    def _first_comment(self, texts: Sequence[Variant]) -> list[Variant]:
        fields = self._file.parsed.fields
        if fields is None or not fields.first_comment or any(text.target == _FIRST_COMMENT for text in texts):
            return []
        span = self._file.parsed.entries["first-comment"].span
        return [Variant(_FIRST_COMMENT, fields.first_comment, span=span, language=self._language, source=self._path)]


def _folded(name: str | None) -> str | None:
    return name.casefold() if name is not None else None


def _same_time(one: When | None, other: When | None) -> bool:
    if one is None or other is None:
        return one is other
    return replace(one, span=Span()) == replace(other, span=Span())


def _counterpart(target: str | None, place: int, part: Part) -> Variant | None:
    """Returns the text of the post that a section translates; of several answers or variations, the one in the same place."""
    alike = [variant for variant in part.variants if variant.target == target and not variant.source]
    if target in _SEVERAL:
        return alike[place] if place < len(alike) else None
    return alike[0] if alike else None


def _shows_pictures(text: Variant) -> bool:
    return text.target not in {_REPLY, _FIRST_COMMENT} and not text.settings.get("graphic")


def _weaker(settings: dict[str, str], part: Part) -> dict[str, str]:
    """Returns a part's settings in this language; a language may wait longer than its post, never shorter."""
    order = [status.value for status in (Status.DRAFT, Status.REVIEW, Status.READY)]
    told = part.settings.get("status", Status.READY.value)
    return {key: value for key, value in settings.items() if key != "status" or order.index(value) < order.index(told)}
