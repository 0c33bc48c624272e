"""``scheduler resolve``: say whether a delivery in doubt is out."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.screen.options import folder_option, open_project
from scheduler.model.delivery import State
from scheduler.model.errors import ConfigurationError

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.ledger.ledger import Ledger


class NoSuchDelivery(ConfigurationError):
    """Is a name that fits no delivery, or more than one."""


@click.command()
@click.argument("deliveries", metavar="[DELIVERY]...", nargs=-1)
@click.option("--sent", metavar="URL", help="It is out, at this address.")
@click.option("--not-sent", is_flag=True, help="It, or the rest of its thread, is not out; send that.")
@click.option("--removed", is_flag=True, help="What its network kept or sent beside it is gone there.")
@click.option("--planned", is_flag=True, help="With --not-sent: all in doubt whose time is yet to come.")
@folder_option
def command(deliveries: tuple[str, ...], sent: str | None, *, not_sent: bool, removed: bool, planned: bool, folder: Path | None) -> int:
    """Say whether a delivery in doubt is out.

    Look at the account first. DELIVERY is the name that  scheduler queue  shows; its beginning is enough.
    With --not-sent a delivery that its network refused is tried once more, after you have mended its file.
    Of a thread that is out in part only the posts that lack are sent, below those that stand.

    \b
    scheduler resolve 3fa9c2 --sent https://social.example/@us/1
    scheduler resolve 3fa9c2 --not-sent
    scheduler resolve --planned --not-sent      after a ledger was put back
    """
    if (sent is not None) + not_sent + removed != 1:
        raise click.UsageError("Say either  --sent URL  or  --not-sent, or  --removed  of what  scheduler status  names.")
    if planned == bool(deliveries) or (not not_sent and len(deliveries) != 1):
        raise click.UsageError("Name the delivery; several, or  --planned  in place of a name, only with  --not-sent.")
    if sent is not None and not sent.startswith(("https://", "http://")):
        raise click.BadParameter("give the address of the post, beginning with https://", param_hint="--sent")
    project = open_project(folder)
    ledger = project.open_ledger()
    try:
        now = project.clock.now()
        names = _planned(ledger, now) if planned else [_named(delivery, ledger) for delivery in deliveries]
        said = [_removed(ledger, name, now) if removed else _decide(ledger, name, sent, now) for name in names]
    finally:
        ledger.close()
    for sentence in said:
        click.echo(f"{click.style('✓', fg='green')} {sentence}", err=True)
    if not said:
        click.echo("Nothing is in doubt whose time is yet to come.", err=True)
    return 0


def _removed(ledger: "Ledger", name: str, now: "datetime") -> str:
    if not ledger.hand_overs.removed(name, now):
        raise NoSuchDelivery(f"Nothing is known to be with a network beside {name}.", "scheduler status  names what is.")
    return f"{name}: what its network kept beside it is gone"


def _decide(ledger: "Ledger", name: str, sent: str | None, now: "datetime") -> str:
    if sent is not None:
        ledger.decide_sent(name, sent, now)
        return f"{name} is out: {sent}"
    ledger.decide_not_sent(name, now)
    out = ledger.threads().get(name, ())
    if out:
        return f"{name}: the rest of the thread is sent from its post {len(out) + 1} on, as soon as the scheduler runs"
    standing = ledger.standing(name)
    if standing is not None and standing.next_at > now:
        return f"{name} is not out and goes out at its time"
    return f"{name} is sent once more, as soon as the scheduler runs"


def _planned(ledger: "Ledger", now: "datetime") -> list[str]:
    return [line.delivery for line in ledger.unfinished() if line.state is State.UNCERTAIN and line.due > now]


def _named(wanted: str, ledger: "Ledger") -> str:
    facts = ledger.facts().deliveries
    found = sorted(name for name in facts if name.startswith(wanted.strip().lower())) if wanted.strip() else []
    if len(found) == 1:
        return found[0]
    if found:
        raise NoSuchDelivery(f"“{wanted}” fits {len(found)} deliveries: {', '.join(found[:5])}.", "Type more of it.")
    raise NoSuchDelivery(f"There is no delivery “{wanted}”.", "scheduler queue  shows those that wait for a decision.")
