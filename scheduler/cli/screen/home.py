"""What ``scheduler`` alone prints: where one stands, and what one probably wants to do next; twelve lines at most."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.screen.options import open_project
from scheduler.config.reading import NoProject
from scheduler.model.delivery import Delivery, State
from scheduler.model.plan import Plan
from scheduler.postfiles.trouble import PostFolderError

if TYPE_CHECKING:
    from scheduler.assembly import Project

_WIDTH = 80
_START = (
    ("scheduler init my-org", "make a project folder, with a sample campaign"),
    ("cd my-org && scheduler", "see where it stands"),
    ("scheduler --help", "every command"),
)
_NEW = ("scheduler new", "begin a post")
_CHECK = ("scheduler check", "find mistakes, with line and fix")
_LIST = ("scheduler list", "see what goes out when")
_SHOW = ("scheduler preview --export preview.html", "look at every post")
_REHEARSE = ("scheduler rehearse", "play the plan, sending nothing")
_RUN = ("scheduler run", "publish on time, until you stop it")
_STATUS = ("scheduler status", "what needs a person")


def print_home(folder: Path | None) -> None:
    """Prints the state of the project around here and three commands; outside of a project, how to begin."""
    try:
        project = open_project(folder)
    except NoProject:
        if folder is not None:
            raise
        click.echo("There is no project in this folder. To begin:\n")
        _print_commands(_START)
        return
    _print_project(project)


def _print_project(project: "Project") -> None:
    from scheduler.daemon.instance import running

    now = project.clock.now()
    runs = running(project.state_folder) is not None
    click.echo(click.style(_short(project.config.organisation.name), bold=True))
    try:
        reading, drafted = project.draft(now, project.facts())
    except PostFolderError as trouble:
        click.echo(f"  ! {trouble.message}: {trouble.hint}")
        return
    findings = (*reading.all_findings, *drafted.findings)
    broken = len({finding.path for finding in findings if finding.is_error})
    for line in (_posts(len(reading.files), broken), *_next(drafted, now), _accounts(project, runs=runs)):
        click.echo(f"  {line}")
    click.echo()
    _print_commands(_likely(posts=len(reading.files), broken=broken, runs=runs))
    click.echo(click.style("\n  All commands:  scheduler --help", dim=True))


def _posts(posts: int, broken: int) -> str:
    if not posts:
        return "No posts yet: they are files in posts/"
    counted = f"{posts} post file{'s' if posts > 1 else ''}"
    if not broken:
        return f"{click.style('✓', fg='green')} {counted}, all of them understood"
    mistakes = "1 file has mistakes, and is held" if broken == 1 else f"{broken} files have mistakes, and are held"
    return f"{click.style('!', fg='yellow')} {counted}; {mistakes}"


def _next(drafted: Plan, now: datetime) -> Iterator[str]:
    coming = [delivery for delivery in drafted.deliveries if delivery.due.utc >= now]
    held = [held for held in drafted.held if held.state is State.HELD and held.delivery.due.utc >= now]
    if coming:
        first = min(coming, key=lambda delivery: delivery.due.utc)
        same = [delivery for delivery in coming if delivery.post.id == first.post.id and delivery.due.utc == first.due.utc]
        yield _short(f"Next: {_moment(first)}, {first.post.title or first.post.id} ({_to(same)})")
        last = max(coming, key=lambda delivery: delivery.due.utc)
        yield f"{len(coming)} {'delivery' if len(coming) == 1 else 'deliveries'} planned until {_day(last)}"
    else:
        yield "Nothing is planned"
    if held:
        yield f"{len(held)} held; the reasons are in  scheduler list"


def _to(deliveries: Sequence[Delivery]) -> str:
    return deliveries[0].account.name if len(deliveries) == 1 else f"{len(deliveries)} accounts"


def _accounts(project: "Project", *, runs: bool) -> str:
    accounts = project.config.accounts.values()
    live = sum(account.live or project.networks[account.network].local for account in accounts)
    running = "The daemon runs" if runs else "The daemon does not run"
    return f"{running}; {live} of {len(accounts)} accounts {'is' if live == 1 else 'are'} real, the others are rehearsed"


def _likely(*, posts: int, broken: int, runs: bool) -> tuple[tuple[str, str], ...]:
    if not posts:
        return (_NEW, _CHECK, _LIST)
    if broken:
        return (_CHECK, _LIST, _NEW)
    return (_NEW, _LIST, _STATUS) if runs else (_SHOW, _REHEARSE, _RUN)


def _print_commands(commands: tuple[tuple[str, str], ...]) -> None:
    width = max(len(command) for command, _ in commands) + 3
    for command, meaning in commands:
        click.echo(f"    {click.style(command.ljust(width), bold=True)}{meaning}")


def _moment(delivery: Delivery) -> str:
    local = delivery.due.local
    return f"{local:%a, %b} {local.day}, {local:%Y, %H:%M %Z}"


def _day(delivery: Delivery) -> str:
    local = delivery.due.local
    return f"{local:%b} {local.day}, {local:%Y}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH - 2 else f"{line[: _WIDTH - 3]}…"
