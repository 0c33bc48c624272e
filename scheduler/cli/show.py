"""``scheduler show``: exactly what one post sends."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.screen.options import folder_option, json_option, open_project

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scheduler.assembly import Project
    from scheduler.model.outcome import Placed
    from scheduler.model.plan import Entry

GROUP = "Look"


@click.command()
@click.argument("post")
@click.option("--network", help="Only this network or account.")
@json_option
@folder_option
def command(post: str, network: str | None, as_json: bool, folder: Path | None) -> int:
    """Show exactly what a post sends to each account.

    \b
    scheduler show hiring                a piece of its name is enough
    scheduler show hiring --network NAME
    """
    from scheduler.cli.screen.deliveries.panels import print_people, print_unreadable, tell_where_to_look
    from scheduler.cli.screen.records import print_json
    from scheduler.cli.screen.selection import entries_of, find_post

    project = open_project(folder)
    now = project.clock.now()
    agenda = project.shown_agenda(now)
    found = find_post(post, agenda, (file.id for file in project.posts.read().files))
    if project.read_pages(entries_of(found, agenda), datetime.max.replace(tzinfo=UTC)):
        agenda = project.shown_agenda(now)
    entries = [e for e in entries_of(found, agenda) if network in {None, e.delivery.account.network, e.delivery.account.name}]
    if as_json:
        print_json("show/1", {"post": found, "outgoing": _records(entries, project)})
        return 0
    print_people(entries)
    if found in agenda.unreadable:
        print_unreadable(found, agenda, project.folder)
    elif not entries_of(found, agenda):
        click.echo(f"Nothing of {found} is due in the coming weeks; a post that comes again is planned two months ahead.")
    for entry in entries:
        _print(project, entry)
    tell_where_to_look(entries)
    return 0


def _records(entries: "Iterable[Entry]", project: "Project") -> list[dict[str, Any]]:
    from scheduler.cli.screen.records import outgoing_record, thread_record

    standing = _standing(project)
    return [
        {
            **outgoing_record(entry, entry.outgoing, project.accounts.facts_of(entry.delivery.account).limits, project.folder),
            "thread": thread_record(standing.get(entry.delivery.id, ())),
        }
        for entry in entries
        if entry.outgoing is not None
    ]


def _print(project: "Project", entry: "Entry") -> None:
    """Prints what one account sends, and what its file says otherwise by now of what is out."""
    from scheduler.cli.screen.deliveries.panels import print_difference, print_outgoing

    facts = project.accounts.facts_of(entry.delivery.account)
    print_outgoing(entry, facts, project.folder)
    sent = project.sent(entry.delivery.id) if entry.changed else None
    if sent is not None and entry.outgoing is not None:
        print_difference(sent, entry.outgoing, entry.state, facts)


def _standing(project: "Project") -> "Mapping[str, Sequence[Placed]]":
    """Returns what is out of the threads that are out in part, by delivery."""
    if not project.has_run:
        return {}
    ledger = project.open_ledger()
    try:
        return ledger.threads()
    finally:
        ledger.close()
