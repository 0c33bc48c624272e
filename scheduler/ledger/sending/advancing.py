"""What a sender writes between two posts: what became of the one, and that the next is being sent; for many senders in one go."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from scheduler.ledger.sending.claims import Taken, Wanted, take
from scheduler.ledger.sending.pace import Terms
from scheduler.ledger.sending.settling import Result, Settlement, settle
from scheduler.model.outgoing import Envelope

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Next:
    """Is what a sender would send next, at that time (aware UTC) and on those terms."""

    envelope: Envelope
    now: datetime
    terms: Terms

    @property
    def wanted(self) -> Wanted:
        """Returns what is asked of the ledger."""
        outgoing = self.envelope.outgoing
        return Wanted(outgoing.delivery, outgoing.fingerprint, self.now, self.terms, self.envelope.is_rehearsed)


@dataclass(frozen=True, slots=True)
class Step:
    """Is one sender's step: the answer to its last post, if there was one, and its next post, if there is one."""

    account: str
    result: Result | None = None
    following: Next | None = None


@dataclass(frozen=True, slots=True)
class Advanced:
    """Is what came of a step; ``taken`` is None where the next post must not go out now.

    ``is_left`` says that nobody here should send for the account for now: another process does, or it is paused.
    """

    settled: Settlement | None
    taken: Taken | None
    is_left: bool = False


def advance(connection: Connection, steps: Sequence[Step], chance: random.Random) -> list[Advanced]:
    """Writes all answers, then takes what may follow; returns what came of each step.

    Raises:
        LostClaimError: a delivery was moved meanwhile; the transaction must not be committed.
    """
    settled = settle(connection, [step.result for step in steps if step.result], chance)
    taken = take(connection, [(step.following.wanted, step.following.envelope) for step in steps if step.following])
    return [_advanced(step, settled, taken) for step in steps]


def _advanced(step: Step, settled: Mapping[str, Settlement], taken: Mapping[str, Taken | None]) -> Advanced:
    done = settled[step.result.claim.delivery] if step.result else None
    if step.following is None:
        return Advanced(done, None)
    following = step.following.envelope.outgoing.delivery
    return Advanced(done, taken.get(following), is_left=following not in taken)


def each(work: Callable[[Connection, Item], Answer]) -> Callable[[Connection, Sequence[Item]], list[Answer]]:
    """Returns work on one thing as work on several, one after the other."""
    return lambda connection, items: [work(connection, item) for item in items]
