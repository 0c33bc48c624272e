"""``scheduler queue``: what is not finished, and why each of it is where it is."""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from scheduler.cli.screen.options import folder_option, json_option, open_project

if TYPE_CHECKING:
    from scheduler.assembly import Project


@click.command()
@json_option
@folder_option
def command(as_json: bool, folder: Path | None) -> int:
    """Tell why each unfinished delivery waits.

    Shows what the ledger holds that is neither out nor given up: what waits and for what, what is held, missed,
    refused or in doubt, and what you can do about it.

    \b
    scheduler queue
    scheduler queue --json
    """
    from scheduler.cli.screen.records import print_json

    project = open_project(folder)
    lines = _look(project) if project.has_run else []
    if as_json:
        print_json("queue/1", {"deliveries": lines})
    else:
        _print(lines)
    return 0


def _look(project: "Project") -> list[dict[str, Any]]:
    from scheduler.cli.screen.records import utc_text
    from scheduler.cli.screen.why import step, why

    ledger = project.open_ledger()
    lines, pauses = ledger.unfinished(), ledger.pauses()
    ledger.close()
    now, zone = project.clock.now(), ZoneInfo(project.config.organisation.timezone)
    return [
        {
            "delivery": line.delivery,
            "post": line.post,
            "part": line.part or None,
            "account": line.account,
            "network": line.network,
            "due": line.due_local,
            "due_utc": utc_text(line.due),
            "state": line.state.value,
            "next_at": utc_text(line.next_at),
            "attempts": line.attempts,
            "why": why(line, pauses, now, zone),
            "step": step(line) or None,
        }
        for line in lines
    ]


def _print(lines: list[dict[str, Any]]) -> None:
    from rich.text import Text

    from scheduler.cli.screen.agenda import console

    if not lines:
        click.echo("Nothing waits. Everything the daemon took over is out or given up.")
        return
    screen = console()
    for line in lines:
        name = f"{line['post']} · {line['part']}" if line["part"] else line["post"]
        head = Text(f"{line['due'][:16].replace('T', ' ')}  ")
        head.append(name, style="bold").append(f"  {line['account']}  ").append(line["state"], style="cyan")
        screen.print(head.append(f"  {line['delivery']}", style="dim"))
        screen.print(Text(f"    {line['why']}"))
        if line["step"]:
            screen.print(Text(f"    {line['step']}", style="dim"))
