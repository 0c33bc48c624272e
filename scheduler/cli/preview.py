"""``scheduler preview``: look at everything before it goes out."""

from pathlib import Path

import click

from scheduler.cli.screen.options import folder_option, open_project

GROUP = "Look"


@click.command()
@click.option(
    "--export", "target", metavar="PATH", type=click.Path(path_type=Path), required=True, help="A file ending in .html, or a folder."
)
@folder_option
def command(target: Path, folder: Path | None) -> int:
    """Draw every post on one page.

    Each card shows exactly what an account sends; the page can be kept, mailed or printed.

    \b
    scheduler preview --export preview.html     one file that works from disk
    scheduler preview --export preview/         a folder with index.html
    """
    project = open_project(folder)
    project.export_preview(target)
    page = target / "index.html" if target.is_dir() else target
    click.echo(f"{click.style('✓', fg='green')} The preview is ready. Open {page} in your browser.", err=True)
    return 0
