"""The house's own spelling, of ``posts/_words.toml`` (else ``assets/words.toml``)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scheduler.model.finding import Finding
from scheduler.model.post import Words
from scheduler.postfiles.house.tables import Tables
from scheduler.postfiles.lines.slips import Slip, nearest, shown

_KEYS = ("avoid", "names", "handles", "approved-links")
_IGNORED = "no text is judged by it until this is mended"


@dataclass(frozen=True, slots=True)
class WordFile:
    """Is the house words with what is wrong with their file."""

    words: Words = field(default_factory=Words)
    findings: tuple[Finding, ...] = ()


def read_words(path: str, data: bytes) -> WordFile:
    """Returns the house words; an entry with an error is left out."""
    file = Tables(path, data, _IGNORED, '[avoid]\n"chairman" = "chair"')
    if file.tables is None:
        return WordFile(findings=tuple(file.findings))
    for key in file.tables:
        if key not in _KEYS:
            file.found(_unknown_key(key), key)
    words = Words(
        avoid=_texts(file, "avoid", '"chairman" = "chair"'),
        names=_lists(file, "names", '"Harbour Square" = ["Harbor Square"]'),
        handles=_texts(file, "handles", '"Tenants’ Union" = "@tenants.union"'),
        approved_links=_links(file, file.tables.get("approved-links", [])),
    )
    return WordFile(words, tuple(file.findings))


def _table(file: Tables, name: str, example: str) -> Mapping[str, Any]:
    table = (file.tables or {}).get(name, {})
    if isinstance(table, dict):
        return table
    file.found(_bad(f"“{name}” is a table of its own", f"[{name}]\n{example}"), name)
    return {}


def _texts(file: Tables, name: str, example: str) -> dict[str, str]:
    found = {}
    for key, value in _table(file, name, example).items():
        if isinstance(value, str) and value.strip():
            found[key] = value
        else:
            file.found(_bad("here stands one text in quotes", example), name, key)
    return found


def _lists(file: Tables, name: str, example: str) -> dict[str, tuple[str, ...]]:
    found = {}
    for key, value in _table(file, name, example).items():
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            file.found(_bad("here stands a list of the wrong spellings", example), name, key)
        elif key in value:
            file.found(_bad(f"“{shown(key)}” cannot be a wrong spelling of itself", example), name, key)
        else:
            found[key] = tuple(value)
    return found


def _links(file: Tables, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(word, str) and word.startswith(("https://", "http://")) for word in value):
        return tuple(value)
    file.found(_bad("“approved-links” is a list of addresses", 'approved-links = ["https://example.org/"]'), "approved-links")
    return ()


def _bad(message: str, fix: str) -> Slip:
    return Slip(rule="bad-words", message=message, label="look here", consequence=_IGNORED, fix=fix)


def _unknown_key(key: str) -> Slip:
    meant = nearest(key, _KEYS)
    return Slip(
        rule="unknown-setting",
        message=f"I don’t know the table “{shown(key)}”",
        label=f"did you mean “{meant}”?" if meant else "there are avoid, names, handles and approved-links",
        consequence=_IGNORED,
        fix=f"[{meant}]" if meant else "delete it",
    )
