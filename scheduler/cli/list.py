"""``scheduler list``: what goes out when."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.screen.options import folder_option, instant, json_option, open_project

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.assembly import Project
    from scheduler.ledger.history import Event
    from scheduler.model.delivery import Fact

GROUP = "Look"


@click.command()
@click.option("--from", "start", metavar="TIME", help="Leave out what is due before.")
@click.option("--until", metavar="TIME", help="Leave out what is due after.")
@click.option("--changes", is_flag=True, help="Show what this plan changes against what is queued, and what moved since yesterday.")
@json_option
@folder_option
def command(start: str | None, until: str | None, *, changes: bool, as_json: bool, folder: Path | None) -> int:
    """Show what goes out when.

    What is held back is shown with the reason.

    \b
    scheduler list
    scheduler list --from 2027-04-24 --until 2027-05-02
    scheduler list --changes             after an edit, before it takes effect;
                                         and what moved since yesterday
    scheduler list --json
    """
    from scheduler.cli.screen.deliveries.agenda import console, print_agenda
    from scheduler.cli.screen.records import entry_record, print_json, utc_text
    from scheduler.planning.times.repeating import HORIZON, comes_again_after, horizon

    project = open_project(folder)
    if changes:
        return _changes(project, as_json=as_json)
    zone = project.config.organisation.timezone
    now, first, last = project.clock.now(), instant(start, zone), instant(until, zone)
    asked = last or (first + HORIZON if first is not None else None)
    agenda = project.shown_agenda(now, asked, sketched=True)
    planned_until = horizon(now, asked)
    entries = [e for e in agenda.entries if (first is None or e.delivery.due.utc >= first) and (last is None or e.delivery.due.utc <= last)]
    if as_json:
        print_json("list/1", {"deliveries": [entry_record(entry) for entry in entries], "planned_until": utc_text(planned_until)})
        return 0
    print_agenda(entries, console())
    for post, why in agenda.unreadable.items():
        click.echo(f"! {post} is held: {why}", err=True)
    if not entries:
        click.echo(
            "Nothing is planned in that time." if agenda.entries else "Nothing is planned. Put a post file into posts/ and look again."
        )
    further = any(comes_again_after(entry.delivery.post, planned_until) for entry in agenda.entries)
    if further or (asked is not None and asked > planned_until):
        more = "" if asked else "; --until shows more"
        click.echo(f"Posts that come again are shown up to {planned_until:%Y-%m-%d}{more}.", err=True)
    return 0


def _changes(project: "Project", *, as_json: bool) -> int:
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from scheduler.cli.screen.deliveries.differences import print_changes, print_moves
    from scheduler.cli.screen.records import change_record, move_record, print_json

    now = project.clock.now()
    found, moves = project.changes(now), _moves(project, now - timedelta(days=1))
    if as_json:
        told = {"changes": [change_record(change) for change in found], "moves": [move_record(*move) for move in moves]}
        print_json("changes/1", told)
    else:
        print_changes(found)
        print_moves(moves, now, ZoneInfo(project.config.organisation.timezone))
    return 0


def _moves(project: "Project", since: "datetime") -> "list[tuple[Fact, Event]]":
    """Returns what moved to another time since then, and what was out by then and says something else, in the order it was written."""
    if not project.has_run:
        return []
    ledger = project.open_ledger()
    try:
        known = ledger.facts().deliveries
        return [(known[event.delivery], event) for event in ledger.moves(since)]
    finally:
        ledger.close()
