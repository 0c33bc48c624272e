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
    from scheduler.model.delivery import State

    project = open_project(folder)
    chosen = scope_of(account, campaign, project)
    ledger = project.open_ledger()
    ledger.pause(chosen.scope, chosen.name, reason, project.clock.now())
    early = [line for line in ledger.unfinished() if line.state is State.HANDED and chosen.is_about(line.account, line.campaign)]
    ledger.close()
    click.echo(
        f"{click.style('✓', fg='green')} {chosen.sentence} is paused; nothing of it goes out until  scheduler resume{chosen.flags}",
        err=True,
    )
    if early:
        what = "One post is" if len(early) == 1 else f"{len(early)} posts are"
        told = "The scheduler takes them back at once while it runs; see  scheduler queue"
        click.echo(f"! {what} with the network already, handed over early. {told}", err=True)
    return 0
