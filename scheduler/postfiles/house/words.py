"""The house's own spelling, of ``posts/_words.toml`` (else ``assets/words.toml``)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from scheduler.model.finding import Finding
from scheduler.model.house import Person, Quiet, Words
from scheduler.postfiles.house import quiet
from scheduler.postfiles.house.links import read_links
from scheduler.postfiles.house.tables import Tables
from scheduler.postfiles.lines.slips import Slip, nearest, shown
from scheduler.postfiles.names import Names

_KEYS = ("avoid", "names", "handles", "approved-links", "quiet")
_ALSO = {"holidays": "quiet", "holiday": "quiet", "closed": "quiet", "silence": "quiet", "mentions": "handles", "spelling": "names"}
_LINKS = "approved-links"
_IGNORED = "no text is judged by it until this is mended"


@dataclass(frozen=True, slots=True)
class WordFile:
    """Is the house words with what is wrong with their file."""

    words: Words = field(default_factory=Words)
    findings: tuple[Finding, ...] = ()


def read_words(path: str, data: bytes, names: Names) -> WordFile:
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
        handles=_handles(file, names),
        approved_links=_links(file),
        quiet=_quiet(file, names),
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
        elif key in _KEYS:
            file.found(_swallowed(key, name), name, key)
        else:
            file.found(_bad("here stands one text in quotes", example), name, key)
    return found


def _handles(file: Tables, names: Names) -> dict[str, Person]:
    first = next(iter(names.networks), "network")
    found = {}
    for name, table in _table(file, "handles", f'"Tenants’ Union" = {{ {first} = "@tenants" }}').items():
        if isinstance(table, dict):
            found[name] = _person(file, name, table, names)
        else:
            handle = table.strip().removeprefix("@") if isinstance(table, str) else ""
            fix = f'"{shown(name)}" = {{ {first} = "@{shown(handle or "…")}" }}'
            file.found(_bad(f"“{shown(name)}” has a handle for each network here", fix), "handles", name)
    return found


def _person(file: Tables, name: str, table: Mapping[str, object], names: Names) -> Person:
    networks = {network.casefold(): network for network in names.networks}
    handles: dict[str, str] = {}
    for key, value in table.items():
        network = networks.get(key.casefold())
        if network is None and key != "name":
            file.found(_unknown_network(key, names.networks), name, key)
        elif not isinstance(value, str):
            file.found(_bad("a name or a handle is a text in quotes", f'{key} = "…"'), name, key)
        elif network is not None and value.strip():
            handles[network] = value.strip()
            if (slip := names.no_handle(network, value)) is not None:
                file.found(slip, name, key, value)
    title = table.get("name")
    return Person(name=name, title=title.strip() if isinstance(title, str) and title.strip() else name, handles=handles)


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


def _links(file: Tables) -> tuple[str, ...]:
    found = []
    for name, told, typed in read_links((file.tables or {}).get(_LINKS, [])):
        if isinstance(told, str):
            found.append(told)
        else:
            file.found(told, _LINKS, name, typed)
    return tuple(found)


def _quiet(file: Tables, names: Names) -> tuple[Quiet, ...]:
    found = []
    for name, value in _table(file, "quiet", quiet.EXAMPLE).items():
        for told in quiet.read_quiet(name, value, names.languages):
            if isinstance(told, Quiet):
                found.append(told)
            else:
                file.found(told[0], "quiet", name, told[1])
    return tuple(found)


def _bad(message: str, fix: str) -> Slip:
    return Slip(rule="bad-words", message=message, label="look here", consequence=_IGNORED, fix=fix)


def _swallowed(key: str, table: str) -> Slip:
    return Slip(
        rule="bad-words",
        message=f"“{key}” stands below [{table}], so it belongs to it",
        label="everything below a heading is part of it",
        consequence=_IGNORED,
        fix=f"[{key}]  on a line of its own, or move this line above the first heading",
    )


def _unknown_network(key: str, networks: Collection[str]) -> Slip:
    meant = nearest(key, networks)
    return Slip(
        rule="unknown-setting",
        message=f"I don’t know the network “{shown(key)}”",
        label=f"did you mean “{meant}”?" if meant else f"there are name, {', '.join(networks)}",
        consequence="nobody is mentioned by this handle",
        fix=meant or "delete it",
    )


def _unknown_key(key: str) -> Slip:
    meant = _ALSO.get(key.casefold()) or nearest(key, _KEYS)
    return Slip(
        rule="unknown-setting",
        message=f"I don’t know the table “{shown(key)}”",
        label=f"did you mean “{meant}”?" if meant else f"there are {', '.join(_KEYS[:-1])} and {_KEYS[-1]}",
        consequence=_IGNORED,
        fix=f"[{meant}]" if meant else "delete it",
    )
