"""The series that come with the program: ``series: standard`` works in a folder that has no series of its own."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from importlib.resources import files

from scheduler.model.finding import Span
from scheduler.model.post import Relative
from scheduler.postfiles.names import Names
from scheduler.postfiles.parsing import Parsed, parse
from scheduler.postfiles.text.sections import RawPart, RawVariant

_PLACEHOLDER = re.compile(r"\{([a-z.]+)\}")
_GAPS = re.compile(r"\n{3,}")


@cache
def shipped() -> dict[str, dict[str, str]]:
    """Returns the texts of each series by its name and language."""
    found: dict[str, dict[str, str]] = {}
    for file in files("scheduler.postfiles").joinpath("series").iterdir():
        name, language, _ = file.name.split(".")
        found.setdefault(name, {})[language] = file.read_text(encoding="utf-8")
    return found


def series_for(name: str, asker: Parsed, language: str, names: Names, known: Collection[str]) -> Parsed | None:
    """Returns a series as if the file that asks for it held its texts; None where there is none in that language.

    ``known`` are the placeholders that the event fills: a line is left out where it needs another one. The other languages that the
    project writes in are sections of each part. As the texts stand in no file of the project, all of them are found at ``series:``.
    """
    texts = shipped().get(name, {})
    main = _base(language)
    if main not in texts:
        return None
    asked = asker.entries["series"].span
    # The first language is that of accounts without one of their own: an event in another language takes its place.
    others = [tag for tag in dict.fromkeys(map(_base, names.languages[1:])) if tag in texts and tag != main]
    parsed = _parsed(texts[main], asker, names, known)
    translated = {tag: _parsed(texts[tag], asker, names, known).parts for tag in others}
    parts = tuple(_placed(part, {tag: found[index] for tag, found in translated.items()}, asked) for index, part in enumerate(parsed.parts))
    sha256 = hashlib.sha256(f"{asker.sha256} {parsed.sha256}".encode()).hexdigest()
    return replace(parsed, sha256=sha256, entries={}, parts=parts)


def _parsed(text: str, asker: Parsed, names: Names, known: Collection[str]) -> Parsed:
    told = "\n".join(line for line in text.split("\n") if all(found in known for found in _PLACEHOLDER.findall(line)))
    return parse(asker.path, _GAPS.sub("\n\n", told).encode(), asker.modified, names)


def _placed(part: RawPart, translated: dict[str, RawPart], at: Span) -> RawPart:
    assert isinstance(part.when, Relative)
    (own,) = part.variants
    variants = [_unplaced(own, at)]
    for tag, other in translated.items():
        variants.append(replace(_unplaced(other.variants[0], at), target=f"lang {tag}", language=tag))
    return replace(part, span=at, when=replace(part.when, span=at), variants=variants)


def _unplaced(variant: RawVariant, at: Span) -> RawVariant:
    return replace(variant, lines=(), span=at)


def _base(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].casefold()
