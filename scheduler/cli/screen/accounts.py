"""How accounts stand, in records and in lines."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from scheduler.cli.screen.wrapping import tell
from scheduler.model.errors import SchedulerError

if TYPE_CHECKING:
    from scheduler.assembly import Project
    from scheduler.config.secrets import Secret
    from scheduler.publishers.contract import Checked, Publisher
    from scheduler.publishers.standing import Standing

_ADD = "scheduler accounts add"


def account_records(project: "Project") -> list[dict[str, Any]]:
    """Returns the accounts as ``status`` and ``accounts list`` print them; no network is asked."""
    return [account_record(project, name) for name in project.config.accounts]


def account_record(project: "Project", name: str) -> dict[str, Any]:
    """Returns what is known of one account, as for :func:`account_records`."""
    account = project.config.accounts[name]
    local = project.networks[account.network].local
    known = None if local else project.accounts.standings.of(name)
    secret, lacking = (None, None) if local else _secret(project, name)
    ended = _ended(project, name, known) if known else None
    return {
        "account": name,
        "network": account.network,
        "live": account.live or local,
        "ok": lacking is None and ended is None and (known is None or known.ok),
        "reason": lacking or (known and known.reason) or ended or None,
        "token_expires": (known.token_expires or None) if known else None,
        "token_renews": known.renews and not known.renewal_trouble if known and known.token_expires else None,
        "handle": (known.handle if known else "") or account.handle or None,
        "checked_at": (known.checked_at or None) if known else None,
        "api_version_ends": _version_ends(project, name),
        "secret": secret.place.value if secret else None,
        "secret_from": secret.told if secret else None,
    }


def _secret(project: "Project", name: str) -> "tuple[Secret | None, str | None]":
    """Returns the secret of an account, or why there is none."""
    from scheduler.config.secrets import SecretMissing, look_up

    try:
        return look_up(name, project.folder), None
    except SecretMissing as error:  # nothing is wrong with an account that is rehearsed
        return None, error.message if project.config.accounts[name].live else None
    except SchedulerError as error:
        return None, f"{error.message} {error.hint}"


def is_waiting(project: "Project", name: str) -> bool:
    """Tells whether a rehearsed account was never connected, so that there is nothing to ask its network yet."""
    from scheduler.config.secrets import SecretMissing, SecretTrouble, look_up

    account = project.config.accounts[name]
    if account.live or project.networks[account.network].local or project.adapters[account.network].connect is None:
        return False
    try:
        look_up(name, project.folder)
    except SecretTrouble as trouble:
        return isinstance(trouble, SecretMissing)
    return False


def _ended(project: "Project", name: str, known: "Standing") -> str | None:
    """Returns that the secret has ended, where it has, and what to do."""
    from scheduler.publishers.renewal import end_of, ending

    ends, now = end_of(known), project.clock.now()
    if ends is None or ends > now:
        return None
    why = f" It was not renewed: {known.renewal_trouble}" if known.renewal_trouble else ""
    return f"{ending(name, known, now, _zone(project))}{why} Connect it again:  {_ADD} {name}"


def _zone(project: "Project") -> ZoneInfo:
    return ZoneInfo(project.config.organisation.timezone)


def tell_none() -> None:
    """Says that there is no account, and how there is one."""
    click.echo(f"There is no account yet. Connect one:  {_ADD} NAME")


def print_accounts(records: Iterable[Mapping[str, Any]]) -> None:
    """Prints one line for each account."""
    rows = list(records)
    if not rows:
        tell_none()
    width = max([len(row["account"]) for row in rows], default=0)
    kinds = max([len(row["network"]) for row in rows], default=0)
    for row in rows:
        waits = row["ok"] and not row["live"] and not row["secret"]
        mark = "·" if waits else click.style("✓", fg="green") if row["ok"] else click.style("✗", fg="red")
        state = "live" if row["live"] else "rehearsed"
        line = f"{mark} {row['account']:<{width}}  {row['network']:<{kinds}}  {state:<9}  {row['handle'] or ''}"
        click.echo(line.rstrip())
        if row["reason"]:
            tell(row["reason"], indent=4)
        if waits:
            tell(f"Not connected yet. Connect it with  {_ADD} {row['account']}", indent=4)
        if row["secret_from"]:
            tell(f"Its secret comes from {row['secret_from']}.", indent=4)
    tell_keyring()
    tell_way_back(row["reason"] for row in rows if row["reason"])


def tell_origin(project: "Project", name: str) -> None:
    """Says where the secret of an account comes from, where it needs and has one."""
    told = account_record(project, name)["secret_from"]
    if told:
        tell(f"Its secret comes from {told}.")


def tell_keyring() -> None:
    """Says what is wrong with the keyring, where it was asked in vain."""
    from scheduler.config.keychain import KEYCHAIN

    if trouble := KEYCHAIN.trouble:
        tell(f"{trouble.message} {trouble.hint}", click.style("!", fg="yellow"))


def tell_way_back(reasons: Iterable[str]) -> None:
    """Says how an account gets another secret, where one has trouble and its own sentence does not say it."""
    if any(_ADD not in reason for reason in reasons):
        tell(f"An account gets another secret with  {_ADD} NAME")


def token_lines(project: "Project") -> list[str]:
    """Returns a sentence for each live account whose secret ends, the ones that need a person soon with a mark."""
    from scheduler.publishers.renewal import WARN_DAYS, days_left, ending, needs_a_person

    lines, now = [], project.clock.now()
    for name, account in project.config.accounts.items():
        known = project.accounts.standings.of(name)
        days = days_left(known, now) if known and not project.networks[account.network].local else None
        if known is None or days is None:
            continue
        soon = needs_a_person(known, now) and days <= WARN_DAYS[0]
        if (not known.ok and not soon) or (known.ok and _ended(project, name, known)):
            continue  # what is wrong with the account is said already; that its secret would last is no help
        mark = click.style("!", fg="yellow") if soon else "·"
        lines.append(f"{mark} {ending(name, known, now, _zone(project))}")
        lines.append(f"    Connect it again:  scheduler accounts add {name}" if soon else f"    {_renewed(known.renews, account.live)}")
        if known.renewal_trouble:
            lines.append(f"    It was not renewed: {known.renewal_trouble}")
    return lines


def tell_versions(project: "Project", names: Iterable[str]) -> None:
    """Says which of the accounts use an old version of their network's API, and what to do."""
    from scheduler.publishers.ageing import aged

    for account in map(project.config.accounts.__getitem__, names):
        if old := aged(account, project.networks[account.network], project.clock.now()):
            tell(f"{old.told}.", click.style("!", fg="yellow"))
            tell(f"Write or do instead:  {old.fix}", indent=4)


def _version_ends(project: "Project", name: str) -> str | None:
    from scheduler.publishers.ageing import aged

    account = project.config.accounts[name]
    old = aged(account, project.networks[account.network], project.clock.now())
    return old.life.until.isoformat() if old else None


def _renewed(renews: bool, live: bool) -> str:
    if not renews:
        return "Nobody renews it by itself."
    return f"It is renewed every week {'while  scheduler run  is running' if live else 'once the account is live'}."


def keep_secret_in_mind(project: "Project", name: str, secret: str, publisher: "Publisher", checked: "Checked") -> None:
    """Keeps when a secret that works was first seen, when it ends and whether it will be renewed; not the secret itself."""
    from scheduler.config.secrets import given_elsewhere
    from scheduler.publishers.contract import Renews

    project.accounts.standings.connected(name, secret, publisher, checked.token_expires)
    project.accounts.standings.note(name, renews=isinstance(publisher, Renews) and not given_elsewhere(name))


def tested(project: "Project", name: str) -> "Checked | None":
    """Returns what the network says of the account, and keeps it; None where there is nobody to ask."""
    from scheduler.config.secrets import SecretTrouble, find_secret
    from scheduler.model.errors import ConfigurationError
    from scheduler.publishers.contract import Checked, Verifies

    account = project.config.accounts[name]
    if project.networks[account.network].local or project.adapters[account.network].connect is None:
        return None
    try:
        publisher = project.accounts.connect(account, tries_media=True)
        if not isinstance(publisher, Verifies):
            return None
        secret = find_secret(name, project.folder)  # nobody is asked without one
        checked = publisher.verify()
        if checked.ok or checked.of_media:
            keep_secret_in_mind(project, name, secret, publisher, checked)
    except (SecretTrouble, ConfigurationError) as error:  # another account may be fine
        return Checked(ok=False, reason=f"{error.message} {error.hint}")
    before = project.accounts.standings.of(name)
    after = project.accounts.standings.keep(name, checked)
    if before is not None and before.handle not in {"", after.handle}:
        told = f"It was {before.handle} so far: if that is a surprise, its secret is another account’s."
        return replace(checked, notes=(*checked.notes, told))
    return checked


def print_checked(name: str, checked: "Checked | None") -> None:
    """Prints what a network said."""
    if checked is None:
        tell(f"{name}: nothing to test; it needs no account, or cannot be sent to yet.", "·")
        return
    if checked.ok:
        told = ", ".join(f"{number:,} {_WORDS[key]}" for key, number in checked.limits.items() if key in _WORDS)
        takes = f"; its server takes {told}" if told else ""
        mark = click.style("?", fg="yellow") if checked.open else click.style("✓", fg="green")
        tell(f"{name}: may publish as {checked.handle}{takes}{'; one thing is not known' if checked.open else ''}.", mark)
    else:
        tell(f"{name}: {checked.reason}", click.style("✗", fg="red"))
    for note in (*checked.open, *checked.notes):
        tell(note)


def tell_handle(project: "Project", name: str, checked: "Checked", *, err: bool = False) -> bool:
    """Says that the network calls an account otherwise than config.toml does, and returns whether that is so."""
    from scheduler.config.mistakes import FILE
    from scheduler.config.positions import place_of, positions
    from scheduler.publishers.naming import as_written, is_called_otherwise

    account = project.config.accounts[name]
    network = project.networks[account.network]
    if not is_called_otherwise(account, network, checked.handle):
        return False
    handle = as_written(checked.handle)
    line = place_of(positions((project.folder / FILE).read_text("utf-8-sig")), ("accounts", name, "handle")).line
    told = f"{FILE} says in line {line} that its handle is {account.handle}, and posts mention that; {network.title} says {handle}."
    tell(f'{told} Write there  handle = "{handle}"', click.style("!", fg="yellow"), err=err)
    return True


def print_tested(project: "Project", names: "Iterable[str]", results: "Mapping[str, Checked | None]") -> None:
    """Prints what the networks said of the accounts of these names; those without a result are not connected yet."""
    shown = list(names)
    if not shown:
        tell_none()
    for name in shown:
        if name not in results:
            tell(f"{name}: not connected yet, and rehearsed until then. Connect it with  {_ADD} {name}", "·")
            continue
        checked = results[name]
        print_checked(name, checked)
        if checked is not None:
            tell_origin(project, name)
            tell_handle(project, name, checked)
    tell_versions(project, shown)
    tell_keyring()
    tell_way_back(checked.reason for checked in results.values() if checked and not checked.ok and not checked.of_media)


_WORDS: Mapping[str, str] = {
    "text": "characters",
    "pictures": "pictures",
    "picture_bytes": "bytes a picture",
    "alt": "characters of alt text",
}
