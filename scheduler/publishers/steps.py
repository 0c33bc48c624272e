"""Publishes in steps that end at the first refusal, with what was committed on the way."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

from scheduler.model.network import Network
from scheduler.model.outcome import Outcome, Refused
from scheduler.model.outgoing import Envelope
from scheduler.publishers.answers import Reply, UnreadableReply
from scheduler.publishers.contract import Remember
from scheduler.publishers.exchange import Call, Exchange
from scheduler.publishers.files import PictureError
from scheduler.publishers.notes import Notes
from scheduler.publishers.rehearsal import objections


class Stopped(Exception):
    """Ends a step with the network's refusal."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


def published_in_steps(
    envelope: Envelope, remember: Remember, facts: Network, exchange: Exchange, steps: Callable[[Notes], Outcome]
) -> Outcome:
    """Returns the outcome of ``steps``, which are taken where the post is within the network's limits; connections end with them."""
    if found := objections(envelope.outgoing, facts):
        return Refused(" ".join(objection.sentence for objection in found), kind="content")
    try:
        with closing(exchange):
            return steps(Notes(dict(envelope.ids), remember))
    except PictureError as error:
        return Refused(error.reason, permanent=error.permanent, kind="media")
    except Stopped as stopped:
        return stopped.refused


def asked(exchange: Exchange, call: Call, refusal: Callable[[Reply], Refused]) -> Reply:
    """Returns the answer to a call that readers see nothing of; raises Stopped where the network refuses it."""
    reply = exchange.ask(call)
    if isinstance(reply, Refused):
        raise Stopped(reply)
    if not reply.is_success:
        raise Stopped(refusal(reply))
    return reply


def table_of(exchange: Exchange, reply: Reply) -> dict[str, Any]:
    """Returns the table that an answer is; raises Stopped where it is none."""
    try:
        return reply.table()
    except UnreadableReply as error:
        unreadable = Refused(f"{exchange.title} answered with something that is not an answer of its API.", permanent=False)
        raise Stopped(unreadable) from error
