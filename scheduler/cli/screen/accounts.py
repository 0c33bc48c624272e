"""How accounts stand, in records and in lines."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from scheduler.model.errors import SchedulerError

if TYPE_CHECKING:
    from scheduler.assembly import Project
    from scheduler.publishers.contract import Checked


def account_records(project: "Project") -> list[dict[str, Any]]:
    """Returns the accounts as ``status`` and ``accounts list`` print them; no network is asked."""
    return [_record(project, name) for name in project.config.accounts]


def _record(project: "Project", name: str) -> dict[str, Any]:
    account = project.config.accounts[name]
    local = project.networks[account.network].local
    known = None if local else project.standings.of(name)
    missing = _missing_secret(project, name) if account.live and not local else None
    return {
        "account": name,
        "network": account.network,
        "live": account.live or local,
        "ok": missing is None and (known is None or known.ok),
        "reason": missing or (known.reason if known and known.reason else None),
        "token_expires": (known.token_expires or None) if known else None,
        "handle": (known.handle if known else "") or account.handle or None,
        "checked_at": (known.checked_at or None) if known else None,
    }


def _missing_secret(project: "Project", name: str) -> str | None:
    from scheduler.config.secrets import find_secret

    try:
        find_secret(name, project.folder)
    except SchedulerError as error:
        return error.message
    return None


def print_accounts(records: Iterable[Mapping[str, Any]]) -> None:
    """Prints one line for each account."""
    rows = list(records)
    width = max([len(row["account"]) for row in rows], default=0)
    kinds = max([len(row["network"]) for row in rows], default=0)
    for row in rows:
        mark = click.style("✓", fg="green") if row["ok"] else click.style("✗", fg="red")
        state = "live" if row["live"] else "rehearsed"
        line = f"{mark} {row['account']:<{width}}  {row['network']:<{kinds}}  {state:<9}  {row['handle'] or ''}"
        click.echo(line.rstrip())
        if row["reason"]:
            click.echo(f"    {row['reason']}")


def tested(project: "Project", name: str) -> "Checked | None":
    """Returns what the network says of the account, and keeps it; None where there is nobody to ask."""
    from scheduler.config.secrets import SecretMissing
    from scheduler.publishers.contract import Checked, Verifies

    account = project.config.accounts[name]
    if project.networks[account.network].local or project.adapters[account.network].connect is None:
        return None
    try:
        publisher = project.connect(account)
        if not isinstance(publisher, Verifies):
            return None
        checked = publisher.verify()
    except SecretMissing as error:
        return Checked(ok=False, reason=f"{error.message} {error.hint}")
    project.standings.keep(name, checked)
    return checked


def print_checked(name: str, checked: "Checked | None") -> None:
    """Prints what a network said."""
    if checked is None:
        click.echo(f"· {name}: nothing to test; it needs no account, or cannot be sent to yet.")
        return
    if checked.ok:
        told = ", ".join(f"{number:,} {_WORDS[key]}" for key, number in checked.limits.items() if key in _WORDS)
        click.echo(f"{click.style('✓', fg='green')} {name}: may publish as {checked.handle}{f'; its server takes {told}' if told else ''}.")
    else:
        click.echo(f"{click.style('✗', fg='red')} {name}: {checked.reason}")
    for note in checked.notes:
        click.echo(f"  {note}")


_WORDS: Mapping[str, str] = {
    "text": "characters",
    "pictures": "pictures",
    "picture_bytes": "bytes a picture",
    "alt": "characters of alt text",
}
