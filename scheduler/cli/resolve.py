"""``scheduler resolve``: say whether a delivery in doubt is out."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.screen.options import folder_option, open_project
from scheduler.model.errors import ConfigurationError

if TYPE_CHECKING:
    from scheduler.ledger.ledger import Ledger


class NoSuchDelivery(ConfigurationError):
    """Is a name that fits no delivery, or more than one."""


@click.command()
@click.argument("delivery")
@click.option("--sent", metavar="URL", help="It is out, at this address.")
@click.option("--not-sent", is_flag=True, help="It is not out; send it.")
@folder_option
def command(delivery: str, sent: str | None, not_sent: bool, folder: Path | None) -> int:
    """Say whether a delivery in doubt is out.

    Look at the account first. DELIVERY is the name that  scheduler queue  shows; its beginning is enough.
    With --not-sent a delivery that its network refused is tried once more, after you have mended its file.

    \b
    scheduler resolve 3fa9c2 --sent https://social.example/@us/1
    scheduler resolve 3fa9c2 --not-sent
    """
    if (sent is not None) == not_sent:
        raise click.UsageError("Say either  --sent URL  or  --not-sent.")
    if sent is not None and not sent.startswith(("https://", "http://")):
        raise click.BadParameter("give the address of the post, beginning with https://", param_hint="--sent")
    project = open_project(folder)
    ledger = project.open_ledger()
    try:
        name, now = _named(delivery, ledger), project.clock.now()
        if sent is not None:
            ledger.decide_sent(name, sent, now)
            said = f"{name} is out: {sent}"
        else:
            ledger.decide_not_sent(name, now)
            said = f"{name} is sent once more, as soon as the scheduler runs"
    finally:
        ledger.close()
    click.echo(f"{click.style('✓', fg='green')} {said}", err=True)
    return 0


def _named(wanted: str, ledger: "Ledger") -> str:
    facts = ledger.facts().deliveries
    found = sorted(name for name in facts if name.startswith(wanted.strip().lower())) if wanted.strip() else []
    if len(found) == 1:
        return found[0]
    if found:
        raise NoSuchDelivery(f"“{wanted}” fits {len(found)} deliveries: {', '.join(found[:5])}.", "Type more of it.")
    raise NoSuchDelivery(f"There is no delivery “{wanted}”.", "scheduler queue  shows those that wait for a decision.")
