"""``scheduler status``: is it running, what is next, and does anything need a person?"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.screen.options import folder_option, json_option, open_project

if TYPE_CHECKING:
    from scheduler.assembly import Project
    from scheduler.cli.screen.deliveries.situation import Situation

_WORDS = {
    "uncertain": ("may or may not be out", "may or may not be out"),
    "missed": ("was missed", "were missed"),
    "refused": ("was refused", "were refused"),
    "held": ("is held back", "are held back"),
    "sent": ("is out, and something of it lacks", "are out, and something of each lacks"),
    "handed": ("is kept by its network, which a person should look at", "are kept by their networks, which a person should look at"),
}


@click.command()
@json_option
@folder_option
def command(as_json: bool, folder: Path | None) -> int:
    """Tell what runs, what is next, what is wrong.

    \b
    scheduler status
    scheduler status --json

    Exits with 1 unless the daemon does its work, nothing is overdue, every live account may publish, and nothing is
    uncertain or a thread of which only the beginning is out.
    """
    return tell(open_project(folder), as_json=as_json)


def tell(project: "Project", *, as_json: bool) -> int:
    """Prints how a project stands, for people or for programs; returns 0 where all is well, else 1."""
    from scheduler.cli.screen.accounts import account_records
    from scheduler.cli.screen.deliveries.situation import situation_of, situation_without
    from scheduler.cli.screen.deliveries.why import needs_a_person
    from scheduler.cli.screen.records import print_json
    from scheduler.ledger import LedgerError
    from scheduler.model.delivery import State

    accounts = account_records(project)
    try:
        found = situation_of(project)
    except LedgerError as error:
        # That the ledger cannot be read is how things stand: whoever watches wants to be told so as of anything else.
        found = situation_without(project, error)
    if as_json:
        print_json("status/1", {**_record(found), "accounts": accounts})
    else:
        _print(found, accounts, project)
    broken = any(account["live"] and not account["ok"] for account in accounts)
    stuck = any(line.state is State.HANDED and needs_a_person(line, found.around) for line in found.lines)
    stuck = stuck or bool(found.strays) or any(line.out and line.state is State.REFUSED for line in found.lines)
    return int(not found.pulse.healthy or found.overdue > 0 or bool(found.counts[State.UNCERTAIN]) or broken or stuck)


def _record(found: "Situation") -> dict[str, Any]:
    from scheduler.cli.screen.deliveries.why import needs_a_person
    from scheduler.cli.screen.records import thread_record, utc_text

    pulse, gap = found.pulse, found.gap
    return {
        "daemon": {
            "alive": pulse.alive,
            "last_tick": utc_text(found.last_tick) if found.last_tick else None,
        },
        "pulse": {"state": pulse.state, "says": pulse.sentence, "step": pulse.step or None, "trouble": list(pulse.trouble)},
        "next_due": utc_text(found.next_due) if found.next_due else None,
        "overdue": found.overdue,
        "paused": [{"scope": p.scope.value, "name": p.name or None, "reason": p.reason, "since": utc_text(p.since)} for p in found.pauses],
        "set_back": {"cause": gap.cause, "known_until": utc_text(gap.copied_at), "found_at": utc_text(gap.restored_at)} if gap else None,
        "strays": [
            {
                "delivery": s.delivery,
                "account": s.account,
                "remote_id": s.remote_id,
                "url": s.url or None,
                "reason": s.told,
                "tries": s.tries,
            }
            for s in found.strays
        ],
        "moving": {"at": utc_text(found.moving[0]), "deliveries": found.moving[1]} if found.moving else None,
        "in_part": [
            {"delivery": line.delivery, "post": line.post, "account": line.account, "state": line.state.value, **found_out}
            for line in found.lines
            if (found_out := thread_record(line.out)) is not None
        ],
        "needs_a_person": sum(needs_a_person(line, found.around) for line in found.lines),
        "counts": found.tally,
    }


def _print(found: "Situation", accounts: list[dict[str, Any]], project: "Project") -> None:
    from rich.padding import Padding
    from rich.text import Text

    from scheduler.cli.screen.accounts import tell_versions, token_lines
    from scheduler.cli.screen.deliveries.agenda import console

    screen = console()
    for indent, text in (
        *_daemon(found),
        *_set_back(found),
        *_next(found),
        *_moving(found),
        *_pauses(found),
        *_needs(found),
        *_strays(found),
    ):
        screen.print(Padding(Text.from_ansi(text), (0, 0, 0, indent), expand=False))
    counts = ", ".join(f"{number} {word}" for word, number in found.tally.items())
    if counts or found.pulse.healthy or found.pulse.state == "never":
        screen.print(f"  Deliveries: {counts or 'none yet'}")
    for account in accounts:
        trouble = "" if account["ok"] else f": {account['reason']}"
        mark = "  " if account["ok"] else f"{_mark(good=False)} "
        screen.print(Text.from_ansi(f"{mark}{account['account']}: {'live' if account['live'] else 'rehearsed'}{trouble}"))
    for line in token_lines(project):
        click.echo(line)
    tell_versions(project, (account.name for account in project.accounts.live))


def _daemon(found: "Situation") -> Iterator[tuple[int, str]]:
    pulse = found.pulse
    yield 0, f"{_mark(good=pulse.state == 'runs')} {pulse.sentence}"
    if pulse.step:
        yield 4, pulse.step
    for trouble in pulse.trouble:
        yield 0, f"{_mark(good=False)} {trouble}"


def _set_back(found: "Situation") -> Iterator[tuple[int, str]]:
    if found.gap is not None:
        yield 0, f"! {found.gap.told}, as was seen {found.around.at(found.gap.restored_at)}."
        yield 4, "What went out in between is unknown; what was due then waits for a person:  scheduler queue"


def _next(found: "Situation") -> Iterator[tuple[int, str]]:
    from scheduler.cli.screen.times import moment

    if found.next_due is not None and found.next_due > found.around.now:
        first = [line for line in found.lines if line.state.value == "queued" and line.next_at == found.next_due]
        posts = sorted({line.post for line in first})
        where = sorted({line.account for line in first})
        more = f" and {len(posts) - 1} more" if len(posts) > 1 else ""
        zone = found.next_due.astimezone(found.around.zone)
        yield 2, f"Next: {moment(found.next_due, found.around.now, found.around.zone)} {zone:%Z}, {posts[0]}{more} ({_few(where)})"
    if found.overdue:
        verb = "delivery is" if found.overdue == 1 else "deliveries are"
        yield 0, f"{_mark(good=False)} {found.overdue} {verb} overdue; the reasons:  scheduler queue"


def _moving(found: "Situation") -> Iterator[tuple[int, str]]:
    if found.moving is not None:
        at, number = found.moving
        what = "1 delivery gets another time" if number == 1 else f"{number} deliveries get other times"
        yield 0, f"! {what} {found.around.at(at)}, if the files stay as they are:  scheduler list --changes"


def _few(names: list[str]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{len(names)} accounts"  # noqa: PLR2004 - more than three fill the line


def _pauses(found: "Situation") -> Iterator[tuple[int, str]]:
    from scheduler.cli.screen.deliveries.why import way_back

    for pause in found.pauses:
        what = "Everything" if pause.scope.value == "all" else f"The {pause.scope.value} {pause.name}"
        reason, _, mend = pause.reason.partition(" Put that right, then:  ")
        flags = "" if pause.scope.value == "all" else f" --{pause.scope.value} {pause.name}"
        yield 0, f"‖ {what} is paused since {found.around.at(pause.since)}{f': {reason}' if reason else ''}"
        yield 4, f"{way_back(pause)}Put that right, then:  scheduler resume{flags}" if mend else f"To go on:  scheduler resume{flags}"


def _needs(found: "Situation") -> Iterator[tuple[int, str]]:
    from scheduler.cli.screen.deliveries.why import needs_a_person
    from scheduler.model.delivery import State
    from scheduler.planning.waiting import FOR

    told = False
    waiting = (line for line in found.lines if line.state.value == "held" and FOR in line.reason)
    for name, reason in dict.fromkeys((f"{line.post} · {line.part}" if line.part else line.post, line.reason) for line in waiting):
        yield 0, f"! {name}: {reason}"
    for state, (one, many) in _WORDS.items():
        number = sum(line.state.value == state and (state != "handed" or needs_a_person(line, found.around)) for line in found.lines)
        if number:
            told = True
            yield 0, f"{_mark(good=False) if state not in {'held', 'sent'} else '!'} {number} {one if number == 1 else many}"
    half = sum(bool(line.out) and line.state is State.REFUSED for line in found.lines)
    if half:
        yield 4, f"{'One is a thread' if half == 1 else f'{half} are threads'} of which only the beginning is out."
    if told:
        yield 4, "Why, and what you can do:  scheduler queue"


def _strays(found: "Situation") -> Iterator[tuple[int, str]]:
    for stray in found.strays:
        told = stray.told or f"{stray.account} keeps what was handed over to it by a process that was not to send it any more."
        yield 0, f"{_mark(good=False)} {told}"
        yield 4, f"It is tried again {found.around.at(stray.next_at)}. Or remove it yourself: {stray.where}"
        yield 4, f"then  scheduler resolve {stray.delivery[:8]} --removed"


def _mark(*, good: bool) -> str:
    return click.style("✓", fg="green") if good else click.style("✗", fg="red")
