"""What a language file may say for itself, and what is wrong where it contradicts its post."""

from collections.abc import Iterator
from dataclasses import replace

from scheduler.model.finding import Edit, Finding, Span
from scheduler.model.post import Status
from scheduler.postfiles.folder.languages import LanguageFile
from scheduler.postfiles.lines.slips import Mend, Slip, shown
from scheduler.postfiles.names import SETTINGS
from scheduler.postfiles.parsing import Parsed
from scheduler.postfiles.settings.block import Entry
from scheduler.postfiles.settings.clearing import said
from scheduler.postfiles.settings.fields import Fields

OWN = ("title", "lang", "content-warning", "status", "link", "first-comment", "graphic", "owner")
"""Are the settings that a language file may have of its own; every other one has to say what the post says, or be left out."""

_BESIDE_TEXT = ("title", "content-warning", "link", "graphic")
_LINE_END = 1_000_000  # a column that no line has
_WEIGHT = (Status.DRAFT, Status.REVIEW, Status.READY)


def contradictions(file: LanguageFile, main: Parsed, whole: Fields) -> Iterator[Finding]:
    """Yields an error for each setting that says something else than the post; ``whole`` is all that the post says or inherits."""
    own = file.parsed.fields
    if own is None:
        return
    for key, entry in file.parsed.entries.items():
        if key not in SETTINGS or key in OWN or not own.has(key):
            continue
        if not whole.has(key):
            yield _missing(key, main).found(file.parsed.path, entry.key)
        elif _value(own, key) != _value(whole, key):
            yield _with_deletion(_other(key, main).found(file.parsed.path, entry.span), entry)
    if own.lang is not None and own.lang.split("-")[0].casefold() != file.tag.split("-")[0].casefold():
        yield _other_language(own.lang, file.tag).found(file.parsed.path, file.parsed.entries["lang"].span)


def _value(fields: Fields, key: str) -> object:
    return getattr(fields, key.replace("-", "_"))


def language_of(file: LanguageFile) -> str:
    """Returns the tag of the file's text: its own ``lang`` where that is a closer word for the language in its name."""
    fields = file.parsed.fields
    if fields is None or fields.lang is None or fields.lang.split("-")[0].casefold() != file.tag.split("-")[0].casefold():
        return file.tag
    return fields.lang


def beside_text(file: LanguageFile, status: Status) -> dict[str, str]:
    """Returns the settings that go with the file's text; a language may wait longer than its post of that ``status``, never shorter."""
    fields = file.parsed.fields
    if fields is None:
        return {}
    entries = file.parsed.entries
    found = {key: said(key, entries[key].value) for key in _BESIDE_TEXT if fields.has(key)}
    if fields.has("first-comment") and not fields.first_comment:
        found["first-comment"] = ""
    if _WEIGHT.index(fields.status) < _WEIGHT.index(status):
        found["status"] = fields.status.value
    return found


def _missing(key: str, main: Parsed) -> Slip:
    return Slip(
        rule="language-differs",
        message=f"the setting “{key}” is in the language file alone",
        label=f"{shown(main.path, 80)} does not have it",
        consequence="a post has one “" + key + "” for all its languages, so it is held",
        fix=f"move the line to {main.path}",
    )


def _other(key: str, main: Parsed) -> Slip:
    entry = main.entries.get(key)
    there = f"there it is “{shown(entry.text)}” (line {entry.span.line})" if entry is not None else "it inherits another value"
    return Slip(
        rule="language-differs",
        message=f"“{key}” is not the same as in {shown(main.path, 80)}",
        label=there,
        consequence="nobody can tell which of the two you mean, so the post is held",
        fix="delete this line: a language file goes by the settings of its post",
    )


def _with_deletion(finding: Finding, entry: Entry) -> Finding:
    """Returns the finding with the proposal to delete the line, where the setting is one line."""
    lines = {entry.key.line, entry.span.line, *(item.line for item in entry.items)}
    if len(lines) > 1:
        return finding
    return replace(finding, edit=Edit(entry.key.line, 1, _LINE_END, "", safe=False))


def _other_language(lang: str, tag: str) -> Slip:
    return Slip(
        rule="language-differs",
        message=f"the name of this file says “{tag}”, and this says “{shown(lang)}”",
        label="which language is it?",
        consequence="networks and screen readers would be told a wrong language, so the post is held",
        fix=f"lang: {tag}",
        mend=Mend(tag, safe=False),
    )


def both_ways(file: LanguageFile, heading: Span, main: Parsed) -> Finding:
    """Returns the error that a post has both a section and a file for one language."""
    slip = Slip(
        rule="language-file",
        message=f"there are two texts in “{file.tag}”: this section and {shown(file.parsed.path, 80)}",
        label="a language stands in a section or in a file of its own",
        consequence="nobody can tell which of the two is to go out, so the post is held",
        fix="keep one of the two",
    )
    return slip.found(main.path, heading)
