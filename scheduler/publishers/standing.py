"""Remembers how each account stands: what its network last said of it, for ``status``, and which limits its server told."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scheduler.clock import Clock
from scheduler.config.private import write_private
from scheduler.model.network import Limits, Network
from scheduler.model.outcome import Outcome, Proof, Published, Refused
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import Checked, Publisher, Remember

_NUMBERS = frozenset(item.name for item in fields(Limits) if item.type in {int | None, int, bool, "int | None", "int", "bool"})
_THE_ACCOUNT_S = frozenset({"auth", "restricted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Is what is known of an account; times are RFC 3339 in UTC or empty."""

    ok: bool = True
    reason: str = ""
    handle: str = ""
    token_expires: str = ""
    checked_at: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)


class Standings:
    """Keeps one small file for each account in the folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def of(self, account: str) -> Standing | None:
        """Returns what is known of an account; None where it was never asked."""
        try:
            data = json.loads((self._folder / f"{account}.json").read_text(encoding="utf-8"))
            return Standing(**data)
        except (OSError, ValueError, TypeError):
            return None

    def keep(self, account: str, checked: Checked) -> Standing:
        """Writes what the network said of an account."""
        ends = checked.token_expires.astimezone(UTC).isoformat() if checked.token_expires else ""
        told = {name: number for name, number in checked.limits.items() if name in _NUMBERS and number > 0}
        found = Standing(ok=checked.ok, reason=checked.reason, handle=checked.handle, token_expires=ends, limits=told)
        return self._write(account, found)

    def noticed(self, account: str, *, ok: bool, reason: str = "") -> None:
        """Writes what an attempt to publish showed; the rest of what is known stays."""
        known = self.of(account) or Standing()
        if (known.ok, known.reason) != (ok, reason):
            self._write(account, replace(known, ok=ok, reason=reason))

    def told(self, account: str, facts: Network) -> Network:
        """Returns the network as this account's own server has it."""
        known = self.of(account)
        limits: dict[str, Any] = {name: number for name, number in known.limits.items() if name in _NUMBERS} if known else {}
        if facts.limits.count_links is not None and "link_length" in limits:
            limits["count"] = facts.limits.count_links(limits["link_length"])
        return replace(facts, limits=replace(facts.limits, **limits)) if limits else facts

    def _write(self, account: str, standing: Standing) -> Standing:
        stamped = replace(standing, checked_at=self._clock.now().astimezone(UTC).isoformat(timespec="seconds"))
        try:
            write_private(self._folder / f"{account}.json", json.dumps(asdict(stamped), ensure_ascii=False))
        except OSError:
            # This is a note for people; that it cannot be kept must not stop what is to be published.
            return stamped
        return stamped


class Watched:
    """Passes everything on to a publisher and keeps in mind whether its account still may publish."""

    def __init__(self, publisher: Publisher, account: str, standings: Standings) -> None:
        self._publisher = publisher
        self._account = account
        self._standings = standings

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        """Returns the publisher's ids."""
        return self._publisher.prepare(outgoing, now)

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Publishes, and notices whether the network still takes the account's secret."""
        outcome = self._publisher.publish(envelope, remember)
        if isinstance(outcome, Refused) and outcome.kind in _THE_ACCOUNT_S:
            self._standings.noticed(self._account, ok=False, reason=outcome.reason)
        elif isinstance(outcome, Published):
            self._standings.noticed(self._account, ok=True)
        return outcome

    def find(self, envelope: Envelope) -> Proof:
        """Returns the publisher's proof."""
        return self._publisher.find(envelope)
