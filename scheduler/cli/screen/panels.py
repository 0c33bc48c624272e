"""One outgoing post as a panel in the terminal."""

from pathlib import Path

import click
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from scheduler.cli.screen.agenda import console
from scheduler.cli.screen.frames import frame
from scheduler.cli.screen.records import relative
from scheduler.model.network import Network
from scheduler.model.plan import Agenda, Entry


def print_outgoing(entry: Entry, network: Network, folder: Path) -> None:
    """Prints what one account sends: when, the text, its length, the pictures with their descriptions, and what is wrong."""
    due, account = entry.delivery.due, entry.delivery.account
    title = f"{network.title} · {account.name} · {due.local:%a %b} {due.local.day}, {due.local:%Y %H:%M %Z} · {entry.state.value}"
    console().print(Panel(Group(*_content(entry, network, folder)), title=Text(title), title_align="left", width=min(console().width, 80)))
    for finding in entry.findings:
        click.echo(frame(finding, folder))


def _content(entry: Entry, network: Network, folder: Path) -> list[RenderableType]:
    outgoing = entry.outgoing
    lines: list[RenderableType] = []
    if entry.reason:
        lines += [Text(entry.reason, style="yellow"), Text("")]
    if outgoing is None:
        return lines
    if outgoing.content_warning:
        lines += [Text(f"Content warning: {outgoing.content_warning}", style="bold"), Text("")]
    lines.append(Text(outgoing.text))
    limit = f" / {network.limits.text:,}" if network.limits.text is not None else ""
    lines += [Text(""), Text(f"{network.limits.count(outgoing.text):,}{limit} {network.limits.unit}", style="dim")]
    for item in outgoing.media:
        picture = item.picture
        size = f"{picture.width} × {picture.height}, {picture.bytes / 1000:,.0f} kB"
        lines += [Text(f"▣ {relative(picture.path, folder)} ({size})", style="dim"), Text(f"  Alt text: {item.alt}")]
    if outgoing.link_card:
        lines.append(Text(f"↗ {outgoing.link_card.url}", style="dim"))
    return lines


def print_unreadable(post: str, agenda: Agenda, folder: Path) -> None:
    """Prints why a post file could not be planned."""
    for finding in agenda.findings:
        if finding.path.removesuffix(".md").endswith(post):
            click.echo(frame(finding, folder))
