"""What a new plan changes against what the ledger has queued, before it takes effect."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from scheduler.model.delivery import Fact, Facts, Moment, State
from scheduler.model.outgoing import Outgoing
from scheduler.model.plan import Agenda, Entry
from scheduler.planning.differing import otherwise
from scheduler.planning.times.walltime import at_instant

_TO_GO = frozenset({State.QUEUED, State.HANDED})


class Kind(StrEnum):
    """Says what becomes of a delivery; ``out`` is one that nothing changes any more, of a post that does change.

    ``edited`` is one with other words or pictures than its network keeps.
    """

    MOVED = "moved"
    HELD = "held"
    EDITED = "edited"
    NEW = "new"
    GONE = "gone"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Is one delivery that the plan treats otherwise than the ledger has it; ``before`` and ``after`` are its due times.

    ``takes_effect`` (aware UTC) is when it gets the second of these; None where that is as soon as the scheduler sees it.
    """

    kind: Kind
    delivery: str
    post: str
    title: str
    part: str | None
    account: str
    network: str
    before: Moment | None = None
    after: Moment | None = None
    reason: str = ""
    takes_effect: datetime | None = None


def changes(agenda: Agenda, facts: Facts, sent: Callable[[str], Outgoing | None]) -> tuple[Change, ...]:
    """Returns what happens once the ledger follows the agenda, in order of the agenda; what is out comes after the rest.

    ``sent`` returns what a delivery sent.
    """
    found = [change for entry in agenda.entries if (change := _of(entry, facts.deliveries.get(entry.delivery.id))) is not None]
    found += _gone(agenda, facts)
    touched = {change.post for change in found if change.kind in {Kind.MOVED, Kind.HELD, Kind.GONE}}
    about = {entry.delivery.post.campaign for entry in agenda.entries if entry.delivery.post.id in touched} - {""}
    found += [_out(entry, sent) for entry in agenda.entries if _is_out(entry, touched, about)]
    return tuple(found)


def _of(entry: Entry, fact: Fact | None) -> Change | None:
    due = entry.delivery.due
    if fact is None:
        return _change(Kind.NEW, entry, after=due) if entry.state is State.PLANNED else None
    is_asked_anew = fact.is_rehearsed and not fact.settles(due.utc)
    if fact.state not in {*_TO_GO, State.HELD} and not is_asked_anew:
        return None
    before = at_instant(fact.due, fact.zone)
    if fact.state in _TO_GO and entry.state is State.HELD:
        return _change(Kind.HELD, entry, before=before, after=due, reason=entry.reason)
    if fact.due != due.utc:
        reason = "" if entry.state is State.PLANNED else entry.reason
        return replace(_change(Kind.MOVED, entry, before=before, after=due, reason=reason), takes_effect=entry.moves_at)
    is_edited = fact.state is State.HANDED and entry.outgoing is not None and entry.outgoing.fingerprint != fact.fingerprint
    return _change(Kind.EDITED, entry, before=before, after=due) if is_edited else None


def _change(kind: Kind, entry: Entry, *, before: Moment | None = None, after: Moment | None = None, reason: str = "") -> Change:
    delivery = entry.delivery
    return Change(
        kind=kind,
        delivery=delivery.id,
        post=delivery.post.id,
        title=delivery.post.title,
        part=delivery.label,
        account=delivery.account.name,
        network=delivery.account.network,
        before=before,
        after=after,
        reason=reason,
    )


def _gone(agenda: Agenda, facts: Facts) -> Iterator[Change]:
    planned = {entry.delivery.id for entry in agenda.entries}
    for fact in facts.deliveries.values():
        known = fact.delivery in planned or fact.post in agenda.unreadable or fact.post in agenda.unsettled
        if fact.state in _TO_GO and not known:
            yield Change(
                kind=Kind.GONE,
                delivery=fact.delivery,
                post=fact.post,
                title="",
                part=fact.part,
                account=fact.account,
                network=fact.network,
                before=at_instant(fact.due, fact.zone),
            )


def _out(entry: Entry, sent: Callable[[str], Outgoing | None]) -> Change:
    went = sent(entry.delivery.id) if entry.changed else None
    words = otherwise(went, entry.outgoing) if went is not None and entry.outgoing is not None else ""
    reason = f"{words[0].upper()}{words[1:]} Post a correction?" if words else ""
    return _change(Kind.OUT, entry, before=entry.delivery.due, reason=reason)


def _is_out(entry: Entry, touched: set[str], about: set[str]) -> bool:
    """Tells whether a delivery is out of a post that changes, or of its campaign and says something else by now."""
    post = entry.delivery.post
    also = entry.changed and post.event is not None and post.campaign in about
    return entry.state is State.SENT and (post.id in touched or also)
