"""``scheduler queue``: what is not finished, and why each of it is where it is."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.screen.options import folder_option, json_option, open_project

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from scheduler.cli.screen.deliveries.situation import Situation
    from scheduler.ledger.history import Line

_BY_ITSELF = "Goes on by itself"


@click.command()
@json_option
@folder_option
def command(as_json: bool, folder: Path | None) -> int:
    """Tell why each unfinished delivery waits.

    Shows what the ledger holds that is neither out nor given up: first what needs a person, then what waits by
    itself; why, and what you can do about it.

    \b
    scheduler queue
    scheduler queue --json
    """
    from scheduler.cli.screen.deliveries.situation import situation_of

    tell(situation_of(open_project(folder)), as_json=as_json)
    return 0


def tell(found: "Situation", *, as_json: bool) -> None:
    """Prints a situation, for people or for programs."""
    from scheduler.cli.screen.records import print_json

    if as_json:
        print_json("queue/1", {"deliveries": [_record(line, found) for line in found.lines]})
    else:
        _print(found)


def _record(line: "Line", found: "Situation") -> dict[str, Any]:
    from scheduler.cli.screen.deliveries.why import needs_a_person, step, why
    from scheduler.cli.screen.records import thread_record, utc_text

    return {
        "delivery": line.delivery,
        "post": line.post,
        "part": line.part or None,
        "account": line.account,
        "network": line.network,
        "due": line.due_local,
        "due_utc": utc_text(line.due),
        "state": line.state.value,
        "next_at": utc_text(line.next_at),
        "attempts": line.attempts,
        "needs_a_person": needs_a_person(line, found.around),
        "why": why(line, found.around),
        "thread": thread_record(line.out),
        "step": " ".join(step(line, found.around).split()) or None,
    }


def _print(found: "Situation") -> None:
    from rich.text import Text

    from scheduler.cli.screen.deliveries.agenda import console

    if not found.lines:
        if found.counts.total():
            click.echo("Nothing waits. Everything the scheduler took over is out or given up.")
        else:
            click.echo("Nothing was taken over yet; that begins with  scheduler run\nWhat is planned:  scheduler list")
        return
    screen = console()
    groups: dict[str, list[Line]] = {"Needs a person": [], "Paused": [], "Held back": [], _BY_ITSELF: []}
    for line in found.lines:
        groups[_group_of(line, found)].append(line)
    for name, lines in groups.items():
        _print_group(name, lines, found, screen)
    if groups[_BY_ITSELF] and not found.pulse.healthy:
        for told in (found.pulse.sentence, found.pulse.step, *found.pulse.trouble):
            if told:
                screen.print(Text(told))


def _group_of(line: "Line", found: "Situation") -> str:
    from scheduler.cli.screen.deliveries.why import is_paused, needs_a_person
    from scheduler.model.delivery import State

    if is_paused(line, found.around):
        return "Paused"
    if line.state is State.HELD:
        return "Held back"
    return "Needs a person" if needs_a_person(line, found.around) else _BY_ITSELF


def _print_group(title: str, lines: "Iterable[Line]", found: "Situation", screen: "Console") -> None:
    from rich.padding import Padding
    from rich.text import Text

    from scheduler.cli.screen.deliveries.lines import alike, head
    from scheduler.cli.screen.deliveries.why import step, why

    groups = alike(lines, found.around)
    if groups:
        screen.print(Text(f"{title}", style="bold"))
    for same in groups:
        screen.print(Padding(head(same, found.around), (0, 0, 0, 2), expand=False))
        screen.print(Padding(Text(why(same[0], found.around)), (0, 0, 0, 6), expand=False))
        for line in same:
            told = step(line, found.around)
            if told and (line is same[0] or line.delivery[:8] in told):
                screen.print(Padding(Text(f"→ {told}".replace("\n", "\n  "), style="dim"), (0, 0, 0, 6), expand=False))
    if groups:
        screen.print()
