"""Threads, the same way for every network that has them: each answer follows below the one before it.

What is out is committed before the next post is sent. From then on no post of it is sent again: not after a crash, not by a person's
word, not after the file was mended. Where the network refuses a post for good, the thread stops there, and that is known.
"""

from collections.abc import Callable
from dataclasses import replace

from scheduler.model.outcome import Halted, Outcome, Placed, Published, Refused, Uncertain, placed_text
from scheduler.model.outgoing import STANDING, Envelope
from scheduler.publishers.contract import Remember

Out = tuple[Placed, ...]
"""Is what is out of a thread, the first post first; never empty."""
Send = Callable[[int, Out], Outcome | Placed]
"""Sends the answer of that number, from 1, below the last post that is out."""


def begun(envelope: Envelope) -> Published | None:
    """Returns the first post of a thread that an earlier try left unfinished; None where nothing is known to be out."""
    return Published(envelope.out[0].remote_id, envelope.out[0].url) if envelope.out else None


def continued(envelope: Envelope, first: Published, remember: Remember, send: Send, mark: str = "") -> Published | Uncertain | Halted:
    """Adds the answers of a thread that lack; returns the first post once all are out.

    ``first`` is out, ``mark`` is what its network takes beside its id.
    """
    out = envelope.out or (Placed(first.remote_id, first.url, mark),)
    for number in range(len(out), len(envelope.outgoing.replies) + 1):
        if out != envelope.out:
            remember(STANDING, placed_text(out))
        answer = send(number, out)
        if isinstance(answer, Published):
            first = replace(first, rest=answer.rest or first.rest)
            answer = Placed(answer.remote_id, answer.url)
        if not isinstance(answer, Placed):
            return stopped(answer, out)
        out = (*out, answer)
    return first


def stopped(answer: Refused | Uncertain | Halted, out: Out) -> Uncertain | Halted:
    """Returns how a thread stands whose next post is not out: refused for good, or to be gone on with."""
    if isinstance(answer, Halted):
        return answer
    if isinstance(answer, Refused) and answer.permanent and not answer.of_account:
        return Halted(out, answer.reason)
    told = f"The thread is out up to its post {len(out)}; the rest follows. {answer.reason}"
    return Uncertain(told, retry_after=answer.retry_after, out=out)


def forget(_name: str, _value: str) -> None:
    """Keeps nothing: a look must not write into the ledger, which learns from its answer what is out."""
