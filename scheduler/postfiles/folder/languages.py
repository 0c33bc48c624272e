"""Language files: ``name.es.md`` beside ``name.md`` holds the Spanish text of the same post."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from scheduler.model.finding import Finding, Span
from scheduler.postfiles.lines.slips import Slip, shown
from scheduler.postfiles.parsing import Parsed
from scheduler.postfiles.settings.calendar_words import is_language, months

_TAG = re.compile(r"(?P<language>[a-z]{2,3})(?:[-_](?P<script>[a-z]{4}))?(?:[-_](?P<region>[a-z]{2}|\d{3}))?$", re.IGNORECASE)
_SHORT = 2  # letters of a code that is no abbreviation of a month


@dataclass(frozen=True, slots=True)
class LanguageFile:
    """Is one language file as understood by itself, with the tag that its name gives."""

    tag: str
    parsed: Parsed


def tag_of(name: str) -> tuple[str, str] | None:
    """Returns the name of the post file that a language file belongs to and its language tag; None for every other name.

    The name of a month is no language, though ``mai`` is the code of one: ``1.mai.md`` is a post of its own.
    """
    stem, ending = name[:-3], name[-3:]
    base, dot, typed = stem.rpartition(".")
    match = _TAG.match(typed) if dot and base else None
    if match is None or not is_language(match["language"]):
        return None
    language = match["language"].casefold()
    if len(language) > _SHORT and language in months(()):
        return None
    script, region = match["script"], match["region"]
    return base + ending, "-".join(filter(None, (language, script and script.title(), region and region.upper())))


def main_of(name: str, present: Collection[str]) -> str | None:
    """Returns the file among those ``present`` that a language file of that name belongs to, as it is spelled there."""
    found = tag_of(name)
    if found is None or found[0] in present:
        return found[0] if found is not None else None
    wanted = _folded(found[0])
    return next((one for one in present if _folded(one) == wanted), None)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def lonely(name: str) -> Slip | None:
    """Returns why a language file without its post is none itself; None for a file that is no language file."""
    found = tag_of(name)
    if found is None:
        return None
    base, tag = found
    return Slip(
        rule="language-file",
        message=f"there is no “{shown(base)}” that this is the language file of",
        label=f"“.{tag}” before the ending says that this is its text in another language",
        consequence="nobody can tell which post this belongs to, so nothing of it is sent",
        fix=f"write {base} beside it, or name this file {base[:-3]}-{tag}{base[-3:]} if it is a post of its own",
    )


def chained(base: str) -> Slip:
    """Returns the slip of a language file of a language file."""
    return Slip(
        rule="language-file",
        message=f"“{shown(base)}” is a language file itself",
        label="a name holds one language",
        consequence="nobody can tell which language this is, so nothing of it is sent",
        fix="leave one language in the name, such as hiring.es.md",
    )


def doubled(file: LanguageFile, other: str) -> Finding:
    """Returns the error that two texts of a post are in the same language."""
    slip = Slip(
        rule="language-file",
        message=f"{shown(other, 80)} is in “{file.tag}” already",
        label="a second text in the same language",
        consequence="nobody can tell which of the two is to go out, so the post is held",
        fix="keep one of the two",
    )
    return slip.found(file.parsed.path, Span())
