"""What ``pause`` and ``resume`` are about."""

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from scheduler.ledger.pauses import Scope

if TYPE_CHECKING:
    from scheduler.assembly import Project


@dataclass(frozen=True, slots=True)
class Chosen:
    """Is a scope with the start of a sentence about it and the flags that name it again."""

    scope: Scope
    name: str
    sentence: str
    flags: str

    def is_about(self, account: str, campaign: str) -> bool:
        """Tells whether posts of that campaign on that account are meant."""
        return self.name == {Scope.ALL: "", Scope.ACCOUNT: account, Scope.CAMPAIGN: campaign}[self.scope]


def scope_of(account: str | None, campaign: str | None, project: "Project") -> Chosen:
    """Returns what the flags choose; everything where there are none."""
    if account and campaign:
        raise click.UsageError("Name an account or a campaign, not both at once.")
    if account:
        _known("account", account, list(project.config.accounts))
        return Chosen(Scope.ACCOUNT, account, f"The account “{account}”", f" --account {account}")
    if campaign:
        _known("campaign", campaign, sorted(project.campaigns()))
        return Chosen(Scope.CAMPAIGN, campaign, f"The campaign “{campaign}”", f" --campaign {campaign}")
    return Chosen(Scope.ALL, "", "Everything", "")


def _known(kind: str, name: str, names: list[str]) -> None:
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"Did you mean “{close[0]}”?" if close else f"There are: {', '.join(names) or 'none'}."
        raise click.UsageError(f"There is no {kind} “{name}”. {hint}")
