"""``scheduler new``: a post file to fill in."""

from pathlib import Path

import click

from scheduler.cli.screen.options import folder_option, open_project

GROUP = "Write"


@click.command()
@click.argument("words", metavar="[KIND]", nargs=-1)
@click.option("--title", help="What you call it; for an event, its name.")
@click.option("--when", metavar="TIME", help="When it goes out; for an event, when it starts.")
@click.option("--where", metavar="NAMES", help="Networks or accounts, with commas between (default: everywhere).")
@click.option("--out", metavar="PATH", type=click.Path(path_type=Path), help="The file, or for an event the folder, to make.")
@folder_option
def command(words: tuple[str, ...], title: str | None, when: str | None, where: str | None, out: Path | None, folder: Path | None) -> int:
    """Begin a post file, and fill it in in your editor.

    \b
    scheduler new                        asks what it needs, on a terminal
    scheduler new post --title "We are hiring" --when "2027-04-14 12:00"
    scheduler new event --title "March" --when "2027-05-01 14:00"
    scheduler new carousel, coalition, evergreen

    A file  posts/_templates/NAME.md  of your own is a kind as well. A file that is already there is never overwritten.
    """
    kind, *further = words or (None,)
    if further:
        said = " ".join(map(str, further)).replace('"', "”")
        raise click.UsageError(f'A title stands behind --title, in quotes:  scheduler new {kind} --title "{said}"')
    from scheduler.cli.screen.boundary import is_terminal
    from scheduler.cli.screen.files.beginning import Beginning

    beginning = Beginning(open_project(folder), asks=is_terminal())
    files = beginning.write(beginning.plan(kind, title, when, where, out), out)
    for path in files:
        click.echo(path)
    click.echo(f"{click.style('✓', fg='green')} Open it in your editor: what is left to fill in is marked TODO. Then:", err=True)
    click.echo(f"    scheduler check {Path(files[0]).parent if len(files) > 1 else files[0]}", err=True)
    return 0
