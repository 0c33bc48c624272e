"""Comparing the agenda with what the ledger has: what must change, as values; no SQL here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from scheduler.ledger.agenda.gaps import Gap
from scheduler.ledger.agenda.moving import kept_back, moved
from scheduler.model.delivery import REHEARSAL, State
from scheduler.model.plan import Agenda, Entry
from scheduler.model.settings import Policy
from scheduler.planning.times.lateness import after_quiet, event_over, lateness_of

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
GONE = "The post file no longer asks for this."
_WAITING = frozenset({State.QUEUED, State.HELD})
_ASKED = frozenset({State.PLANNED, State.QUEUED})
_BY_HAND = frozenset({State.HELD, State.SKIPPED})
_FOLLOWING = frozenset(state for state in State if state.is_open) - {State.HANDED}
"""What its network keeps has to be taken back first."""
_ASIDE = frozenset({State.HELD, State.MISSED, State.SKIPPED, State.CANCELLED})
_OUT = frozenset(state.value for state in (State.CLAIMED, State.SENDING, State.UNCERTAIN, State.SENT, State.HANDED))
_UNSENT = {"remote_id": "", "url": "", "sent_at": None, "fingerprint": "", "first_attempt_at": None}
"""What is left of a rehearsal, as it was before it."""


@dataclass(frozen=True, slots=True)
class Change:
    """Is what must be written of one delivery; ``was`` is None for a new one."""

    delivery: str
    fence: int
    was: State | None
    became: State
    reason: str
    values: Mapping[str, Any]
    moved: str = ""

    @property
    def is_event(self) -> bool:
        """Tells whether the state changes, not only what is known of it."""
        return self.was is not self.became

    @property
    def columns(self) -> tuple[str, ...]:
        """Returns the columns that an update of what the ledger has writes."""
        return (
            *FILE_COLUMNS,
            "state",
            "reason",
            "next_at",
            "held_for",
            "released",
            "updated_at",
            *(_UNSENT if self.was is State.SENT else ()),
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """Is what decides beside the agenda: the policy, and the gap of a ledger that was set back."""

    policy: Policy
    gap: Gap | None = None


def reconcile(known: Mapping[str, Row[Any]], agenda: Agenda, now: datetime, rules: Rules) -> Iterator[Change]:
    """Yields the changes that make the ledger say what the agenda says; ``known`` maps ids to rows of the ledger.

    Only deliveries whose state is open change; what is claimed, being sent, out, refused or uncertain stays as it is. What was
    only rehearsed and is asked for at a later time begins anew.
    """
    seen, posts, before = set(), {row.post for row in known.values()}, _under_other_names(known, agenda)
    for entry in agenda.entries:
        delivery = entry.delivery.id
        if delivery in seen:
            continue
        seen.add(delivery)
        row = known.get(delivery)
        change = _new(entry, now, rules, strange=entry.delivery.post.id not in posts) if row is None else _known(row, entry, now, rules)
        if row is None and change is not None and change.became is State.QUEUED and (name := before.get(_run_of(entry), "")):
            told = (
                f"It went out on {name}, which config.toml has no more: if {entry.delivery.account.name} is that profile, it is out there."
            )
            change = replace(change, became=State.UNCERTAIN, reason=told)
        if change is not None:
            yield change
    yield from _gone((row for key, row in known.items() if key not in seen), agenda, now)


_Run = tuple[str, str, str, str]
"""Is one occurrence of a post, or of a part of it, on one network."""


def _under_other_names(known: Mapping[str, Row[Any]], agenda: Agenda) -> Mapping[_Run, str]:
    """Returns what is out, or perhaps out, on accounts that are no more, where there are accounts that were never sent to.

    One of these may be one of those by another name, and the same would go out twice there.
    """
    new = {entry.delivery.account.name for entry in agenda.entries} - {row.account for row in known.values()}
    if not new or not known:
        return {}
    there = {entry.delivery.account.name for entry in agenda.entries}
    left = (row for row in known.values() if row.account not in there and row.state in _OUT and not row.remote_id.startswith(REHEARSAL))
    return {(row.post, row.part, row.occurrence, row.network): row.account for row in left}


def _run_of(entry: Entry) -> _Run:
    delivery = entry.delivery
    return delivery.post.id, delivery.label or "", delivery.occurrence, delivery.account.network


def _new(entry: Entry, now: datetime, rules: Rules, *, strange: bool) -> Change | None:
    if entry.state not in _ASKED | _ASIDE:
        return None
    state = State.QUEUED if entry.state in _ASKED else entry.state
    reason = "" if state is State.QUEUED else entry.reason
    told = facts_of(entry, rules.policy)
    if state in {State.QUEUED, State.MISSED} and rules.gap is not None and rules.gap.holds(_first_chance(entry, told), told["late_at"]):
        state, reason = State.UNCERTAIN, rules.gap.reason
    elif state is State.QUEUED and strange and rules.gap is not None and rules.gap.is_first:
        state, reason = State.UNCERTAIN, rules.gap.strange
    fresh = {"next_at": told["not_before"], "held_for": "", "released": 0, "created_at": now, "updated_at": now}
    return Change(entry.delivery.id, 0, None, state, reason, {**told, **fresh})


def _known(row: Row[Any], entry: Entry, now: datetime, rules: Rules) -> Change | None:
    was = State(row[_STATE])
    if entry.state not in _ASKED | _ASIDE or not (was in _FOLLOWING or _is_asked_anew(row, was, entry)):
        return None
    told = facts_of(entry, rules.policy)
    if was is State.QUEUED and entry.moves_at is not None:
        return _about_to_move(row, told, entry.moves_at, now)
    if row[_STATE:_FILE] == _WAITS and row[_FILE:] == tuple(told.values()) and entry.state in _ASKED:
        return None  # nearly all are like this at nearly every look, so it is decided first
    released = int(row.released and row.due_utc == told["due_utc"])
    if released:
        told["late_at"] = _last_of(told) or NEVER
    became, reason = _becomes(row, was, entry, told, now)
    asked_before = was is State.QUEUED and row.due_utc == told["due_utc"]
    if (
        became is State.QUEUED
        and not asked_before
        and rules.gap is not None
        and rules.gap.holds(_first_chance(entry, told), told["late_at"])
    ):
        became, reason = State.UNCERTAIN, rules.gap.reason
    values = {
        **told,
        "next_at": _next_at(row, was, told),
        "held_for": row.held_for if became is was and was in _BY_HAND else "",
        "released": released,
    }
    if became is was and reason == row.reason and all(getattr(row, name) == value for name, value in values.items()):
        return None
    if was is State.SENT:
        values |= _UNSENT
    words = moved(row, told) if was in _WAITING else ""
    return Change(row.id, row.fence, was, became, reason, {**values, "created_at": row.created_at, "updated_at": now}, words)


def _is_asked_anew(row: Row[Any], was: State, entry: Entry) -> bool:
    return was is State.SENT and row.remote_id.startswith(REHEARSAL) and entry.delivery.due.utc > row.due_utc


def _first_chance(entry: Entry, told: Mapping[str, Any]) -> datetime:
    """Returns when it may have left here first: at its time, or as early as its account hands posts over."""
    first: datetime = told["due_utc"] - entry.delivery.account.hand_over
    return first


def _about_to_move(row: Row[Any], told: Mapping[str, Any], moves_at: datetime, now: datetime) -> Change | None:
    values = {**kept_back(row, told, moves_at), "held_for": "", "released": row.released}
    if all(getattr(row, name) == value for name, value in values.items()):
        return None
    return Change(row.id, row.fence, State.QUEUED, State.QUEUED, row.reason, {**values, "created_at": row.created_at, "updated_at": now})


def _becomes(row: Row[Any], was: State, entry: Entry, told: Mapping[str, Any], now: datetime) -> tuple[State, str]:
    held_here = was in _BY_HAND and row.held_for and row.held_for == told["draft_fingerprint"]
    # What was called missed by a clock that ran ahead is not late any more once the clock is right.
    missed_here = was is State.MISSED and row.due_utc == told["due_utc"] and now > told["late_at"]
    if held_here and was is State.SKIPPED:
        return was, row.reason
    if entry.state in _ASKED:
        if held_here or missed_here or was is State.QUEUED:
            return was, row.reason
        return State.QUEUED, ""
    if (held_here or missed_here) and entry.state is was:
        return was, row.reason
    return entry.state, entry.reason


def _next_at(row: Row[Any], was: State, told: Mapping[str, Any]) -> datetime:
    """Returns when to try; back-off and gaps that the engine decided stay until the file asks for another time."""
    moved = row.not_before != told["not_before"] or was is not State.QUEUED
    found: datetime = told["not_before"] if moved else row.next_at
    return found


def _gone(rows: Iterable[Row[Any]], agenda: Agenda, now: datetime) -> Iterator[Change]:
    for row in rows:
        was = State(row.state)
        if was not in _FOLLOWING or was is State.CANCELLED or row.post in agenda.unsettled:
            continue
        became, reason = State.CANCELLED, GONE
        if row.post in agenda.unreadable:
            became, reason = (State.HELD, agenda.unreadable[row.post]) if was in _WAITING else (was, row.reason)
        if (became, reason) != (was, row.reason):
            same = {name: getattr(row, name) for name in FILE_COLUMNS}
            kept = {
                **same,
                "next_at": row.next_at,
                "held_for": "",
                "released": row.released,
                "created_at": row.created_at,
                "updated_at": now,
            }
            yield Change(row.id, row.fence, was, became, reason, kept)


OWN_COLUMNS = ("id", "next_at", "reason", "fence", "created_at", "remote_id", "state", "held_for", "released")
FILE_COLUMNS = (
    "post",
    "part",
    "account",
    "occurrence",
    "network",
    "campaign",
    "title",
    "due_utc",
    "due_local",
    "zone",
    "not_before",
    "late_at",
    "expires_at",
    "event_ends",
    "late_state",
    "draft_fingerprint",
    "hashtags",
)


"""The order of the columns in the rows that are compared: first the engine's own, then those of the file."""
_STATE, _FILE = OWN_COLUMNS.index("state"), len(OWN_COLUMNS)
_WAITS = (State.QUEUED.value, "", 0)


def facts_of(entry: Entry, policy: Policy) -> dict[str, Any]:
    """Returns the columns that the file and the policy decide, in their order."""
    delivery = entry.delivery
    post, due = delivery.post, delivery.due
    due_utc, expires_at, event_ends = due.utc.astimezone(UTC), _expiry(entry), event_over(delivery)
    own, quiet = lateness_of(post, policy), policy.pace(delivery.account.name).quiet_hours
    late = NEVER if own.late == "publish" else after_quiet(due_utc, due.zone, quiet) + own.after
    return {
        "post": post.id,
        "part": delivery.label or "",
        "account": delivery.account.name,
        "occurrence": delivery.occurrence,
        "network": delivery.account.network,
        "campaign": post.campaign,
        "title": post.title,
        "due_utc": due_utc,
        "due_local": due.local.isoformat(),
        "zone": due.zone,
        "not_before": after_quiet(entry.not_before.astimezone(UTC), due.zone, quiet),
        "late_at": min(at for at in (late, expires_at, event_ends) if at is not None),
        "expires_at": expires_at,
        "event_ends": event_ends,
        "late_state": (State.SKIPPED if own.late == "skip" else State.MISSED).value,
        "draft_fingerprint": entry.outgoing.fingerprint if entry.outgoing else "",
        "hashtags": " ".join(entry.hashtags),
    }


def _last_of(told: Mapping[str, Any]) -> datetime | None:
    """Returns when nobody needs it any more, whatever the policy."""
    return min((at for at in (told["expires_at"], told["event_ends"]) if at is not None), default=None)


def _expiry(entry: Entry) -> datetime | None:
    expires = entry.delivery.expires
    if expires is None:
        return None
    if expires.tzinfo is None:
        expires = expires.replace(tzinfo=ZoneInfo(entry.delivery.due.zone))
    return expires.astimezone(UTC)
