"""What the plan changes, and what a file changed since it went out, as people read it."""

import difflib
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from itertools import groupby

import click

from scheduler.cli.screen.times import moment
from scheduler.ledger.history import Event
from scheduler.model.delivery import Fact, Moment
from scheduler.model.outgoing import Outgoing
from scheduler.planning.changes import Change, Kind
from scheduler.planning.times.walltime import at_instant

_HEADINGS = {
    Kind.MOVED: "Moves to another time",
    Kind.HELD: "Is held from now on",
    Kind.EDITED: "Is taken back from its network, and goes there anew",
    Kind.NEW: "Is new",
    Kind.GONE: "No longer goes out",
    Kind.OUT: "Is out already and stays as it is",
}


def print_changes(changes: Iterable[Change]) -> None:
    """Prints the changes by kind, the accounts of one part and time on one line."""
    found = sorted(changes, key=_order)
    for kind, of_kind in groupby(found, key=lambda change: change.kind):
        click.echo(f"{_HEADINGS[kind]}:")
        for _, same in groupby(of_kind, key=_order):
            click.echo(_line(list(same)))
        click.echo()
    if not found:
        click.echo("The plan is what the ledger has; nothing changes.")


def print_moves(moves: Iterable[tuple[Fact, Event]], now: datetime, zone: tzinfo) -> None:
    """Prints what moved lately, the accounts of one part on one line."""
    found = sorted(moves, key=_when)
    for (at, post, part, words), same in groupby(found, key=_when):
        name = f"{post} · {part}" if part else post
        accounts = ", ".join(sorted({fact.account for fact, _ in same}))
        click.echo(f"{moment(at, now, zone)}: {name} ({accounts})\n    {words}")


def _when(move: tuple[Fact, Event]) -> tuple[datetime, str, str, str]:
    fact, event = move
    return (event.at, fact.post, fact.part or "", event.reason)


def _order(change: Change) -> tuple[int, str, str, str, str, str]:
    kind = list(_HEADINGS).index(change.kind)
    return (kind, _sortable(change.after or change.before), change.post, change.part or "", _times(change), change.reason)


def _sortable(moment: Moment | None) -> str:
    return moment.utc.isoformat() if moment else ""


def _line(same: list[Change]) -> str:
    first = same[0]
    name = first.title or first.post
    part = f" · {first.part}" if first.part else ""
    accounts = ", ".join(sorted(change.account for change in same))
    reason = f"\n    {first.reason}" if first.reason else ""
    if first.takes_effect is not None and first.after is not None:
        at = at_instant(first.takes_effect, first.after.zone).local
        reason += f"\n    from {at:%H:%M:%S} on, if its files stay as they are"
    return f"  {name}{part}: {_times(first)} ({accounts}){reason}"


def _times(change: Change) -> str:
    if change.before is not None and change.after is not None and change.before.utc != change.after.utc:
        return f"{_words(change.before)} -> {_words(change.after)}"
    only = change.after or change.before
    return _words(only) if only else ""


def _words(moment: Moment) -> str:
    local = moment.local
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def difference(sent: Outgoing, now: Outgoing) -> Iterator[str]:
    """Yields what a file asks for now against what went out: lines taken out with ``-``, new ones with ``+``."""
    for name, before, after in _pieces(sent, now):
        if before != after:
            yield f"{name}:"
            lines = difflib.ndiff(before.split("\n"), after.split("\n"))
            yield from (f"  {line}" for line in lines if not line.startswith("?"))
    if [item.picture.sha256 for item in sent.media] != [item.picture.sha256 for item in now.media]:
        yield "The pictures are other ones than those that went out."


def _pieces(sent: Outgoing, now: Outgoing) -> Iterator[tuple[str, str, str]]:
    yield "Text", sent.text, now.text
    yield "Content warning", sent.content_warning or "", now.content_warning or ""
    yield "First comment", sent.first_comment, now.first_comment
    yield "Answers", "\n\n".join(reply.text for reply in sent.replies), "\n\n".join(reply.text for reply in now.replies)
