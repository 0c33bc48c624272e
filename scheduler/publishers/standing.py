"""Remembers how each account stands: what its network last said of it, for ``status``, and which limits its server told."""

import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scheduler.clock import Clock
from scheduler.config.mistakes import FILE
from scheduler.config.private import write_private
from scheduler.model.limits import Limits
from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Handed, HandingOver, Outcome, Proof, Published, Refused, Uncertain, Verdict, Whereabouts
from scheduler.model.outgoing import PLACE, Envelope, Outgoing
from scheduler.publishers.contract import FORMAT, NO_POLLS, Checked, HandsOver, KnowsKeys, Lasts, Publisher, Remember, Renews

_NUMBERS = frozenset(item.name for item in fields(Limits) if item.type in {int | None, int, bool, "int | None", "int", "bool"})
_NUMBERS_WITHIN = frozenset({"video.bytes", "video.pixels", "poll.options", "poll.characters"})
_SHORTEST, _LONGEST = "poll.shortest", "poll.longest"
_THE_ACCOUNT_S = frozenset({"auth", "restricted"})
_THE_POST_S = frozenset({"content", "media"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Is what is known of an account; times are RFC 3339 in UTC or empty.

    ``mark`` tells one secret from another and ``since`` when this one was first seen. ``renews`` says that it is renewed without a
    person, ``renewed_at`` when that was done last and ``renewal_trouble`` why it was not; ``looked_at`` is when it was last looked after.
    ``asked_at`` is when its network was asked last whether it may publish; empty for at once.
    ``is_about`` says that nobody told ``token_expires``: it is counted from when the secret was first seen.
    ``warned`` is the number of days of the last warning of its end, 0 for none.
    """

    ok: bool = True
    reason: str = ""
    handle: str = ""
    token_expires: str = ""
    checked_at: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    mark: str = ""
    since: str = ""
    renews: bool = False
    renewed_at: str = ""
    renewal_trouble: str = ""
    looked_at: str = ""
    warned: int = 0
    asked_at: str = ""
    is_about: bool = False


def mark_of(secret: str) -> str:
    """Returns what tells a secret from another one, and is no help in guessing either."""
    return hashlib.sha256(f"scheduler:{secret}".encode()).hexdigest()[:12]


def instant(text: str) -> datetime | None:
    """Returns an instant as it is kept, None where there is none."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo is not None else None


_FIELDS = frozenset(item.name for item in fields(Standing))


class Standings:
    """Keeps one small file for each account in the folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def of(self, account: str) -> Standing | None:
        """Returns what is known of an account; None where it was never asked."""
        try:
            data = json.loads((self._folder / f"{account}.json").read_text(encoding="utf-8"))
            return Standing(**{name: value for name, value in data.items() if name in _FIELDS})
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    def keep(self, account: str, checked: Checked) -> Standing:
        """Writes what the network said of an account."""
        ends = checked.token_expires.astimezone(UTC).isoformat() if checked.token_expires else ""
        told = {name: number for name, number in checked.limits.items() if _is_known(name) and number > 0}
        known = self.of(account) or Standing()
        known = replace(known, asked_at=self._clock.now().astimezone(UTC).isoformat())
        found = replace(known, ok=checked.ok, reason=checked.reason, handle=checked.handle or known.handle, limits=told or known.limits)
        return self._write(account, replace(found, token_expires=ends or known.token_expires, is_about=known.is_about and not ends))

    def connected(self, account: str, secret: str, publisher: Publisher, expires: datetime | None = None) -> Standing:
        """Writes that an account has another secret, or the same one again; what was known of the old one's end is forgotten with it.

        Where its network does not say when it ends, it ends at the latest as long after this as its kind lasts.
        """
        known, mark, now = self.of(account) or Standing(), mark_of(secret), self._clock.now().astimezone(UTC)
        if known.mark == mark and known.token_expires and not expires:
            return known
        fresh = known if known.mark == mark else replace(known, mark=mark, since=now.isoformat(), renewed_at="", renewal_trouble="")
        counted = (instant(fresh.since) or now) + publisher.lasts if isinstance(publisher, Lasts) else None
        ends = expires.astimezone(UTC) if expires else counted
        told = ends.isoformat() if ends else ""
        if fresh is known and told == known.token_expires:
            return known
        looked_at = known.looked_at if fresh is known else ""
        is_about = not expires and not isinstance(publisher, Renews)
        return self._write(account, replace(fresh, token_expires=told, is_about=bool(told) and is_about, warned=0, looked_at=looked_at))

    def note(self, account: str, **changed: str | bool | int) -> Standing:
        """Writes single fields; the rest of what is known stays."""
        return self._write(account, replace(self.of(account) or Standing(), **changed))  # type: ignore[arg-type] # callers name fields of their own kind

    def noticed(self, account: str, *, ok: bool, reason: str = "") -> None:
        """Writes what an attempt to publish showed; the rest of what is known stays."""
        known = self.of(account) or Standing()
        if (known.ok, known.reason) != (ok, reason):
            self._write(account, replace(known, ok=ok, reason=reason))

    def told(self, account: str, facts: Network) -> Network:
        """Returns the network as this account's own server has it."""
        known = self.of(account)
        numbers = known.limits if known else {}
        limits: dict[str, Any] = {name: number for name, number in numbers.items() if name in _NUMBERS}
        for name in _NUMBERS_WITHIN & numbers.keys():
            group, _, part = name.partition(".")
            whole = limits.get(group, getattr(facts.limits, group))
            if whole is not None:
                limits[group] = replace(whole, **{part: numbers[name]})
        limits |= _lengths(numbers, replace(facts.limits, **limits))
        limits |= _formats({name.removeprefix(FORMAT) for name in numbers if name.startswith(FORMAT)}, replace(facts.limits, **limits))
        if facts.limits.count_links is not None and "link_length" in limits:
            limits["count"] = facts.limits.count_links(limits["link_length"])
        if NO_POLLS in numbers:
            facts = replace(facts, abilities=replace(facts.abilities, polls=False))
        return replace(facts, limits=replace(facts.limits, **limits)) if limits else facts

    def _write(self, account: str, standing: Standing) -> Standing:
        stamped = replace(standing, checked_at=self._clock.now().astimezone(UTC).isoformat(timespec="seconds"))
        try:
            write_private(self._folder / f"{account}.json", json.dumps(asdict(stamped), ensure_ascii=False))
        except OSError:
            # This is a note for people; that it cannot be kept must not stop what is to be published.
            return stamped
        return stamped


def _is_known(name: str) -> bool:
    return name in _NUMBERS | _NUMBERS_WITHIN | {NO_POLLS, _SHORTEST, _LONGEST} or name.startswith(FORMAT)


def _lengths(numbers: Mapping[str, int], limits: Limits) -> dict[str, Any]:
    """Returns for how many minutes people can vote at the least and at the most, where the server tells one of both."""
    if limits.poll is None or limits.poll.minutes is None or not {_SHORTEST, _LONGEST} & numbers.keys():
        return {}
    shortest, longest = limits.poll.minutes
    return {"poll": replace(limits.poll, minutes=(numbers.get(_SHORTEST, shortest), numbers.get(_LONGEST, longest)))}


def _formats(taken: AbstractSet[str], limits: Limits) -> dict[str, Any]:
    """Returns which of the formats that we send the server takes; one that names no picture at all says nothing of them."""
    pictures = tuple(kind for kind in limits.formats if kind in taken)
    if not pictures:
        return {}
    films = tuple(kind for kind in limits.video.formats if kind in taken) if limits.video is not None else ()
    return {"formats": pictures, "video": replace(limits.video, formats=films) if limits.video is not None and films else None}


class Watched:
    """Passes everything on to a publisher and keeps in mind whether its account still may publish."""

    def __init__(self, publisher: Publisher, account: str, standings: Standings, place: str = "") -> None:
        self._publisher = publisher
        self._place = place
        self._account = account
        self._standings = standings

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        """Returns the publisher's ids, and for which place they are."""
        ids = self._publisher.prepare(outgoing, now)
        return {**ids, PLACE: self._place} if self._place else ids

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Publishes, and notices whether the network still takes the account's secret.

        What was begun in another place is not begun here: it may be out there.
        """
        if not envelope.is_for(self._place):
            return self._elsewhere()
        outcome = self._publisher.publish(envelope, remember)
        self._notice(outcome)
        return outcome

    def _notice(self, outcome: Outcome | Handed) -> None:
        if isinstance(outcome, Refused) and outcome.kind in _THE_ACCOUNT_S:
            self._standings.noticed(self._account, ok=False, reason=outcome.reason)
        elif isinstance(outcome, Refused) and outcome.kind in _THE_POST_S:
            self._standings.note(self._account, asked_at="")  # perhaps its limits are others by now
        elif isinstance(outcome, Published | Handed):
            self._standings.noticed(self._account, ok=True)

    def find(self, envelope: Envelope) -> Proof:
        """Returns the publisher's proof; its network has never heard of what was only rehearsed."""
        if envelope.is_rehearsed:
            return Absent(is_uncalled=True)
        return self._publisher.find(envelope) if envelope.is_for(self._place) else self._elsewhere()

    def _elsewhere(self) -> Uncertain:
        told = f"{FILE} has led {self._account} to another place since this was sent, so nobody can ask there"
        return Uncertain(f"{told}: look at the account of before whether it is out.")

    def key_life(self) -> timedelta:
        """Returns the publisher's answer; without end where it leaves that to its network."""
        return self._publisher.key_life() if isinstance(self._publisher, KnowsKeys) else timedelta.max


class _Early(Watched):
    """Passes everything on to a publisher that also hands posts over before their time."""

    def __init__(self, publisher: Publisher, account: str, standings: Standings, early: HandsOver, place: str) -> None:
        super().__init__(publisher, account, standings, place)
        self._early = early

    def hand_over(self, envelope: Envelope, remember: Remember) -> HandingOver:
        """Hands over, and notices whether the network still takes the account's secret."""
        outcome = self._early.hand_over(envelope, remember)
        self._notice(outcome)
        return outcome

    def where_is(self, envelope: Envelope) -> Whereabouts:
        """Returns the publisher's answer."""
        return self._early.where_is(envelope) if envelope.is_for(self._place) else self._elsewhere()

    def take_back(self, envelope: Envelope) -> Verdict:
        """Returns the publisher's proof."""
        return self._early.take_back(envelope) if envelope.is_for(self._place) else self._elsewhere()


def watched(publisher: Publisher, account: str, standings: Standings, place: str = "") -> Watched:
    """Returns a publisher with the same abilities that keeps in mind whether its account still may publish.

    ``place`` stands for the network and the profile there: what was sent to another one is neither looked for nor repeated here.
    """
    if isinstance(publisher, HandsOver):
        return _Early(publisher, account, standings, publisher, place)
    return Watched(publisher, account, standings, place)
