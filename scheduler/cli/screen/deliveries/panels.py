"""One outgoing post as a panel in the terminal."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from pathlib import Path
from textwrap import fill

import click
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from scheduler.assembly import STATE_FOLDER
from scheduler.checks.objection import length
from scheduler.cli.screen.deliveries.agenda import console
from scheduler.cli.screen.deliveries.differences import difference
from scheduler.cli.screen.frames import frame
from scheduler.cli.screen.records import relative
from scheduler.model.delivery import Delivery, State
from scheduler.model.graphic import Picture
from scheduler.model.network import Network
from scheduler.model.outgoing import LinkCard, Media, Outgoing
from scheduler.model.plan import Agenda, Entry
from scheduler.planning.composing.pictures import own_media
from scheduler.planning.targets import setting


def print_outgoing(entry: Entry, network: Network, folder: Path) -> None:
    """Prints what one account sends: when, the text, its length, the pictures with their descriptions, and what is wrong."""
    due, account = entry.delivery.due, entry.delivery.account
    kind = " · Story" if entry.delivery.story else ""
    title = f"{network.title} · {account.name}{kind} · {due.local:%a %b} {due.local.day}, {due.local:%Y %H:%M %Z} · {entry.word}"
    console().print(Panel(Group(*_content(entry, network, folder)), title=Text(title), title_align="left", width=min(console().width, 80)))
    for finding in entry.findings:
        click.echo(frame(finding, folder))


def print_people(entries: Sequence[Entry]) -> None:
    """Prints who looks after the post and who is asked, where the file says so."""
    people = entries[0].delivery.post.people if entries else ""
    if people:
        click.echo(people)


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
    lines += [Text(""), Text(_measure(outgoing, network), style="dim")]
    for item in outgoing.media:
        lines += _picture(item, network, _name(item.picture, folder, _template(entry.delivery)), story=outgoing.story)
    if outgoing.link_card:
        lines += _card(outgoing.link_card, _template(entry.delivery), folder)
    early = early_words(entry, outgoing, network)
    return [*lines, *_around(outgoing, network, folder), *([Text(early, style="dim")] if early else [])]


def early_words(entry: Entry, outgoing: Outgoing, network: Network) -> str:
    """Returns when a post is handed over before its time, or why it is not; empty where its account never does that."""
    due, ahead = entry.delivery.due.local, entry.delivery.account.hand_over
    if entry.state is State.HANDED:
        return f"{network.title} has it and sends it at its time, even where this machine is off."
    if not ahead or entry.state not in {State.PLANNED, State.QUEUED}:
        return ""
    why = outgoing.why_not_early
    at = (due.astimezone(UTC) - ahead).astimezone(due.tzinfo)
    return f"Not handed over early: {why}." if why else f"Handed over to {network.title} from {at:%a %b} {at.day}, {at:%H:%M} on."


def _measure(outgoing: Outgoing, network: Network) -> str:
    """Returns how long the text is by the network's own count, and what the post costs there."""
    most = network.limits.most_text(beside_pictures=bool(outgoing.media), beside_poll=outgoing.poll is not None)
    limit = f" / {most:,}" if most is not None else ""
    price = f" · costs ${network.price(outgoing):.3f}" if network.price else ""
    return f"{network.limits.length(outgoing.text, outgoing.facets):,}{limit} {network.limits.unit}{price}"


def _picture(item: Media, network: Network, name: str, *, story: bool = False) -> list[RenderableType]:
    """Returns how a picture is told, and what becomes of it on the network."""
    lack = network.no_alt_text(story=story, film=item.picture.video is not None)
    fate = network.limits.animations.fate(item.picture, network.limits.formats, network.title)
    focus = "Focus: {:g} {:g}".format(*item.focus) if item.focus is not None else ""
    told = (f"Alt text: {f'is not sent. {lack}' if lack else item.alt}", focus, fate)
    return [Text(_measured(item.picture, name), style="dim"), *(Text(f"  {words}") for words in told if words)]


def _card(card: LinkCard, template: str, folder: Path) -> Iterator[RenderableType]:
    yield Text(f"↗ {card.url}", style="dim")
    for words in (card.title, card.description):
        if words:
            yield Text(f"  {words}")
    if card.thumbnail:
        yield Text(f"  {_measured(card.thumbnail, _name(card.thumbnail, folder, template))}", style="dim")


def _name(picture: Picture, folder: Path, template: str = "") -> str:
    """Returns what a person knows a picture by: its file, or what it is where it is a file of ours under a name of digits."""
    path = relative(picture.path, folder)
    if not path.startswith(f"{STATE_FOLDER}/"):
        return path
    if picture.video is not None:
        return "a copy of your film, without what the camera wrote into it"
    return f"drawn from {template}" if template else "a copy of your picture, made to fit"


def _template(delivery: Delivery) -> str:
    """Returns the template that the post's picture is drawn from; empty where the author put a picture into the text."""
    found = "" if own_media(delivery) else setting(delivery.post, delivery.part, delivery.variant, "graphic")
    return str(found or "")


def tell_where_to_look(entries: Iterable[Entry]) -> None:
    """Says where drawn pictures can be seen, where there are any."""
    if any(entry.outgoing and entry.outgoing.media and _template(entry.delivery) for entry in entries):
        click.echo("See what is drawn:  scheduler preview --export preview.html", err=True)


def _measured(picture: Picture, name: str) -> str:
    size = f"{picture.width} × {picture.height}, {picture.bytes / 1000:,.0f} kB"
    if picture.frames:
        size = f"moves, {picture.frames:,} frames, {size}"
    if picture.video:
        size = f"film of {length(picture.video.seconds)}, {size}"
    return f"▣ {name} ({size})"


def _unseen(outgoing: Outgoing) -> str:
    """Returns who is mentioned by a name in the text, which does not show that it is a mention."""
    found = ((outgoing.text[facet.start : facet.end], facet.value) for facet in outgoing.facets if facet.kind == "mention")
    return ", ".join(f"{words} ({handle})" for words, handle in found if words != f"@{handle}")


def _around(outgoing: Outgoing, network: Network, folder: Path) -> Iterator[RenderableType]:
    """Yields what stands beside and below the post."""
    place = " · ".join(filter(None, (outgoing.location, outgoing.location_id and f"number {outgoing.location_id}")))
    for name, value in (("Mentions", _unseen(outgoing)), ("Place", place), ("Together with", ", ".join(outgoing.collaborators))):
        if value:
            yield Text(f"{name}: {value}", style="dim")
    if outgoing.poll:
        yield Text("\n  ".join(("Poll:", *outgoing.poll.lines)))
    if outgoing.first_comment:
        yield Text("\nFirst comment", style="bold")
        yield Text(outgoing.first_comment)
    for number, reply in enumerate(outgoing.replies, start=1):
        yield Text(f"\nAnswer {number} · {network.limits.count(reply.text):,} {network.limits.unit}", style="bold")
        yield Text(reply.text)
        for item in reply.media:
            yield from _picture(item, network, _name(item.picture, folder))


def print_difference(sent: Outgoing, now: Outgoing, entry: Entry, network: Network) -> None:
    """Prints what the file changed since it went out or was handed over, and what the network allows; nothing of it goes out by itself."""
    if entry.rehearsed:
        click.echo("  Changed since it was rehearsed; nothing of it is out.")
    elif entry.state is State.HANDED:
        click.echo("  Changed since it was handed over; the scheduler takes that back before it sends this.")
    else:
        click.echo("  Changed since it went out; the network still shows what was sent.")
    for line in difference(sent, now):
        click.echo(f"  {line}")
    if entry.state is not State.HANDED and not entry.rehearsed:
        click.echo(fill(_way_to_change(network), 80, initial_indent="  ", subsequent_indent="  "))


def _way_to_change(network: Network) -> str:
    """Returns what can be done about a post that is out."""
    untold = network.gaps.get("edit")
    if untold is None:
        return f"{network.title} lets the words of a post be changed: do that there."
    return f"{untold} Where it must be other words, delete it there and write a new post."


def print_unreadable(post: str, agenda: Agenda, folder: Path) -> None:
    """Prints why a post file could not be planned."""
    shown = [finding for finding in agenda.findings if unicodedata.normalize("NFC", finding.path[:-3]) == f"posts/{post}"]
    for finding in shown:
        click.echo(frame(finding, folder))
    if not any(finding.is_error for finding in shown):
        click.echo(f"{post} is held: {agenda.unreadable[post]}")
