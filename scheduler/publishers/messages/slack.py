"""Messages of an incoming webhook in a channel of Slack.

Sources: "Sending messages using incoming webhooks" and "Formatting text for app surfaces"; the changelog of 2016 for the errors, which are
one word of plain text.
"""

import re
from collections.abc import Mapping
from typing import Any

from scheduler.model.network import Network
from scheduler.model.outcome import Outcome, Published, Uncertain
from scheduler.model.outgoing import Outgoing
from scheduler.publishers.answers import Reply, refusal
from scheduler.publishers.contract import Checked, Connection
from scheduler.publishers.error_form import ErrorForm
from scheduler.publishers.exchange import Call, Exchange
from scheduler.publishers.messages.posting import Chat, webhook
from scheduler.publishers.slack.text import escaped

_WORD = re.compile("[A-Za-z_]{3,60}")
_ERRORS = ErrorForm(words="[a-z_]{3,60}")
_SAYINGS: Mapping[str, str] = {
    "action_prohibited": "an administrator has forbidden the webhook to write there",
    "channel_not_found": "the channel does not exist any more",
    "channel_is_archived": "the channel is archived",
    "no_service": "the webhook was removed or switched off",
    "no_service_id": "the webhook was removed or switched off",
    "no_team": "the workspace does not exist any more",
    "team_disabled": "the workspace is switched off",
    "invalid_token": "the webhook’s address is wrong",
    "user_not_found": "the person it writes to does not exist any more",
    "posting_to_general_channel_denied": "the webhook may not write in the general channel",
}


def connect(connection: Connection, facts: Network) -> Chat:
    """Returns the channel of a webhook; raises NoWebhook or SecretMissing."""
    exchange, path, _ = webhook(connection, facts.title, _ERRORS)
    look = "look into the channel whether it is there."
    return Chat(facts, exchange, lambda outgoing, _: _call(outgoing, path), lambda reply: _read(reply, exchange), look, _hello)


def _hello() -> Checked:
    """Says that nothing can be asked: a webhook answers to messages alone."""
    return Checked(ok=True, handle="its webhook", notes=("Its webhook cannot be tried without a message; the address has the right form.",))


def _call(outgoing: Outgoing, path: str) -> Call:
    """Returns the call with the words as they are: stars and underlines do not become bold and italics."""
    return Call(path=path, method="POST", json={"text": escaped(outgoing.text), "mrkdwn": False, **titled(outgoing)})


def titled(outgoing: Outgoing) -> dict[str, Any]:
    """Returns the card of a link that does not stand in the words as an attachment; nothing where there is none."""
    card = outgoing.link_card
    if card is None or card.url in outgoing.text:
        return {}
    title = escaped(card.title or card.url)
    return {"attachments": [{"fallback": title, "title": title, "title_link": card.url}]}


def _read(reply: Reply, exchange: Exchange) -> Outcome:
    word = reply.body.decode(errors="replace").strip()
    if reply.is_success and word == "ok":
        return Published("message")
    if reply.is_success:
        return Uncertain(f"{exchange.title} answered with something else than “ok”; the message may be there.")
    known = _SAYINGS.get(word)
    # Errors are one word; anything else is a page of somebody's in between.
    said = exchange.secrets.removed(word) if _WORD.fullmatch(word) else ""
    return refusal(exchange.title, reply.status, known or said, "auth" if known else None)
