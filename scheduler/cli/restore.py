"""``scheduler restore``: put a copy of the ledger back, in a way that sends nothing twice."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.screen.options import folder_option, open_project
from scheduler.model.errors import SchedulerError

if TYPE_CHECKING:
    from scheduler.assembly import Project
    from scheduler.ledger.database.copies import Copy


class NothingToRestore(SchedulerError):
    """Says that there is no copy, or no place for one."""


@click.command()
@click.argument("copy", required=False, type=click.Path(path_type=Path))
@click.option("--verify", is_flag=True, help="Only check the copy; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@folder_option
def command(copy: Path | None, verify: bool, yes: bool, folder: Path | None) -> int:
    """Put a copy of the ledger back.

    Without COPY it is the newest one. What may have gone out since the copy was made is in doubt afterwards and is
    never sent by itself:  scheduler queue  shows it. The ledger of before is kept beside the new one.

    \b
    scheduler restore --verify
    scheduler restore --yes
    """
    from scheduler.ledger.database.copies import verify as verified

    project = open_project(folder)
    chosen = copy or _newest(project)
    sound = verified(chosen)
    counts = ", ".join(f"{number} {state}" for state, number in sound.counts.items()) or "no deliveries"
    click.echo(f"{click.style('✓', fg='green')} {chosen} is sound: {counts}", err=True)
    if verify:
        return 0
    if not yes and not _agreed(sound):
        click.echo("Nothing was changed.", err=True)
        return 1
    _put_back(sound, project)
    return 0


def _newest(project: "Project") -> Path:
    from scheduler.ledger.database.copies import kept_copies

    copies = kept_copies(project.state_folder / "backups")
    if not copies:
        raise NothingToRestore("There is no copy to put back.", "The daemon makes one every day;  scheduler backup  makes one now.")
    return copies[-1]


def _agreed(sound: "Copy") -> bool:
    if not sys.stdin.isatty():
        raise click.UsageError("Without a terminal nothing is asked: add  --yes  if you mean it.")
    return click.confirm(f"Put the ledger of {sound.made_at:%Y-%m-%d %H:%M} UTC back?", err=True)


def _put_back(sound: "Copy", project: "Project") -> None:
    from scheduler.daemon.instance import only_one
    from scheduler.ledger.database.copies import put_back
    from scheduler.ledger.past import forget
    from scheduler.ledger.remembering import OFFERED_SINCE

    if not isinstance(project.ledger_address, Path):
        raise NothingToRestore("This ledger is in PostgreSQL, which has its own backups.", "Use pg_restore with every daemon stopped.")
    with only_one(project.state_folder, project.clock):
        kept = put_back(sound.path, project.ledger_address, project.clock.now())
        forget(project.state_folder)
    ledger = project.open_ledger()
    doubts = sum(1 for line in ledger.unfinished() if line.state.value == "uncertain")
    offered = ledger.get(OFFERED_SINCE)
    ledger.close()
    if kept is not None:
        click.echo(f"  The ledger of before is kept as {kept}", err=True)
    click.echo(f"{click.style('✓', fg='green')} put back; {doubts} deliveries are in doubt:  scheduler queue  shows them", err=True)
    click.echo(
        "  Posts that the copy does not know are in doubt too, once the folder is read. See that none of them is out, then:", err=True
    )
    click.echo("  scheduler resolve --planned --not-sent", err=True)
    _tell_of_pictures(offered, project.config.media.get("host", ""))


def _tell_of_pictures(offered: list[str] | None, host: str) -> None:
    """Tells what becomes of pictures that lie somewhere for networks to fetch, and that the copy knows nothing of."""
    if offered:
        many = f"{len(offered)} pictures that were" if len(offered) > 1 else "One picture that was"
        click.echo(f"  {many} offered to networks since the copy will be taken away by the next  scheduler run", err=True)
    elif offered is None and host not in {"", "own"}:
        click.echo("  No ledger of before can be read, so nobody knows which pictures were offered to networks since the copy.", err=True)
        click.echo("  They lie where [media] in config.toml says: what is older than six hours there is of no use any more.", err=True)
