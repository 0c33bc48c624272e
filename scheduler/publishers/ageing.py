"""Says which accounts use a version of their network's API that ends before long, at its place in config.toml."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from scheduler.config.mistakes import FILE
from scheduler.config.positions import place_of, positions
from scheduler.model.finding import Finding, Severity
from scheduler.model.network import Account, Life, Network


@dataclass(frozen=True, slots=True)
class Aged:
    """Is an account with an old version: its days, in a sentence, and what to write or do instead."""

    version: str
    setting: str
    life: Life
    told: str
    fix: str


def aged(account: Account, network: Network, now: datetime) -> Aged | None:
    """Returns what is to be said of an account's version; None where it is young, or its days are not known."""
    ageing, today = network.ageing, now.date()
    version = account.settings.get(ageing.setting, "") if ageing else ""
    life = ageing.life(version) if ageing else None
    if ageing is None or life is None or today < life.since + ageing.old_after:
        return None
    end = "has ended, or ends any day" if today >= life.until else f"ends about {_day(life.until)}"
    told = f"{account.name} uses version {version} of {network.title}’s API, which is of {_day(life.since)} and {end}"
    return Aged(version, ageing.setting, life, told, _fix(account, network, today))


def _fix(account: Account, network: Network, today: date) -> str:
    ageing = network.ageing
    ours = next((setting.default or "" for setting in network.settings if ageing and setting.name == ageing.setting), "")
    life = ageing.life(ours) if ageing else None
    if ageing and life is not None and today < life.since + ageing.old_after:
        return f'{ageing.setting} = "{ours}"'
    setting = ageing.setting if ageing else ""
    return f"install the newest release of scheduler, or set a newer  {setting}  in [accounts.{account.name}]"


def old_versions(accounts: Iterable[Account], networks: Mapping[str, Network], text: str, now: datetime) -> Iterator[Finding]:
    """Yields one warning for each account whose version is old; ``text`` is that of config.toml."""
    found = None
    for account in accounts:
        old = aged(account, networks[account.network], now)
        if old is None:
            continue
        found = positions(text) if found is None else found
        yield Finding(
            rule="api-version-old",
            severity=Severity.WARNING,
            message=old.told,
            path=FILE,
            span=place_of(found, ("accounts", account.name, old.setting)),
            label="versions end about then, and the network announces it on its pages for developers",
            consequence="the network would refuse posts, or take them in another way than was tried",
            fix=old.fix,
            network=account.network,
            account=account.name,
        )


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day:%Y}"
