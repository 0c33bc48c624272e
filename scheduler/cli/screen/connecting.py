"""Connecting an account and letting it out, step by step, with a person or with a script."""

import re
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

import click

from scheduler.cli.screen.answering import good, needs_terminal
from scheduler.cli.screen.boundary import is_terminal
from scheduler.cli.screen.enrolling import Settings, enrolled, known_account, lacks_nothing_else, once_more
from scheduler.cli.screen.wrapping import tell

if TYPE_CHECKING:
    from scheduler.assembly import Project
    from scheduler.publishers.contract import Checked

_SHOWN = 3


def asked_secret(project: "Project", name: str, *, from_stdin: bool) -> str:
    """Returns the secret: from standard input, from where it is given already, or typed without being shown."""
    from scheduler.config.secrets import bare, find_secret, given_elsewhere

    network = project.networks[project.config.accounts[name].network]
    if network.local:
        raise click.UsageError(f"“{name}” is on this machine and needs no secret.")
    if from_stdin and not is_terminal():  # a terminal would show what is typed
        secret = _from_stdin()
    elif not from_stdin and (where := given_elsewhere(name)):
        tell(f"The secret is taken from {where}.", err=True)
        return find_secret(name, project.folder)
    else:
        needs_terminal("--secret-stdin")
        lacks_nothing_else(project, name)
        tell(f"{network.credential}.", err=True)
        secret = bare(str(click.prompt("It is not shown while you type or paste it", hide_input=True, err=True)))
    if not secret:
        raise click.UsageError("The secret is empty.")
    return secret


def _from_stdin() -> str:
    """Returns the first line that has something on it."""
    from scheduler.config.secrets import bare

    if sys.stdin is None:
        raise click.UsageError("Standard input is closed, so no secret can be read from it.")
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    secret = next(filter(None, map(bare, sys.stdin)), "")
    if "\ufffd" in secret or "\0" in secret:
        raise click.UsageError("What came in is not written in UTF-8. Save it as plain text in UTF-8, without any format.")
    return secret


def connected(project: "Project", name: str, secret: str, new: Settings | None = None) -> int:
    """Tries the secret and keeps it when the network takes it; what was there before stays otherwise.

    ``new`` is the table of an account that is not in config.toml yet, and is written there with it.
    """
    from scheduler.cli.screen.accounts import keep_secret_in_mind, print_checked
    from scheduler.config.secrets import given_elsewhere
    from scheduler.publishers.contract import Renews, Verifies

    account = project.config.accounts[name]
    publisher = project.accounts.connect(account, lambda: secret, tries_media=True)
    checked = publisher.verify() if isinstance(publisher, Verifies) else None
    if checked is not None:
        print_checked(name, checked)
        if not checked.ok and not checked.of_media:
            kept = f"The secret is not kept{', and nothing was written into config.toml' if new else ''}."
            tell(f"{kept}{_slip(secret)} Try again with  {once_more(name, new or {})}", err=True)
            return 1
        if not new and not _is_meant(project, name, checked):
            return 1
    if new:
        enrolled(project, name, new)
    where = given_elsewhere(name)
    if not where:
        _keep(project, name, secret)
    if where and isinstance(publisher, Renews):
        tell(f"It cannot be renewed from here, since {where} gives it: make a new one before it ends.", err=True)
    if checked is not None:
        keep_secret_in_mind(project, name, secret, publisher, checked)
        project.accounts.standings.keep(name, checked)
        _offer_handle(project, name, checked)
    _tell_what_follows(project, name)
    return 0


def _slip(secret: str) -> str:
    """Returns what was probably copied with a secret that is not taken, in a sentence that does not show it; mostly nothing."""
    if len(secret) > 1 and (secret[0] + secret[-1]) in {'""', "''", "``", "“”", "„“", "‘’", "«»"}:
        return " It stands in quotation marks: copy what is between them."
    if re.match(r"(?:(?:bearer|token) |[a-z_]+ ?= ?)[^\s=]", secret, re.IGNORECASE):
        return " More than the secret was copied: take only what stands behind the name."
    return ""


def _is_meant(project: "Project", name: str, checked: "Checked") -> bool:
    """Tells whether a secret is of whom the account was before, or somebody wants its posts to go out elsewhere from now on."""
    from scheduler.config.secrets import given_elsewhere
    from scheduler.publishers.naming import as_written, somebody_else

    account = project.config.accounts[name]
    network = project.networks[account.network]
    before = somebody_else(account, network, project.accounts.standings.of(name), checked.handle)
    if not before:
        return True
    ours, theirs = as_written(before), as_written(checked.handle)
    told = f"This secret is of {theirs}, and {name} is {ours} so far: its posts would go out as {theirs}."
    tell(told, click.style("!", fg="yellow"), err=True)
    if is_terminal() and click.confirm(f"Shall {name} be {theirs} from now on", default=False, err=True):
        return True
    where = given_elsewhere(name)
    stays = f"It is given by {where}: put the one of {ours} there." if where else "It is not kept; the one of before stays."
    mend = "" if is_terminal() else f' If {theirs} is meant, write  handle = "{theirs}"  below [accounts.{name}], and connect it again.'
    tell(f"{stays}{mend}", err=True)
    return False


def _offer_handle(project: "Project", name: str, checked: "Checked") -> None:
    """Writes the handle that the network tells into config.toml, where a person wants it."""
    from scheduler.cli.screen.accounts import tell_handle
    from scheduler.config.editing import set_handle
    from scheduler.publishers.naming import as_written

    if not tell_handle(project, name, checked, err=True) or not is_terminal():
        return
    if click.confirm("Shall it be written there now", default=True, err=True):
        set_handle(project.folder, name, as_written(checked.handle))
        tell(f'config.toml says  handle = "{as_written(checked.handle)}"  now.', good(), err=True)


def _keep(project: "Project", name: str, secret: str) -> None:
    """Keeps a secret where the person wants it; the file is for all who are not asked, and for what the keyring does not take."""
    from scheduler.config.keychain import KEYCHAIN, KeyringTrouble
    from scheduler.config.secrets import Place, keep_secret, place_of

    if is_terminal():
        KEYCHAIN.wait_for_a_person()
    is_there = place_of(name, project.folder) is Place.KEYRING
    title = KEYCHAIN.title()
    if title and (_wants_keyring(title, is_there) if is_terminal() else is_there):
        try:
            keep_secret(name, secret, project.folder, in_keyring=True)
        except KeyringTrouble as trouble:
            tell(f"{trouble.message} The secret goes into the file.", click.style("!", fg="yellow"), err=True)
        else:
            tell(f"The secret is in the keyring ({title}).", good(), err=True)
            return
    keep_secret(name, secret, project.folder)
    tell("The secret is in .scheduler/secrets.toml, which only you can read.", good(), err=True)


def _wants_keyring(title: str, is_there: bool) -> bool:
    tell("A keyring opens when you sign in. For a  scheduler run  that works without you, take the file.", err=True)
    return click.confirm(f"Keep the secret in the keyring ({title})", default=is_there, err=True)


def _tell_what_follows(project: "Project", name: str) -> None:
    """Says how a paused account goes on, and how the posts of a rehearsed one go out."""
    if _is_paused(project, name):
        tell(f"{name} is paused. Its posts go on with  scheduler resume --account {name}", err=True)
    if not project.config.accounts[name].live:
        tell(f"Its posts are still rehearsed. When they should go out:  scheduler accounts go-live {name}", err=True)


def _is_paused(project: "Project", name: str) -> bool:
    if not project.has_run:
        return False
    ledger = project.open_ledger()
    paused = any(pause.name == name and pause.scope.value == "account" for pause in ledger.pauses())
    ledger.close()
    return paused


def let_out(project: "Project", name: str, confirmed: str | None) -> int:
    """Tests the account, shows what comes next, asks for the name, and writes ``live = true``."""
    from scheduler.cli.screen.accounts import print_checked, tell_handle, tested
    from scheduler.config.editing import set_live

    account = project.config.accounts[known_account(project, name)]
    if account.live or project.networks[account.network].local:
        tell(f"{name} is live already.", good(), err=True)
        return 0
    if confirmed is None:
        needs_terminal(f"--yes {name}")
    project.accounts.connect(account)
    checked = tested(project, name)
    if checked is not None and not checked.ok:
        print_checked(name, checked)
        tell("It stays rehearsed.", err=True)
        return 1
    if checked is not None:
        print_checked(name, checked)
        tell_handle(project, name, checked, err=True)
    _show_coming(project, name)
    typed = confirmed if confirmed is not None else click.prompt(f"Type  {name}  to let these go out", err=True)
    if typed.strip() != name:
        tell(f"“{typed}” is not “{name}”: it stays rehearsed.", indent=0, err=True)
        return 1
    set_live(project.folder, name)
    tell(f"{name} is live: config.toml says  live = true.  Posts go out while  scheduler run  is running.", good(), err=True)
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
