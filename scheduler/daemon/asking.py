"""Asking a network what became of a post, so that no mistake of an adapter is ever taken for an answer."""

import logging
from collections.abc import Callable
from typing import TypeVar

from scheduler.model.outcome import Uncertain
from scheduler.model.outgoing import Envelope

LOG = logging.getLogger(__name__)

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


def answer_of(publisher: Asked | None, account: str, envelope: Envelope, ask: Callable[[Asked], Answer]) -> Answer | Uncertain:
    """Returns what the account's publisher answers; uncertain where there is none, or where it breaks off."""
    if publisher is None:
        return Uncertain(f"{account} is not connected, so nobody can ask the network.")
    try:
        return ask(publisher)
    except Exception as error:  # the boundary of an adapter: no answer proves nothing
        LOG.exception("looking for %s failed", envelope.outgoing.delivery)
        return Uncertain(f"An error inside scheduler broke the look off ({type(error).__name__}).")
