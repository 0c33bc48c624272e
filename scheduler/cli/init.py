"""``scheduler init``: a project folder to start from."""

from pathlib import Path

import click

GROUP = "Write"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--name", help="The organisation's name.")
@click.option("--timezone", help="Its time zone, for example Europe/Berlin.")
@click.option("--obsidian", is_flag=True, help="Add property types and templates for Obsidian.")
@click.option("--vscode", is_flag=True, help="Add settings, snippets and a schema for Visual Studio Code.")
def command(folder: Path, yes: bool, name: str | None, timezone: str | None, obsidian: bool, vscode: bool) -> int:
    """Make a project folder to start from.

    It holds a sample campaign, its days counted from today, that you change into your own. A folder that is a project already
    gets only what is missing, and no sample posts.

    \b
    scheduler init my-org
    scheduler init my-org --yes
    scheduler init . --obsidian --vscode

    A file that is already there is never overwritten.
    """
    from scheduler.cli.screen.boundary import is_terminal
    from scheduler.cli.screen.files.sample import Sample
    from scheduler.clock import SystemClock

    sample = Sample.found(obsidian=obsidian, vscode=vscode)
    if not yes and not (folder / "config.toml").exists() and is_terminal():
        name = name or click.prompt("Name of your organisation", default=sample.name)
        timezone = timezone or click.prompt("Time zone", default=sample.timezone)
    written, kept = sample.write(folder, name=name, timezone=timezone, today=SystemClock().now().date())
    click.echo(
        f"{click.style('✓', fg='green')} {folder} is ready: {written} files written{f', {kept} left as they were' if kept else ''}.",
        err=True,
    )
    click.echo("  Nothing can be published yet: every account is rehearsed. Next:", err=True)
    click.echo(f"    cd {folder}", err=True)
    click.echo("    scheduler check                              find mistakes", err=True)
    click.echo("    scheduler rehearse                           play the whole plan", err=True)
    click.echo("    scheduler preview --export preview.html      see every post", err=True)
    if obsidian:
        click.echo("  In Obsidian: open this folder as a vault, and switch on the core plugin “Templates”.", err=True)
    return 0
