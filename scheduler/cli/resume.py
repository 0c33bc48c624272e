"""``scheduler resume``: go on after a pause."""

from pathlib import Path

import click

from scheduler.cli.screen.options import folder_option, open_project

GROUP = "Run"


@click.command()
@click.option("--account", help="Only this account.")
@click.option("--campaign", help="Only this campaign (its folder's name).")
@click.option("--reason", default="", help="Why; it goes into the log.")
@folder_option
def command(account: str | None, campaign: str | None, reason: str, folder: Path | None) -> int:
    """Go on sending after a pause.

    What became late meanwhile is shown as missed and never sent in a burst.

    \b
    scheduler resume
    scheduler resume --account NAME
    """
    from scheduler.cli.screen.scopes import scope_of

    project = open_project(folder)
    chosen = scope_of(account, campaign, project)
    ledger = project.open_ledger()
    was_paused = ledger.resume(chosen.scope, chosen.name)
    now = project.clock.now()
    late = ledger.mark_late(now)
    left = ledger.pauses()
    ledger.close()
    said = f"{chosen.sentence} goes on" if was_paused else f"{chosen.sentence} was not paused"
    click.echo(f"{click.style('✓', fg='green')} {said}{f' ({reason})' if reason else ''}.", err=True)
    if late:
        click.echo(
            f"  {len(late)} became late meanwhile and stay unsent; give them a new time if they should go out. See  scheduler list",
            err=True,
        )
    for pause in left:
        click.echo(f"  Still paused: {pause.scope.value} {pause.name} {pause.reason}".rstrip(), err=True)
    return 0
