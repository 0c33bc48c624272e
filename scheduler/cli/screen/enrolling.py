"""What config.toml is to say of an account that is connected: asked for and judged before anything is sent, written after."""

import difflib
import shlex
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from scheduler.cli.screen.answering import asked_choice, good
from scheduler.cli.screen.boundary import is_terminal
from scheduler.cli.screen.wrapping import tell
from scheduler.model.errors import ConfigurationError, SchedulerError

if TYPE_CHECKING:
    from scheduler.assembly import Project
    from scheduler.model.finding import Finding
    from scheduler.model.network import Network, Setting
    from scheduler.model.settings import Config

Settings = Mapping[str, str]
_NOT_SET_HERE = ("live", "network")
_NOTHING = "Nothing was written, and nothing was sent."


class NotAdded(ConfigurationError):
    """Is an account that is not connected as it was asked for; nothing was written, and its secret was not used."""


class _NotAsked(SchedulerError):
    """Is a secret that nobody has typed yet."""


def known_account(project: "Project", name: str) -> str:
    """Returns the name where there is such an account."""
    if name not in project.config.accounts:
        close = difflib.get_close_matches(name, project.config.accounts, n=1)
        hint = f"Did you mean “{close[0]}”?" if close else f"There are: {', '.join(project.config.accounts) or 'none'}."
        raise click.UsageError(f"There is no account “{name}”. {hint}")
    return name


def proposed(project: "Project", name: str, network: str | None, given: Iterable[str]) -> "tuple[Project, Settings]":
    """Returns the project as it would be with a new account, and the account's table; asks for what was not given, and writes nothing."""
    from scheduler.assembly import Project

    _hold_name(name)
    names = [each for each, adapter in project.adapters.items() if adapter.connect is not None and not adapter.facts.local]
    chosen = (
        (network or "").strip().lower()
        or (name if name in names else None)
        or asked_choice("Network", f"--network  (one of: {', '.join(names)})", names)
    )
    if chosen not in names:
        raise click.UsageError(f"“{chosen}” is no network that can be sent to. There are: {', '.join(names)}.")
    values = _pairs(given, project.networks[chosen])
    _complete(values, project.networks[chosen])
    table = {"network": chosen, **values}
    new = Project(_judged(project, name, table), project.adapters, project.clock)
    try:
        lacks_nothing_else(new, name)
    except SchedulerError as error:
        # A hint that names the account's table is for those that are in the file.
        hint = error.hint if "[accounts." not in error.hint else "Answer its question, or say it with  --set KEY=VALUE"
        raise NotAdded(f"{error.message} {_NOTHING}", hint) from error
    return new, table


def _hold_name(name: str) -> None:
    from scheduler.config.naming import name_fault
    from scheduler.config.secrets import MEDIA, MEDIA_KEYS

    if fault := name_fault(name):
        keys = f"The bucket of [media] needs no account, only its keys. {MEDIA_KEYS}" if name == MEDIA else ""
        raise NotAdded(f"{fault.told[0].upper()}{fault.told[1:]}.", keys)


def _judged(project: "Project", name: str, table: Settings) -> "Config":
    from scheduler.config.editing import proposal
    from scheduler.config.mistakes import FILE
    from scheduler.config.reading import ConfigInvalid, config_of

    try:
        return config_of(proposal(project.folder, name, table), project.folder, project.networks)
    except ConfigInvalid as error:
        raise NotAdded(f"{FILE} would have a mistake: {'; '.join(map(_words, error.findings))}.", _NOTHING) from error


def _words(finding: "Finding") -> str:
    """Returns a finding without its place, for a text that is in no file."""
    label = f" ({finding.label})" if finding.label else ""
    return f"{finding.message}{label}"


def lacks_nothing_else(project: "Project", name: str) -> None:
    """Raises what is wrong with the account's settings before anybody types a secret in vain."""

    def secret() -> str:
        raise _NotAsked("The secret was not asked for yet.")

    with suppress(_NotAsked):
        project.accounts.connect(project.config.accounts[name], secret)


def held_to_the_file(project: "Project", name: str, network: str | None, given: Iterable[str]) -> None:
    """Raises NotAdded where config.toml says something else of a known account: its secret would go elsewhere than was asked for."""
    from scheduler.config.mistakes import FILE
    from scheduler.config.positions import place_of, positions

    account = project.config.accounts[name]
    text = (project.folder / FILE).read_text("utf-8-sig")
    table, found = tomllib.loads(text)["accounts"][name], positions(text)
    defaults = {setting.name: setting.default for setting in project.networks[account.network].settings}
    wanted = {"network": network} if network else {}
    for key, value in {**wanted, **_pairs(given, project.networks[account.network])}.items():
        said = table.get(key, defaults.get(key))
        if value == (str(said).lower() if isinstance(said, bool) else str(said)):
            continue
        line = place_of(found, ("accounts", name, key)).line
        has, mend = ("another", f"change line {line} there to") if key in table else ("no", f"write below line {line} there")
        raise NotAdded(
            f"{FILE} has {has} {key} for {name}. {_NOTHING}", f'If yours is right, {mend}  {key} = "{value}"  and connect it then.'
        )


def tell_settings(project: "Project", name: str) -> None:
    """Says which account of the network is connected, so that nobody types a secret for another one."""
    account = project.config.accounts[name]
    network = project.networks[account.network]
    defaults = {setting.name: setting.default for setting in network.settings}
    own = [f"{key} {value}" for key, value in account.settings.items() if value and value != defaults.get(key)]
    told = f" ({', '.join(own)})" if own else ""
    tell(f"config.toml has {name} as an account on {network.title}{told}. If it is another one, change it there first.", err=True)


def enrolled(project: "Project", name: str, table: Settings) -> None:
    """Writes the table of a new account into config.toml, which may have changed since, and is judged again."""
    from scheduler.config.editing import add_account

    _judged(project, name, table)
    add_account(project.folder, name, table)
    tell(f"[accounts.{name}] is in config.toml. It is rehearsed until you go live.", good(), err=True)


def once_more(name: str, table: Settings) -> str:
    """Returns the command that connects an account with the same settings, so that only its secret is asked for."""
    given = [f"--set {shlex.quote(f'{key}={value}')}" for key, value in table.items() if key != "network"]
    network = [f"--network {table['network']}"] if table.get("network", name) != name else []
    return " ".join(["scheduler accounts add", name, *network, *given])


def _pairs(given: Iterable[str], network: "Network") -> dict[str, str]:
    """Returns the settings that were given; raises NotAdded, which quotes no value, where one cannot be set like that."""
    values: dict[str, str] = {}
    for text in given:
        key, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not key:
            raise NotAdded("--set takes KEY=VALUE.", "Such as  --set server=https://social.example.org")
        if fault := _fault(key, network) or (f"“{key}” is given twice." if key in values else ""):
            raise NotAdded(fault, _NOTHING)
        values[key] = value
    return values


def _fault(key: str, network: "Network") -> str:
    """Returns in a sentence why a setting cannot be given here; empty where it can."""
    from scheduler.config.redacting import is_secret_like
    from scheduler.config.schema import AccountTable

    if key == "live":
        return "“live” is not set here: only  scheduler accounts go-live NAME  lets an account’s posts out."
    if key == "network":
        return "The network is said with  --network NAME  and not with --set."
    known = [*(setting.name for setting in network.settings), *AccountTable.model_fields]
    known = [name for name in known if name not in _NOT_SET_HERE]
    if key in known:
        return ""
    if is_secret_like(key):
        way = "Type it when it is asked for, or use  --secret-stdin  instead."
        return f"“{key}” must be a secret, and a secret never stands in config.toml. {way}"
    close = difflib.get_close_matches(key, known, n=1)
    guess = f"Did you mean “{close[0]}”?" if close else f"There are: {', '.join(known)}."
    return f"{network.title} has no setting “{key}”. {guess}"


def _complete(values: dict[str, str], network: "Network") -> None:
    """Asks for the settings that have no default, where a person is there to answer."""
    for setting in network.settings:
        if setting.name not in values and setting.default is None and is_terminal() and (answer := _answer(setting)):
            values[setting.name] = answer


def _answer(setting: "Setting") -> str:
    words = f"{setting.name} – {setting.description.rstrip('.')}"
    return str(click.prompt(words, default="", show_default=False, err=True)).strip()
