"""``scheduler pause``: stop sending at once."""

from pathlib import Path

import click

from scheduler.cli.screen.options import folder_option, open_project

GROUP = "Run"


@click.command()
@click.option("--account", help="Only this account.")
@click.option("--campaign", help="Only this campaign (its folder's name).")
@click.option("--reason", default="", help="Why; it is shown wherever the pause is.")
@folder_option
def command(account: str | None, campaign: str | None, reason: str, folder: Path | None) -> int:
    """Stop sending at once.

    Pauses everything, one account or one campaign.

    \b
    scheduler pause --reason "waiting for news from the hospital"
    scheduler pause --account NAME
    scheduler pause --campaign NAME
    """
    from scheduler.cli.screen.scopes import scope_of

    project = open_project(folder)
    chosen = scope_of(account, campaign, project)
    ledger = project.open_ledger()
    ledger.pause(chosen.scope, chosen.name, reason, project.clock.now())
    ledger.close()
    click.echo(
        f"{click.style('✓', fg='green')} {chosen.sentence} is paused; nothing of it goes out until  scheduler resume{chosen.flags}",
        err=True,
    )
    return 0
