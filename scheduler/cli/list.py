"""``scheduler list``: what goes out when."""

from pathlib import Path

import click

from scheduler.cli.screen.options import folder_option, instant, json_option, open_project


@click.command()
@click.option("--from", "start", metavar="TIME", help="Leave out what is due before.")
@click.option("--until", metavar="TIME", help="Leave out what is due after.")
@json_option
@folder_option
def command(start: str | None, until: str | None, as_json: bool, folder: Path | None) -> int:
    """Show what goes out when.

    What is held back is shown with the reason.

    \b
    scheduler list
    scheduler list --from 2027-04-24 --until 2027-05-02
    scheduler list --json
    """
    from scheduler.cli.screen.agenda import console, print_agenda
    from scheduler.cli.screen.records import entry_record, print_json

    project = open_project(folder)
    zone = project.config.organisation.timezone
    agenda = project.shown_agenda(project.clock.now())
    first, last = instant(start, zone), instant(until, zone)
    entries = [e for e in agenda.entries if (first is None or e.delivery.due.utc >= first) and (last is None or e.delivery.due.utc <= last)]
    if as_json:
        print_json("list/1", {"deliveries": [entry_record(entry) for entry in entries]})
        return 0
    print_agenda(entries, console())
    for post, why in agenda.unreadable.items():
        click.echo(f"! {post} is held: {why}", err=True)
    if not entries:
        click.echo("Nothing is planned. Put a post file into posts/ and look again.")
    return 0
