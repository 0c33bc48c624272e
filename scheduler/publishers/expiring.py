"""Says which accounts' secrets end before their posts go out, at the accounts' places in config.toml."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.checks.tokens import tokens_before_posts
from scheduler.config.mistakes import FILE
from scheduler.config.positions import place_of, positions
from scheduler.model.finding import Finding
from scheduler.model.network import Account
from scheduler.model.plan import Entry
from scheduler.model.settings import Config
from scheduler.publishers.renewal import ends_by_account
from scheduler.publishers.standing import Standings


def expiring(
    entries: Iterable[Entry], accounts: Iterable[Account], standings: Standings, config: Config, now: datetime
) -> tuple[Finding, ...]:
    """Returns one warning for each of the accounts whose secret ends before posts of the plan, unless it is renewed by itself."""
    zone = ZoneInfo(config.organisation.timezone)
    names = [account.name for account in accounts]
    ends = {name: (end, told) for name, end, told in ends_by_account(names, standings, now, zone)}
    if not ends:
        return ()
    found = positions((Path(config.folder) / FILE).read_text("utf-8-sig"))
    places = {name: place_of(found, ("accounts", name)) for name in ends}
    return tuple(tokens_before_posts(entries, ends, places, FILE))
