"""``scheduler worker``: send what the daemon of a fleet hands out."""

from pathlib import Path

import click

from scheduler.cli.screen.options import folder_option, open_project

GROUP = "Run"


@click.command()
@click.option(
    "--at-once", metavar="N", type=click.IntRange(1, 100), default=4, show_default=True, help="How many deliveries at the same time."
)
@folder_option
def command(at_once: int, folder: Path | None) -> int:
    """Send what the daemon of a fleet hands out, until you stop it.

    One machine runs  scheduler run --fleet ; any number of machines run workers. All of them use the same
    PostgreSQL ([database] url in config.toml) and the same project folder, or a synchronised copy of it.

    \b
    scheduler worker
    scheduler worker --at-once 20
    """
    from scheduler.cli.screen.log import talk

    talk()
    project = open_project(folder)
    project.work(at_once)
    return 0
