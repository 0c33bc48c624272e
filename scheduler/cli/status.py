"""``scheduler status``: is it running, what is next, and does anything need a person?"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from scheduler.cli.screen.options import folder_option, json_option, open_project

if TYPE_CHECKING:
    from scheduler.assembly import Project
    from scheduler.ledger import Ledger

_HEARTBEAT = timedelta(minutes=1)


@click.command()
@json_option
@folder_option
def command(as_json: bool, folder: Path | None) -> int:
    """Tell what runs, what is next, what is wrong.

    \b
    scheduler status
    scheduler status --json

    Exits with 1 unless the daemon runs, nothing is overdue, every live account may publish and nothing waits for a person.
    """
    from scheduler.cli.screen.records import print_json

    project = open_project(folder)
    found = _look(project)
    if as_json:
        print_json("status/1", found)
    else:
        _print(found, project)
    counts = found["counts"]
    broken = any(account["live"] and not account["ok"] for account in found["accounts"])
    return int(not found["daemon"]["alive"] or found["overdue"] > 0 or bool(counts.get("uncertain")) or broken)


def _look(project: "Project") -> dict[str, Any]:
    from scheduler.cli.screen.accounts import account_records
    from scheduler.cli.screen.records import utc_text

    accounts = account_records(project)
    if not project.has_run:
        daemon = {"alive": False, "last_tick": None}
        return {"daemon": daemon, "next_due": None, "overdue": 0, "paused": [], "accounts": accounts, "counts": {}}
    ledger = project.open_ledger()
    now = project.clock.now()
    last, following = ledger.last_tick(), ledger.next_due()
    paused = [{"scope": p.scope.value, "name": p.name or None, "reason": p.reason, "since": utc_text(p.since)} for p in ledger.pauses()]
    found = {
        "daemon": {"alive": _is_alive(project, ledger, last), "last_tick": utc_text(last) if last else None},
        "next_due": utc_text(following) if following else None,
        "overdue": ledger.overdue(now),
        "paused": paused,
        "accounts": accounts,
        "counts": {state.value: number for state, number in sorted(ledger.counts().items())},
    }
    ledger.close()
    return found


def _is_alive(project: "Project", ledger: "Ledger", last: datetime | None) -> bool:
    """Tells whether a daemon serves the project: here by its lock, on a shared ledger anywhere by its heartbeat."""
    from scheduler.daemon.instance import running

    if ledger.is_shared:
        return last is not None and project.clock.now() - last < _HEARTBEAT
    return running(project.state_folder) is not None


def _print(found: dict[str, Any], project: "Project") -> None:
    from scheduler.cli.screen.accounts import token_lines

    alive = found["daemon"]["alive"]
    click.echo(f"{_mark(good=alive)} {'The daemon runs' if alive else 'The daemon does not run; start it with  scheduler run'}")
    if found["next_due"]:
        zone = ZoneInfo(project.config.organisation.timezone)
        local = datetime.fromisoformat(found["next_due"]).astimezone(zone)
        click.echo(f"  Next: {local:%A, %B} {local.day}, {local:%Y, %H:%M %Z}")
    if found["overdue"]:
        click.echo(f"{_mark(good=False)} {found['overdue']} overdue")
    for pause in found["paused"]:
        what = "everything" if pause["scope"] == "all" else f"{pause['scope']} {pause['name']}"
        why = f" ({pause['reason']})" if pause["reason"] else ""
        click.echo(f"‖ Paused: {what}{why}")
    uncertain = found["counts"].get("uncertain", 0)
    if uncertain:
        click.echo(f"{_mark(good=False)} {uncertain} may or may not be out; look at the account, then at  scheduler history")
    counts = ", ".join(f"{number} {state}" for state, number in found["counts"].items())
    click.echo(f"  Deliveries: {counts or 'none yet'}")
    for account in found["accounts"]:
        trouble = "" if account["ok"] else f": {account['reason']}"
        mark = "  " if account["ok"] else f"{_mark(good=False)} "
        click.echo(f"{mark}{account['account']}: {'live' if account['live'] else 'rehearsed'}{trouble}")
    for line in token_lines(project):
        click.echo(line)


def _mark(*, good: bool) -> str:
    return click.style("✓", fg="green") if good else click.style("✗", fg="red")
