"""Writing down what became of a delivery."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import Connection, Row, bindparam, select

from scheduler.ledger.events import Attempt, Move, Moving, keep, move, move_all, note, use
from scheduler.ledger.pauses import Pause, Scope, pause
from scheduler.ledger.remembering import LONGEST_REST, spent
from scheduler.ledger.sending.claims import Claim
from scheduler.ledger.sending.parts import out_of, standing
from scheduler.ledger.tables import DELIVERY
from scheduler.model.delivery import State
from scheduler.model.facets import facets_of
from scheduler.model.outcome import Halted, Outcome, Published, Refused, Uncertain, placed_in, placed_text
from scheduler.model.outgoing import Outgoing

BACKOFF_BASE = timedelta(seconds=30)
BACKOFF_CAP = timedelta(minutes=30)
MOST_ATTEMPTS = 8
LONGEST_TRIAL = timedelta(hours=24)
GIVEN_UP = "Given up"
"""Begins the reason of what was refused though nothing is wrong with the post itself."""
UNKNOWN = "This ledger does not know the delivery."
FIRST_CHECK = timedelta(minutes=1)

_SETTLED_COLUMNS = ("id", "account", "fence", "state", "attempts", "payload", "ids", "sending_since", "first_attempt_at")
_SOME = select(*(DELIVERY.c[name] for name in _SETTLED_COLUMNS)).where(DELIVERY.c.id.in_(bindparam("wanted", expanding=True)))
_FREE: dict[str, Any] = {"owner": "", "lease_until": None}
_HASH = re.compile("[#＃]")
"""What every hashtag begins with: where it is nowhere in a payload, that need not be read."""
_NO_DOUBT = frozenset({State.SENT.value, State.CLAIMED.value, State.SENDING.value})
"""Where a late "published" changes nothing: it is out already, or another attempt will tell in a moment."""


_Short = Refused | Uncertain | Halted
"""Is an answer that leaves something of the delivery unpublished, or in doubt."""


@dataclass(frozen=True, slots=True)
class Result:
    """Is the network's answer to one claim; ``at`` is when it came, aware UTC."""

    claim: Claim
    outcome: Outcome
    at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """Is where a delivery came to stand; ``state`` is None where the answer came too late to change anything."""

    delivery: str
    state: State | None
    reason: str = ""


def backoff(attempts: int, chance: random.Random, floor: timedelta | None) -> timedelta:
    """Returns how long to wait after that many attempts: full jitter below a doubling bound, never less than ``floor``."""
    bound: timedelta = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** min(max(attempts - 1, 0), 16))
    return max(bound * chance.random(), _sensible(floor or timedelta(0)))


def _sensible(wait: timedelta) -> timedelta:
    return max(timedelta(0), min(wait, LONGEST_REST))


def settle(connection: Connection, results: Sequence[Result], chance: random.Random) -> Mapping[str, Settlement]:
    """Writes the networks' answers: sent, refused, queued again after a temporary refusal, or uncertain; returns them by delivery.

    An answer for a claim that was lost meanwhile is kept as an event, and where it says "published" it settles the delivery,
    whatever was thought of it since: readers can see it.

    Raises:
        LostClaimError: one of them was moved meanwhile; the transaction must not be committed.
    """
    if not results:
        return {}
    rows = {row.id: row for row in connection.execute(_SOME, {"wanted": [result.claim.delivery for result in results]})}
    out: list[tuple[Row[Any], Published, datetime]] = []
    settled = {}
    for result in results:
        held, row = result.claim, rows.get(result.claim.delivery)
        if row is None:
            settled[held.delivery] = Settlement(held.delivery, None, UNKNOWN)
        elif row.fence != held.fence or row.state != State.SENDING.value:
            settled[held.delivery] = _late_answer(connection, row, held, result.outcome, result.at)
        elif isinstance(result.outcome, Published):
            out.append((row, result.outcome, result.at))
            settled[held.delivery] = Settlement(held.delivery, State.SENT, result.outcome.lacks)
        else:
            settled[held.delivery] = _not_published(connection, row, result.outcome, result.at, chance)
    _all_published(connection, out, step="publish")
    return settled


def _not_published(connection: Connection, row: Row[Any], outcome: _Short, now: datetime, chance: random.Random) -> Settlement:
    match outcome:
        case Refused():
            return _refused(connection, row, outcome, now, chance)
        case Uncertain():
            return doubted(connection, row, outcome, now)
        case Halted():
            return halted(connection, row, outcome, now)
        case _:
            assert_never(outcome)


def _late_answer(connection: Connection, row: Row[Any], held: Claim, outcome: Outcome, now: datetime) -> Settlement:
    if isinstance(outcome, Published) and row.state not in _NO_DOUBT:
        return published(connection, row, outcome, now, step="late answer")
    state = State(row.state)
    told = f"A late answer of attempt {held.fence} changed nothing: {describe(outcome)}"
    note(connection, Move(row.id, held.fence, state, state, told), now, fence=held.fence)
    if not (isinstance(outcome, Published) and row.state == State.SENT.value and row.fence == held.fence):
        keep(connection, _attempt(row, now, "late answer", outcome))
    return Settlement(row.id, None, told)


def published(connection: Connection, row: Row[Any], outcome: Published, now: datetime, *, step: str) -> Settlement:
    """Writes that the delivery is out and which hashtags it used."""
    _all_published(connection, [(row, outcome, now)], step=step)
    return Settlement(row.id, State.SENT, outcome.lacks)


def _all_published(connection: Connection, out: Sequence[tuple[Row[Any], Published, datetime]], *, step: str) -> None:
    free = {"held_for": "", **_FREE}
    move_all(
        connection,
        [
            Moving(
                Move(row.id, row.fence, State(row.state), State.SENT, outcome.lacks),
                now,
                {"sent_at": now, "remote_id": outcome.remote_id, "url": outcome.url, **free},
            )
            for row, outcome, now in out
        ],
    )
    for row, outcome, now in out:
        keep(connection, _attempt(row, now, step, outcome))
        if outcome.rest is not None:
            spent(connection, row.account, now, _sensible(outcome.rest))
        if row.payload and _HASH.search(row.payload):
            _use_hashtags(connection, Outgoing.from_json(row.payload), now)


def halted(connection: Connection, row: Row[Any], outcome: Halted, now: datetime, step: str = "publish") -> Settlement:
    """Writes that a thread stands in part: what is out is known, and so is why the next post of it is not."""
    values = {**standing(row, outcome.out), **_FREE}
    if not move(connection, Move(row.id, row.fence, State(row.state), State.REFUSED, outcome.told), now, values):
        return Settlement(row.id, None)
    keep(connection, _attempt(row, now, step, outcome))
    return Settlement(row.id, State.REFUSED, outcome.told)


def _refused(connection: Connection, row: Row[Any], outcome: Refused, now: datetime, chance: random.Random) -> Settlement:
    out = out_of(row)
    if outcome.kind == "duplicate" and not out:
        return doubted(connection, row, Uncertain(f"The network has it already, or something equal: {outcome.reason}"), now)
    if outcome.of_account:
        return _account_refused(connection, row, outcome, now)
    wait = backoff(row.attempts, chance, outcome.retry_after)
    next_at = now + wait
    if outcome.kind == "rate":
        # The whole account is asked to wait; each of its posts would only hear the same.
        spent(connection, row.account, now, wait)
    started = row.first_attempt_at or now
    given_up = row.attempts >= MOST_ATTEMPTS or next_at - started > LONGEST_TRIAL
    final = outcome.permanent or given_up
    tried = f"after {row.attempts} attempts" if row.attempts > 1 else "at once, since it would have to wait too long"
    reason = outcome.reason if outcome.permanent or not given_up else f"{GIVEN_UP} {tried}. {outcome.reason}"
    if final and out:
        return halted(connection, row, Halted(out, reason), now)
    state = State.REFUSED if final else State.QUEUED
    values = dict(_FREE) if final else {"next_at": next_at, **_FREE}
    move(connection, Move(row.id, row.fence, State.SENDING, state, reason), now, values)
    keep(connection, _attempt(row, now, "publish", outcome))
    return Settlement(row.id, state, reason)


def _account_refused(connection: Connection, row: Row[Any], outcome: Refused, now: datetime) -> Settlement:
    """Pauses the account, once for all its posts; this one waits with the others until a person has put the account right."""
    why = f"{row.account} cannot send now: {outcome.reason}"
    move(connection, Move(row.id, row.fence, State.SENDING, State.QUEUED, why), now, {"next_at": now, **_FREE})
    mend = f"{outcome.reason} Put that right, then:  scheduler resume --account {row.account}"
    pause(connection, Pause(Scope.ACCOUNT, row.account, mend, now))
    keep(connection, _attempt(row, now, "publish", outcome))
    return Settlement(row.id, State.QUEUED, why)


def doubted(connection: Connection, row: Row[Any], doubt: Uncertain, now: datetime) -> Settlement:
    """Writes that nobody knows whether the delivery is out; it is looked after in a minute, or once its account has rested."""
    wait = rested(connection, row, FIRST_CHECK, doubt.retry_after, now)
    values = {"next_at": now + wait, "checks": 0, **standing(row, doubt.out), **_FREE}
    if not move(connection, Move(row.id, row.fence, State.SENDING, State.UNCERTAIN, doubt.reason), now, values):
        return Settlement(row.id, None)
    keep(connection, _attempt(row, now, "publish", doubt))
    return Settlement(row.id, State.UNCERTAIN, doubt.reason)


def rested(connection: Connection, row: Row[Any], wait: timedelta, rest: timedelta | None, now: datetime) -> timedelta:
    """Returns how long to wait for the next look, at least the ``rest`` that the network asks of the account; its other posts rest, too."""
    if rest is None:
        return wait
    spent(connection, row.account, now, _sensible(rest), looks=True)
    return max(wait, _sensible(rest))


def describe(outcome: Outcome) -> str:
    """Returns an outcome as part of a sentence."""
    match outcome:
        case Published():
            return f"published as {outcome.url or outcome.remote_id}"
        case Refused():
            return f"refused: {outcome.reason}"
        case Uncertain():
            return f"uncertain: {outcome.reason}"
        case Halted():
            return f"halted: {outcome.told}"
        case _:
            assert_never(outcome)


def _attempt(row: Row[Any], now: datetime, step: str, outcome: Outcome) -> Attempt:
    return Attempt(
        delivery=row.id,
        attempt=row.attempts,
        fence=row.fence,
        step=step,
        started_at=row.sending_since or now,
        finished_at=now,
        outcome=type(outcome).__name__.lower(),
        reason=outcome.lacks if isinstance(outcome, Published) else outcome.told if isinstance(outcome, Halted) else outcome.reason,
        remote_id=outcome.remote_id if isinstance(outcome, Published) else "",
        url=outcome.url if isinstance(outcome, Published) else "",
    )


def _use_hashtags(connection: Connection, outgoing: Outgoing, now: datetime) -> None:
    facets = (*outgoing.facets, *(facet for reply in outgoing.replies for facet in reply.facets), *facets_of(outgoing.first_comment))
    for name in {facet.value.lstrip("#") for facet in facets if facet.kind == "tag"}:
        use(connection, name, now)


def outcome_to_json(held: Claim, outcome: Outcome, at: datetime) -> str:
    """Returns a result as one line for the emergency journal."""
    data: dict[str, Any] = {"delivery": held.delivery, "account": held.account, "fence": held.fence, "at": at.isoformat()}
    match outcome:
        case Published():
            rest = _microseconds(outcome.rest)
            data |= {"outcome": "published", "remote_id": outcome.remote_id, "url": outcome.url, "rest": rest, "lacks": outcome.lacks}
        case Refused():
            data |= {
                "outcome": "refused",
                "reason": outcome.reason,
                "permanent": outcome.permanent,
                "retry_after": _microseconds(outcome.retry_after),
                "kind": outcome.kind,
            }
        case Uncertain():
            wait = _microseconds(outcome.retry_after)
            data |= {"outcome": "uncertain", "reason": outcome.reason, "retry_after": wait, "out": placed_text(outcome.out)}
        case Halted():
            data |= {"outcome": "halted", "reason": outcome.reason, "out": placed_text(outcome.out)}
        case _:
            assert_never(outcome)
    return json.dumps(data, sort_keys=True)


def outcome_from_json(line: str) -> tuple[Claim, Outcome, datetime]:
    """Returns what :func:`outcome_to_json` wrote."""
    data = json.loads(line)
    at = datetime.fromisoformat(data["at"])
    held = Claim(data["delivery"], data["account"], data["fence"], at, 0)
    if data["outcome"] == "published":
        return held, Published(data["remote_id"], data["url"], _duration(data.get("rest")), data.get("lacks", "")), at
    if data["outcome"] == "refused":
        return held, Refused(data["reason"], data["permanent"], _duration(data["retry_after"]), data.get("kind", "")), at
    out = placed_in(data.get("out", ""))
    if data["outcome"] == "halted":
        return held, Halted(out, data["reason"]), at
    return held, Uncertain(data["reason"], _duration(data.get("retry_after")), out), at


def _microseconds(wait: timedelta | None) -> int | None:
    return None if wait is None else wait // timedelta(microseconds=1)


def _duration(microseconds: int | None) -> timedelta | None:
    return None if microseconds is None else timedelta(microseconds=microseconds)
