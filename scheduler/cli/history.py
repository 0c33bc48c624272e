"""``scheduler history``: what was tried, when, and what came of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from scheduler.cli.screen.options import folder_option, json_option, open_project

if TYPE_CHECKING:
    from scheduler.ledger.ledger import Ledger


@click.command()
@click.argument("post", required=False)
@json_option
@folder_option
def command(post: str | None, as_json: bool, folder: Path | None) -> int:
    """Show every attempt to send, oldest first.

    \b
    scheduler history
    scheduler history hiring
    """
    from scheduler.cli.screen.records import print_json

    project = open_project(folder)
    attempts: list[dict[str, Any]] = []
    if project.has_run:
        ledger = project.open_ledger()
        attempts = _attempts(ledger, post)
        ledger.close()
    if as_json:
        print_json("history/1", {"attempts": attempts})
    else:
        _print(attempts, ZoneInfo(project.config.organisation.timezone))
    return 0


def _attempts(ledger: "Ledger", post: str | None) -> list[dict[str, Any]]:
    from scheduler.cli.screen.records import utc_text
    from scheduler.cli.screen.selection import name_among

    facts = ledger.facts().deliveries
    chosen = name_among(post, sorted({fact.post for fact in facts.values()})) if post else None
    return [
        {
            "delivery": attempt.delivery,
            "post": facts[attempt.delivery].post,
            "part": facts[attempt.delivery].part,
            "account": facts[attempt.delivery].account,
            "attempt": attempt.attempt,
            "started_at": utc_text(attempt.started_at),
            "finished_at": utc_text(attempt.finished_at) if attempt.finished_at else None,
            "step": attempt.step,
            "outcome": attempt.outcome,
            "reason": attempt.reason or None,
            "remote_id": attempt.remote_id or None,
            "url": attempt.url or None,
        }
        for attempt in ledger.attempts(chosen)
    ]


def _print(attempts: list[dict[str, Any]], zone: ZoneInfo) -> None:
    from datetime import datetime

    from rich.table import Table
    from rich.text import Text

    from scheduler.cli.screen.agenda import console

    if not attempts:
        click.echo("Nothing has been sent yet.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("When", "Post", "Account", "Outcome"):
        table.add_column(heading, overflow="fold")
    for attempt in attempts:
        local = datetime.fromisoformat(attempt["started_at"]).astimezone(zone)
        name = f"{attempt['post']} · {attempt['part']}" if attempt["part"] else attempt["post"]
        outcome = Text(attempt["outcome"])
        for more in (attempt["reason"], attempt["url"]):
            if more:
                outcome.append(f"\n{more}", style="dim")
        table.add_row(Text(f"{local:%Y-%m-%d %H:%M:%S}"), Text(name), Text(attempt["account"]), outcome)
    console().print(table)
