"""``scheduler resume``: go on after a pause, and decide about what became late."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.screen.options import folder_option, open_project

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.cli.screen.deliveries.why import Circumstances
    from scheduler.ledger.lateness import Late
    from scheduler.ledger.ledger import Ledger

_CHOICES = {"p": "publish", "s": "skip", "h": "hold"}
GROUP = "Run"


@click.command()
@click.option("--account", help="Only this account.")
@click.option("--campaign", help="Only this campaign (its folder's name).")
@click.option("--reason", default="", help="Why; it goes into the log.")
@click.option("--publish", "decision", flag_value="publish", help="Send what became late, one after the other.")
@click.option("--skip", "decision", flag_value="skip", help="Give up what became late.")
@click.option("--hold", "decision", flag_value="hold", help="Leave what became late as missed.")
@folder_option
def command(account: str | None, campaign: str | None, reason: str, decision: str | None, folder: Path | None) -> int:
    """Go on sending after a pause.

    What became late meanwhile is listed, and you are asked what to do with it. Without a terminal nothing is asked
    and it stays missed. What goes out late keeps a gap from the account's last post; it is never a burst.

    \b
    scheduler resume
    scheduler resume --account NAME --publish
    """
    from zoneinfo import ZoneInfo

    from scheduler.cli.screen.deliveries.why import Circumstances
    from scheduler.cli.screen.scopes import scope_of
    from scheduler.ledger.pauses import Scope

    project = open_project(folder)
    chosen = scope_of(account, campaign, project)
    ledger = project.open_ledger()
    try:
        now = project.clock.now()
        ledger.mark_late(now)
        late = ledger.missed(chosen.scope, chosen.name, now)
        around = Circumstances(now, ZoneInfo(project.config.organisation.timezone), project.config.policy)
        _show(late, around)
        done = _decide(ledger, late, decision or (_ask() if late else "hold"), now)
        was_paused = ledger.resume(chosen.scope, chosen.name)
        left = ledger.pauses()
    finally:
        ledger.close()
    said = f"{chosen.sentence} goes on" if was_paused else f"{chosen.sentence} was not paused"
    click.echo(f"{click.style('✓', fg='green')} {said}{f' ({reason})' if reason else ''}.", err=True)
    if done:
        click.echo(f"  {done}", err=True)
    for pause in left:
        what = "everything" if pause.scope is Scope.ALL else f"the {pause.scope.value} {pause.name}"
        why = f": {pause.reason}" if pause.reason else ""
        click.echo(f"  Still paused, since {around.at(pause.since)}: {what}{why}", err=True)
    return 0


def _show(late: "tuple[Late, ...]", around: "Circumstances") -> None:
    from scheduler.cli.screen.times import wall

    if late:
        click.echo(f"{len(late)} became late and {'was' if len(late) == 1 else 'were'} not sent:", err=True)
    for item in late:
        name = f"{item.post} · {item.part}" if item.part else item.post
        click.echo(f"  {wall(item.due_local, around.now, around.zone)}  {name}  {item.account}", err=True)


def _ask() -> str:
    if not sys.stdin.isatty():
        return "hold"
    answer = click.prompt("[p]ublish them one after the other, [s]kip them, or [h]old them as missed", default="h", err=True)
    return _CHOICES.get(str(answer).strip().lower()[:1], "hold")


def _decide(ledger: "Ledger", late: "tuple[Late, ...]", decision: str, now: "datetime") -> str:
    names = [item.delivery for item in late]
    if not names:
        return ""
    if decision == "publish":
        number = ledger.let_go(names, now)
        return f"{number} {'goes' if number == 1 else 'go'} out now, each account keeping a gap between two posts."
    if decision == "skip":
        number = ledger.skip(names, now)
        return f"{number} {'was' if number == 1 else 'were'} given up."
    if len(names) == 1:
        return "It stays missed; give it a new time in its file if it should go out."
    return f"{len(names)} stay missed; give them new times in their files if they should go out."
