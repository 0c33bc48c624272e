"""``scheduler history``: what was tried, when, and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.screen.options import folder_option, json_option, open_project

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from rich.console import Console

    from scheduler.assembly import Project
    from scheduler.ledger import Ledger
    from scheduler.model.delivery import Fact
    from scheduler.model.outcome import Placed


@click.command()
@click.argument("post", required=False)
@json_option
@folder_option
def command(post: str | None, as_json: bool, folder: Path | None) -> int:
    """Show every attempt to send, oldest first.

    With POST everything that happened to it, from the file to the network.

    \b
    scheduler history
    scheduler history hiring
    """
    tell(open_project(folder), post, as_json=as_json)
    return 0


def tell(project: "Project", post: str | None, *, as_json: bool) -> None:
    """Prints what happened, to one post or to all, for people or for programs."""
    from zoneinfo import ZoneInfo

    from scheduler.cli.screen.deliveries.agenda import console
    from scheduler.cli.screen.records import print_json, thread_record
    from scheduler.cli.screen.selection import name_among

    facts: dict[str, Fact] = {}
    attempts: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    standing: Mapping[str, Sequence[Placed]] = {}
    if project.has_run:
        ledger = project.open_ledger()
        try:
            known, standing = ledger.facts().deliveries, ledger.threads()
            chosen = name_among(post, sorted({fact.post for fact in known.values()})) if post else None
            facts = {name: fact for name, fact in known.items() if chosen in {None, fact.post}}
            events = [_named(record, facts) for record in _events(ledger) if record["delivery"] in facts]
            led_to = {(event["delivery"], event["at"]): event["became"] for event in events}
            attempts = [
                {**_named(record, facts), "became": led_to.get((record["delivery"], record["finished_at"]))}
                for record in _attempts(ledger, chosen)
            ]
        finally:
            ledger.close()
    zone, now = ZoneInfo(project.config.organisation.timezone), project.clock.now()
    if as_json:
        in_part = [{"delivery": name, **found} for name, out in standing.items() if name in facts and (found := thread_record(out))]
        print_json("history/1", {"attempts": attempts, **({"events": events} if post else {}), "in_part": in_part})
    elif post:
        _print_lives(facts, attempts, events, console(), (now, zone))
    elif attempts:
        _print_attempts(attempts, console(), zone)
    else:
        click.echo("Nothing has been sent yet.")


def _attempts(ledger: "Ledger", post: str | None) -> Iterable[dict[str, Any]]:
    from scheduler.cli.screen.records import utc_text

    for attempt in ledger.attempts(post):
        yield {
            "delivery": attempt.delivery,
            "attempt": attempt.attempt,
            "started_at": utc_text(attempt.started_at),
            "finished_at": utc_text(attempt.finished_at) if attempt.finished_at else None,
            "step": attempt.step,
            "outcome": attempt.outcome,
            "reason": attempt.reason or None,
            "remote_id": attempt.remote_id or None,
            "url": attempt.url or None,
        }


def _events(ledger: "Ledger") -> Iterable[dict[str, Any]]:
    from scheduler.cli.screen.records import utc_text

    for event in ledger.events():
        yield {
            "delivery": event.delivery,
            "at": utc_text(event.at),
            "was": event.was.value,
            "became": event.became.value,
            "reason": event.reason or None,
        }


def _named(record: dict[str, Any], facts: "dict[str, Fact]") -> dict[str, Any]:
    fact = facts[record["delivery"]]
    return {**record, "post": fact.post, "part": fact.part, "account": fact.account}


def _print_attempts(attempts: list[dict[str, Any]], screen: "Console", zone: "tzinfo") -> None:
    from rich.table import Table
    from rich.text import Text

    from scheduler.cli.screen.deliveries.lives import outcome_words

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("When", "Post", "Account", "What came of it"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "When")
    for attempt in attempts:
        name = f"{attempt['post']} · {attempt['part']}" if attempt["part"] else attempt["post"]
        outcome = outcome_words(attempt)
        for more in (attempt["reason"], attempt["url"]):
            if more:
                outcome.append(f"\n{more}", style="dim")
        table.add_row(Text(_day_and_time(attempt["started_at"], zone)), Text(name), Text(attempt["account"]), outcome)
    screen.print(table)


def _day_and_time(text: str, zone: "tzinfo") -> str:
    from datetime import datetime

    local = datetime.fromisoformat(text).astimezone(zone)
    return f"{local:%a} {local:%Y-%m-%d %H:%M:%S}"


def _print_lives(
    facts: "dict[str, Fact]",
    attempts: list[dict[str, Any]],
    events: list[dict[str, Any]],
    screen: "Console",
    here: "tuple[datetime, tzinfo]",
) -> None:
    """Prints for each delivery of a post when it came to stand where, and why."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from scheduler.cli.screen.deliveries.lives import life, title

    for name, fact in sorted(facts.items(), key=lambda item: (item[1].due, item[1].part or "", item[1].account)):
        screen.print(title(fact, *here))
        steps = Table.grid(padding=(0, 2, 0, 0))
        steps.add_column(no_wrap=True)
        steps.add_column(overflow="fold")
        for at, words in life(record for record in (*events, *attempts) if record["delivery"] == name):
            steps.add_row(Text(_day_and_time(at, here[1]), style="dim"), words)
        screen.print(Padding(steps, (0, 0, 0, 2), expand=False))
        screen.print()
