"""``scheduler run``: publish on time, until you stop it."""

from pathlib import Path

import click

from scheduler.cli.screen.options import folder_option, open_project

GROUP = "Run"


@click.command()
@click.option("--once", is_flag=True, help="Recover, send what is due now, and stop.")
@click.option("--fleet", is_flag=True, help="Let  scheduler worker  processes send; needs PostgreSQL.")
@folder_option
def command(once: bool, fleet: bool, folder: Path | None) -> int:
    """Publish on time, until you stop it.

    It watches the folder and sends what is due; Ctrl-C ends it cleanly.

    \b
    scheduler run
    scheduler run --once       for cron: recovers, sends what is due now, stops
    scheduler run --fleet      lets any number of  scheduler worker  send

    Accounts without  live = true  are rehearsed: everything happens except the sending.
    """
    from scheduler.cli.screen.log import talk

    talk()
    project = open_project(folder)
    project.run(once=once, fleet=fleet)
    return 0
