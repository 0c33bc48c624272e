"""``scheduler backup``: copy the ledger while it is in use, and check the copy."""

from pathlib import Path

import click

from scheduler.cli.screen.options import folder_option, open_project
from scheduler.model.errors import SchedulerError


class NoFileToCopy(SchedulerError):
    """Says that the ledger is not a file of ours."""


@click.command()
@click.option("--list", "listed", is_flag=True, help="Show the copies there are.")
@folder_option
def command(listed: bool, folder: Path | None) -> int:
    """Copy the ledger and check the copy.

    The daemon does so once a day by itself and keeps the newest fourteen in .scheduler/backups.

    \b
    scheduler backup
    scheduler backup --list
    """
    from scheduler.ledger.database.copies import kept_copies, made_at

    project = open_project(folder)
    if listed:
        copies = kept_copies(project.state_folder / "backups")
        for copy in copies:
            click.echo(f"{made_at(copy):%Y-%m-%d %H:%M} UTC  {copy}")
        if not copies:
            click.echo("There are no copies yet.", err=True)
        return 0
    ledger = project.open_ledger()
    try:
        made = ledger.back_up(project.clock.now())
    finally:
        ledger.close()
    if made is None:
        raise NoFileToCopy("This ledger is in PostgreSQL, which has its own backups.", "Use pg_dump, or ask whoever runs the database.")
    click.echo(f"{click.style('✓', fg='green')} copied and verified", err=True)
    click.echo(str(made))
    return 0
