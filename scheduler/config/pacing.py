"""How fast each account may post: what its own slots say, else those of its network, else everyone's, else ``[policy]``."""

import difflib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from scheduler.config.mistakes import Places, did_you_mean, finding
from scheduler.config.positions import place_of
from scheduler.config.schema import PACE, ConfigFile
from scheduler.model.finding import Finding
from scheduler.model.settings import Pace

_EVERYBODY = "default"


def paces(file: ConfigFile) -> Mapping[str, Pace]:
    """Returns the pace of each account that has one of its own; what its slots leave open is that of the project."""
    common = {name: getattr(file.policy, name) for name in PACE}
    found = {}
    for name, account in file.accounts.items():
        own: dict[str, Any] = {}
        for table in (_EVERYBODY, account.network, name):
            own |= file.slots[table].own_pace() if table in file.slots else {}
        if own:
            found[name] = Pace(**{**common, **own})
    return found


def foreign(file: ConfigFile, networks: Collection[str], found: Places) -> Iterator[Finding]:
    """Yields a finding for each setting of the pace in slots of no account and no network: a pool has no pace of its own."""
    known = {_EVERYBODY, *file.accounts, *networks}
    for name, table in file.slots.items():
        for key in table.own_pace() if name not in known else ():
            yield finding(
                "bad-setting",
                f"{key} belongs to an account, and there is no account “{name}”: posts of a pool keep the pace of their account",
                place_of(found, ("slots", name, key), key=True),
                label=did_you_mean(name, known),
                fix=f"write it below [slots.{_likely(name, file.accounts)}], and an account’s slots are its own",
            )


def _likely(name: str, accounts: Collection[str]) -> str:
    return next(iter(difflib.get_close_matches(name, accounts, n=1, cutoff=0.6)), next(iter(accounts), _EVERYBODY))


def in_slots(account: str, key: str, value: object, found: Places) -> Finding:
    """Returns the finding of a setting of the pace that stands with the account and not with its slots."""
    typed = value if isinstance(value, int) else json.dumps(str(value), ensure_ascii=False)
    return finding(
        "unknown-setting",
        f"{key} of an account stands with its slots",
        place_of(found, ("accounts", account, key), key=True),
        label="here it would have no effect",
        fix=f"[slots.{account}]\n{key} = {typed}",
    )
