"""Says which accounts are called otherwise in config.toml than by their network: posts would mention somebody else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from scheduler.config.mistakes import FILE
from scheduler.config.positions import place_of, positions
from scheduler.model.finding import Finding, Severity
from scheduler.model.network import Account, Network
from scheduler.publishers.standing import Standing, Standings


def is_called_otherwise(account: Account, network: Network, told: str) -> bool:
    """Tells whether the network's handle of an account is another than config.toml's; a name without its server is no other one.

    What is no handle there is a name in words, and people may choose those.
    """
    mentions, ours, theirs = network.mentions, _bare(account.handle), _bare(told)
    if mentions is None or mentions.by_name or not (mentions.is_handle(ours) and mentions.is_handle(theirs)):
        return False
    return ours != theirs and not ours.startswith(f"{theirs}@") and not theirs.startswith(f"{ours}@")


def somebody_else(account: Account, network: Network, known: Standing | None, told: str) -> str:
    """Returns who an account was so far where its network now tells another one; empty where it does not, or config.toml has that one.

    An account that is live and was never asked is whom config.toml says.
    """
    before = (known.handle if known else "") or (account.handle if account.live else "")
    if _bare(account.handle) == _bare(told) or not is_called_otherwise(replace(account, handle=before), network, told):
        return ""
    return before


def called_otherwise(accounts: Iterable[Account], networks: Mapping[str, Network], standings: Standings, text: str) -> Iterator[Finding]:
    """Yields one warning for each account that its network called otherwise when it was last asked; ``text`` is that of config.toml."""
    for account in accounts:
        known = standings.of(account.name) if account.handle else None
        network = networks[account.network]
        if known is None or not is_called_otherwise(account, network, known.handle):
            continue
        yield Finding(
            rule="handle-differs",
            severity=Severity.WARNING,
            message=f"{account.name} has the handle {account.handle} here, and {network.title} calls it {as_written(known.handle)}",
            path=FILE,
            span=place_of(positions(text), ("accounts", account.name, "handle")),
            label="whose is it?",
            consequence="{org.mention} and the account’s typed handles would become the mention of somebody else",
            fix=f'handle = "{as_written(known.handle)}"',
            network=account.network,
            account=account.name,
        )


def as_written(handle: str) -> str:
    """Returns a handle as people write it, with its ``@``."""
    return f"@{handle.strip().removeprefix('@')}"


def _bare(handle: str) -> str:
    return handle.strip().removeprefix("@").casefold()
