"""Connecting an account and letting it out, step by step, with a person or with a script."""

import difflib
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from scheduler.cli.screen.wrapping import tell
from scheduler.model.errors import SchedulerError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.assembly import Project
    from scheduler.model.network import Network

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SHOWN = 3


def known_account(project: "Project", name: str) -> str:
    """Returns the name where there is such an account."""
    if name not in project.config.accounts:
        close = difflib.get_close_matches(name, project.config.accounts, n=1)
        hint = f"Did you mean “{close[0]}”?" if close else f"There are: {', '.join(project.config.accounts) or 'none'}."
        raise click.UsageError(f"There is no account “{name}”. {hint}")
    return name


def asked_settings(project: "Project", name: str, network: str | None, given: "Iterable[str]") -> "Project":
    """Writes a new account into config.toml, asking for what was not given, and returns the project with it."""
    from scheduler.assembly import open_project
    from scheduler.config.editing import add_account

    if not _NAME.fullmatch(name):
        raise click.UsageError(f"An account’s name is made of small letters, digits and dashes; “{name}” is not.")
    names = [each for each, adapter in project.adapters.items() if adapter.connect is not None and not adapter.facts.local]
    chosen = network or (name if name in names else None) or _asked("Network", f"--network  (one of: {', '.join(names)})", names)
    if chosen not in names:
        raise click.UsageError(f"“{chosen}” is no network that can be sent to. There are: {', '.join(names)}.")
    values = dict(_pair(text) for text in given)
    _complete(values, project.networks[chosen])
    add_account(project.folder, name, {"network": chosen, **values})
    tell(f"[accounts.{name}] is in config.toml. It is rehearsed until you go live.", _good(), err=True)
    return open_project(project.folder, project.clock)


def _complete(values: dict[str, str], network: "Network") -> None:
    """Asks for the settings that have no default, where a person is there to answer."""
    for setting in network.settings:
        if setting.name in values or setting.default is not None or not _is_terminal():
            continue
        answer = click.prompt(f"{setting.name} – {setting.description.rstrip('.')}", default="", show_default=False, err=True).strip()
        if answer:
            values[setting.name] = answer


def tell_settings(project: "Project", name: str) -> None:
    """Says which account of the network is connected, so that nobody types a secret for another one."""
    account = project.config.accounts[name]
    network = project.networks[account.network]
    defaults = {setting.name: setting.default for setting in network.settings}
    own = [f"{key} {value}" for key, value in account.settings.items() if value and value != defaults.get(key)]
    told = f" ({', '.join(own)})" if own else ""
    tell(f"config.toml has {name} as an account on {network.title}{told}. If it is another one, change it there first.", err=True)


def asked_secret(project: "Project", name: str, *, from_stdin: bool) -> str:
    """Returns the secret: from standard input, from where it is given already, or typed without being shown."""
    from scheduler.config.secrets import find_secret, given_elsewhere

    network = project.networks[project.config.accounts[name].network]
    if network.local:
        raise click.UsageError(f"“{name}” is on this machine and needs no secret.")
    if from_stdin:
        secret = sys.stdin.readline().strip()
    elif where := given_elsewhere(name):
        tell(f"The secret is taken from {where}.", err=True)
        return find_secret(name, project.folder)
    else:
        _needs_terminal("--secret-stdin")
        _lacks_nothing_else(project, name)
        secret = str(click.prompt(network.credential, hide_input=True, err=True)).strip()
    if not secret:
        raise click.UsageError("The secret is empty.")
    return secret


class _NotAsked(SchedulerError):
    """Is a secret that nobody has typed yet."""


def _lacks_nothing_else(project: "Project", name: str) -> None:
    """Raises what is wrong with the account's settings before anybody types a secret in vain."""

    def secret() -> str:
        raise _NotAsked("The secret was not asked for yet.")

    with suppress(_NotAsked):
        project.accounts.connect(project.config.accounts[name], secret)


def connected(project: "Project", name: str, secret: str) -> int:
    """Tries the secret and keeps it when the network takes it; what was there before stays otherwise."""
    from scheduler.cli.screen.accounts import keep_secret_in_mind, print_checked
    from scheduler.config.secrets import given_elsewhere
    from scheduler.publishers.contract import Renews, Verifies

    account = project.config.accounts[name]
    publisher = project.accounts.connect(account, lambda: secret)
    checked = publisher.verify() if isinstance(publisher, Verifies) else None
    if checked is not None:
        if not checked.ok and not checked.of_media:
            print_checked(name, checked)
            tell(f"The secret is not kept. Try again with  scheduler accounts add {name}", err=True)
            return 1
        print_checked(name, checked)
    where = given_elsewhere(name)
    if not where:
        _keep(project, name, secret)
    if checked is not None:
        keep_secret_in_mind(project, name, secret, publisher, checked)
        project.accounts.standings.keep(name, checked)
    if where and isinstance(publisher, Renews):
        tell(f"It cannot be renewed from here, since {where} gives it: make a new one before it ends.", err=True)
    _tell_pause(project, name)
    if not account.live:
        tell(f"Its posts are still rehearsed. When they should go out:  scheduler accounts go-live {name}", err=True)
    return 0


def _keep(project: "Project", name: str, secret: str) -> None:
    """Keeps a secret where the person wants it; the file is for all who are not asked, and for what the keyring does not take."""
    from scheduler.config.keychain import KEYCHAIN, KeyringTrouble
    from scheduler.config.secrets import Place, keep_secret, place_of

    if _is_terminal():
        KEYCHAIN.wait_for_a_person()
    is_there = place_of(name, project.folder) is Place.KEYRING
    title = KEYCHAIN.title()
    if title and (_wants_keyring(title, is_there) if _is_terminal() else is_there):
        try:
            keep_secret(name, secret, project.folder, in_keyring=True)
        except KeyringTrouble as trouble:
            tell(f"{trouble.message} The secret goes into the file.", click.style("!", fg="yellow"), err=True)
        else:
            tell(f"The secret is in the keyring ({title}).", _good(), err=True)
            return
    keep_secret(name, secret, project.folder)
    tell("The secret is in .scheduler/secrets.toml, which only you can read.", _good(), err=True)


def _wants_keyring(title: str, is_there: bool) -> bool:
    tell("A keyring opens when you sign in. For a  scheduler run  that works without you, take the file.", err=True)
    return click.confirm(f"Keep the secret in the keyring ({title})", default=is_there, err=True)


def _tell_pause(project: "Project", name: str) -> None:
    """Says how a paused account goes on, where there is a ledger that says it is paused."""
    if not project.has_run:
        return
    ledger = project.open_ledger()
    paused = any(pause.name == name and pause.scope.value == "account" for pause in ledger.pauses())
    ledger.close()
    if paused:
        tell(f"{name} is paused. Its posts go on with  scheduler resume --account {name}", err=True)


def let_out(project: "Project", name: str, confirmed: str | None) -> int:
    """Tests the account, shows what comes next, asks for the name, and writes ``live = true``."""
    from scheduler.cli.screen.accounts import print_checked, tested
    from scheduler.config.editing import set_live

    account = project.config.accounts[known_account(project, name)]
    if account.live or project.networks[account.network].local:
        tell(f"{name} is live already.", _good(), err=True)
        return 0
    if confirmed is None:
        _needs_terminal(f"--yes {name}")
    project.accounts.connect(account)
    checked = tested(project, name)
    if checked is not None and not checked.ok:
        print_checked(name, checked)
        tell("It stays rehearsed.", err=True)
        return 1
    _show_coming(project, name)
    typed = confirmed if confirmed is not None else click.prompt(f"Type  {name}  to let these go out", err=True)
    if typed.strip() != name:
        tell(f"“{typed}” is not “{name}”: it stays rehearsed.", indent=0, err=True)
        return 1
    set_live(project.folder, name)
    tell(f"{name} is live: config.toml says  live = true.  Posts go out while  scheduler run  is running.", _good(), err=True)
    return 0


def _show_coming(project: "Project", name: str) -> None:
    from scheduler.cli.screen.deliveries.coming import coming, told
    from scheduler.cli.screen.deliveries.panels import print_outgoing, tell_where_to_look

    now = project.clock.now()
    entries = project.shown_agenda(now).entries
    next_ones = coming(entries, name)[:_SHOWN]
    if next_ones and project.read_pages(next_ones, next_ones[-1].delivery.due.utc):
        entries = project.shown_agenda(now).entries
        next_ones = coming(entries, name)[:_SHOWN]
    for entry in next_ones:
        print_outgoing(entry, project.accounts.facts_of(entry.delivery.account), project.folder)
    tell_where_to_look(next_ones)
    for line in told(entries, name, now, _SHOWN):
        click.echo(line)


def _asked(words: str, flag: str, choices: "list[str]") -> str:
    _needs_terminal(flag)
    return str(click.prompt(words, type=click.Choice(choices), err=True))


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise click.UsageError(f"“{text}” is not of the form KEY=VALUE, such as  --set server=https://social.example.org")
    return key.strip(), value.strip()


def _needs_terminal(flag: str) -> None:
    if not _is_terminal():
        raise click.UsageError(f"Nobody is there to ask; say it with  {flag}")


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _good() -> str:
    return click.style("✓", fg="green")
