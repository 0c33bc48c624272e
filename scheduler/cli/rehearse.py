"""``scheduler rehearse``: play the whole plan, sending nothing."""

from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from scheduler.cli.screen.options import folder_option, instant, json_option, open_project

if TYPE_CHECKING:
    from scheduler.assembly import Played

GROUP = "Look"


@click.command()
@click.option(
    "--from", "start", metavar="TIME", help="Where the virtual clock starts (default: now, or the first post of a folder that never ran)."
)
@click.option("--until", metavar="TIME", help="Where it stops (default: after the last post).")
@json_option
@folder_option
def command(start: str | None, until: str | None, as_json: bool, folder: Path | None) -> int:
    """Play the whole plan, sending nothing.

    The real engine runs on a virtual clock, in seconds; nothing leaves this machine.

    \b
    scheduler rehearse
    scheduler rehearse --from 2027-04-24 --until 2027-05-02

    Exits with 1 if a post would fail.
    """
    project = open_project(folder)
    zone = project.config.organisation.timezone
    with _Bar(quiet=as_json) as advance:
        played = project.rehearse(instant(start, zone), instant(until, zone), advance)
    if as_json:
        _print_json(played, project.folder)
    else:
        _print_agenda(played)
    return int(bool(played.failures))


class _Bar:
    """Is a progress bar on a terminal, and nothing elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        screen = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(*columns, console=screen, transient=True, disable=quiet or not screen.is_terminal)
        self._task = self._progress.add_task("Reading and drawing", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, done: int, total: int) -> None:
        self._progress.update(self._task, description="Rehearsing", completed=done, total=total)


def _print_json(played: "Played", folder: Path) -> None:
    from scheduler.cli.screen.records import entry_record, print_json, relative, utc_text

    deliveries = [
        {
            **entry_record(entry),
            "sent_at": utc_text(entry.sent_at) if entry.sent_at else None,
            "url": entry.url or None,
            "media": [relative(item.picture.path, folder) for item in entry.outgoing.media] if entry.outgoing else [],
        }
        for entry in played.entries
    ]
    print_json("rehearsal/1", {"from": utc_text(played.start), "until": utc_text(played.until), "deliveries": deliveries})


def _print_agenda(played: "Played") -> None:
    from scheduler.cli.screen.deliveries.agenda import console, print_agenda

    screen = console()
    print_agenda(played.entries, screen, pictures=True)
    sent = sum(entry.state.value == "sent" for entry in played.entries)
    verdict = f"{sent} of {len(played.entries)} deliveries went out in this rehearsal; nothing left this machine."
    screen.print(f"[green]✓[/green] {verdict}" if not played.failures else f"[yellow]![/yellow] {verdict}")
    screen.print("Look at them:  [bold]scheduler preview --export preview.html[/bold]", soft_wrap=True)
    screen.print(f"What each account would have got is in  [bold]{played.folder}[/bold]", soft_wrap=True)
