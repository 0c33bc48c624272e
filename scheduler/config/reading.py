"""Reads config.toml into a Config, or tells everything that is wrong with it at once."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scheduler.config.mistakes import FILE, Places, did_you_mean, finding, mistakes, several, unknown
from scheduler.config.naming import name_fault, secret_inside, shared_secrets
from scheduler.config.pacing import foreign, in_slots, paces
from scheduler.config.positions import place_of, positions
from scheduler.config.redacting import is_secret_like
from scheduler.config.schema import BY_KIND, PACE, AccountTable, ConfigFile, PolicyTable
from scheduler.model.errors import ConfigurationError
from scheduler.model.finding import Finding, Span
from scheduler.model.network import Account, Network
from scheduler.model.settings import Brand, Config, Kind, Lateness, Organisation, Policy

_OWN_KEYS = frozenset(AccountTable.model_fields)


class NoProject(ConfigurationError):
    """Is a folder that is no project folder."""

    def __init__(self, folder: Path, *, named: bool = False) -> None:
        above = "" if named else " or in a folder above it"
        super().__init__(
            f"There is no {FILE} in {folder}{above}." if folder.is_dir() else f"There is no folder {folder}.",
            "Go to your project folder, name it with -C FOLDER, or make a new one with  scheduler init FOLDER",
        )


class ConfigInvalid(ConfigurationError):
    """Is a config.toml with mistakes; ``findings`` tells each with its place in that ``folder``."""

    def __init__(self, findings: tuple[Finding, ...], folder: Path) -> None:
        count = f"{len(findings)} mistakes" if len(findings) > 1 else "a mistake"
        super().__init__(f"{FILE} has {count}; nothing is read, planned or sent until that is mended.")
        self.findings = findings
        self.folder = folder


def find_project(start: Path) -> Path:
    """Returns the nearest folder at or above ``start`` that holds a config.toml."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise NoProject(start)


def read_config(folder: Path, networks: Mapping[str, Network]) -> Config:
    """Returns the project's configuration; raises ConfigInvalid with every mistake, NoProject where there is no file."""
    return config_of(_source(folder), folder, networks)


def config_of(source: str, folder: Path, networks: Mapping[str, Network]) -> Config:
    """Returns what a text says that is, or may become, the config.toml of a folder; raises ConfigInvalid with every mistake."""
    found = positions(source)
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid((_syntax(error, source),), folder) from error
    except (ValueError, RecursionError) as error:
        raise ConfigInvalid((_too_much(source),), folder) from error
    try:
        file = ConfigFile.model_validate(data)
    except ValidationError as error:
        raise ConfigInvalid(tuple(mistakes(error, found)), folder) from error
    wrong = (found_ for name, table in file.accounts.items() for found_ in _account_mistakes(name, table, networks, found))
    findings = (*wrong, *shared_secrets(_with_secrets(file, networks), found), *foreign(file, networks, found))
    if findings:
        raise ConfigInvalid(findings, folder)
    return _config(folder, file, networks)


def _source(folder: Path) -> str:
    try:
        return (folder / FILE).read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise NoProject(folder) from error
    except OSError as error:
        raise ConfigurationError(f"{folder / FILE} cannot be read: {error.strerror}.", "Check who may read the file.") from error
    except UnicodeDecodeError as error:
        wrong = finding("not-utf8", "this file is not UTF-8 text", Span(), fix="save it again as UTF-8")
        raise ConfigInvalid((wrong,), folder) from error


def _config(folder: Path, file: ConfigFile, networks: Mapping[str, Network]) -> Config:
    organisation = file.organisation.model_dump()
    organisation["languages"] = tuple(organisation["languages"])
    return Config(
        folder=str(folder),
        organisation=Organisation(**organisation),
        accounts={name: _account(name, table, networks[table.network]) for name, table in file.accounts.items()},
        slots={name: slots.by_weekday() for name, slots in file.slots.items()},
        policy=replace(_policy(file.policy), paces=paces(file)),
        brand=Brand(**file.brand.model_dump()),
        media={key: value for key, value in file.media.model_dump().items() if value},
        preview={key: str(value) for key, value in file.preview.items()},
        archive={key: str(value) for key, value in file.archive.items()},
        database=file.database.url,
        fleet=file.database.fleet,
    )


def _policy(table: PolicyTable) -> Policy:
    told = table.model_dump()
    if not any(isinstance(told[name], dict) for name in BY_KIND):
        return Policy(**told)
    after, late = (_by_kind(told.pop(name)) for name in BY_KIND)
    return Policy(**told, by_kind={kind: Lateness(after[kind], late[kind]) for kind in Kind})


def _by_kind(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a table of what it is for each kind, or one for all
    return value if isinstance(value, dict) else dict.fromkeys(Kind, value)


def _account(name: str, table: AccountTable, network: Network) -> Account:
    settings = {setting.name: setting.default for setting in network.settings if setting.default is not None}
    settings |= {key: _text(value) for key, value in (table.model_extra or {}).items()}
    thread = table.languages == "thread"
    return Account(
        name=name,
        network=table.network,
        live=table.live,
        handle=table.handle,
        settings=settings,
        language=table.language,
        thread=thread,
        hand_over=table.hand_over,
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _account_mistakes(name: str, table: AccountTable, networks: Mapping[str, Network], found: Places) -> Iterator[Finding]:
    if fault := name_fault(name):
        yield finding("account-name", fault.told, place_of(found, ("accounts", name)), fix=f"[accounts.{fault.instead}]")
    network = networks.get(table.network)
    if network is None:
        yield finding(
            "unknown-network",
            f"I don’t know the network “{table.network}”",
            place_of(found, ("accounts", name, "network")),
            label=did_you_mean(table.network, networks),
            fix=f"one of: {', '.join(sorted(networks))}",
        )
        return
    yield from _unknown_keys(name, table, [setting.name for setting in network.settings], found)
    for setting in network.settings:
        if setting.required and not (table.model_extra or {}).get(setting.name):
            message = f"the account “{name}” needs {setting.name}: {setting.description}"
            yield finding("missing-setting", message, place_of(found, ("accounts", name)), fix=f'{setting.name} = "…"')
    yield from _hand_over_mistakes(table, network, place_of(found, ("accounts", name, "hand_over")))


def _with_secrets(file: ConfigFile, networks: Mapping[str, Network]) -> list[str]:
    """Returns the accounts that have secrets; those on this machine have none."""
    return [name for name, table in file.accounts.items() if table.network not in networks or not networks[table.network].local]


def _unknown_keys(name: str, table: AccountTable, known: list[str], found: Places) -> Iterator[Finding]:
    for key, value in (table.model_extra or {}).items():
        if key in PACE:
            yield in_slots(name, key, value, found)
        elif key not in known and is_secret_like(key):
            yield secret_inside(name, key, found)
        elif key not in known:
            yield unknown(("accounts", name, key), found, [*_OWN_KEYS, *known])
        elif isinstance(value, list | dict):
            yield several(("accounts", name, key), found)


def _hand_over_mistakes(table: AccountTable, network: Network, place: Span) -> Iterator[Finding]:
    window = network.abilities.hand_over
    if not table.hand_over:
        return
    if window is None:
        yield finding("bad-setting", f"{network.title} keeps no posts until their time, so nothing can be handed over to it early", place)
    elif not window.least <= table.hand_over <= window.most:
        least, most = window.least // timedelta(minutes=1), window.most // timedelta(days=1)
        yield finding("bad-setting", f"{network.title} takes posts from {least} minutes to {most} days before their time", place)


def _too_much(source: str) -> Finding:
    """Returns the finding of a number of thousands of digits, or of lists within lists without an end: Python reads neither."""
    number = re.search(r"[0-9_]{1000,}", source)
    before = source[: number.start()] if number is not None else ""
    place = Span(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1, len(before) - before.rfind("\n") + 1)
    message = "this number has far too many digits" if number is not None else "lists stand within lists here, deeper than anybody can read"
    return finding("toml-syntax", message, place, fix="delete it")


def _syntax(error: tomllib.TOMLDecodeError, source: str) -> Finding:
    # Python 3.11's TOMLDecodeError tells its place only inside its sentence.
    match = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)", str(error))
    last = max(len(source.splitlines()), 1)
    line, column = (int(match[1]), int(match[2])) if match and match[1] else (last, 1)
    problem = str(error)[: match.start()] if match else str(error)
    fix = 'text stands in quotes: name = "Harbor Workers"; lists in brackets: ["en", "es"]'
    return finding("toml-syntax", f"this line is not TOML: {problem[0].lower()}{problem[1:]}", Span(line, column, column + 1), fix=fix)
