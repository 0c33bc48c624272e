"""Messages of a webhook in a channel of Discord.

Source: "Webhook Resource", "Message Resource" and "Poll Resource" (discord/discord-api-docs, 2026-08-06).
"""

import json
from typing import Any

from scheduler.model.network import Network
from scheduler.model.outcome import Outcome, Published, Refused, Uncertain
from scheduler.model.outgoing import Outgoing
from scheduler.model.poll import Poll
from scheduler.publishers.answers import Reply, UnreadableReply, refusal, rest_after
from scheduler.publishers.contract import Checked, Connection
from scheduler.publishers.exchange import Call, Exchange
from scheduler.publishers.files import ending, picture_bytes
from scheduler.publishers.messages.posting import MendableChat, webhook

# "Opcodes and Status Codes": what a webhook says when its channel or itself is gone or its token is wrong.
_GONE = frozenset({10003, 10015, 50027})
_NOT_FOUND, _UNKNOWN_MESSAGE = 404, 10008
# Without wait, "a message that is not saved does not return an error".
_WAIT = {"wait": "true"}


def connect(connection: Connection, facts: Network) -> MendableChat:
    """Returns the channel of a webhook; raises NoWebhook or SecretMissing."""
    exchange, path = webhook(connection, facts.title)
    look = "look into the channel whether it is there."
    return MendableChat(
        facts,
        exchange,
        lambda outgoing: _call(outgoing, path),
        lambda reply: _read(reply, exchange, path),
        look,
        lambda: _hello(exchange, path),
        lambda remote_id, outgoing: Call(path=_message(path, remote_id), method="PATCH", json=_words(outgoing)),
        lambda remote_id: Call(path=_message(path, remote_id), method="DELETE"),
        _is_gone,
    )


def _message(path: str, remote_id: str) -> str:
    """Returns the path of one message; its id is the channel's and its own."""
    return f"{path}/messages/{remote_id.rpartition('/')[2]}"


def _is_gone(reply: Reply) -> bool:
    """Tells whether a message is not there any more, which is not the webhook's trouble."""
    try:
        return reply.status == _NOT_FOUND and reply.table().get("code") == _UNKNOWN_MESSAGE
    except UnreadableReply:
        return False


def _words(outgoing: Outgoing) -> dict[str, Any]:
    """Returns the words and the card of a link that does not stand in them; nobody is called by name or role."""
    card = outgoing.link_card
    body: dict[str, Any] = {"content": outgoing.text, "allowed_mentions": {"parse": []}}
    if outgoing.poll:
        body |= {"poll": _asked(outgoing.poll)}
    if card and card.url not in outgoing.text:
        body["embeds"] = [
            {"title": card.title or card.url, "url": card.url, **({"description": card.description} if card.description else {})}
        ]
    return body


def _asked(poll: Poll) -> dict[str, Any]:
    """Returns a poll as it is made ("Poll Create Request Object"); its length counts hours."""
    answers = [{"poll_media": {"text": option}} for option in poll.options]
    length = {"duration": poll.minutes // 60, "allow_multiselect": poll.multiple}
    return {"question": {"text": poll.question}, "answers": answers, **length, "layout_type": 1}


def _hello(exchange: Exchange, path: str) -> Checked:
    """Asks the webhook for itself."""
    reply = exchange.ask(Call(path=path))
    if not isinstance(reply, Refused) and not reply.is_success:
        kind = "auth" if reply.status in {401, 404} else None
        reply = refusal(exchange.title, reply.status, exchange.secrets.removed(reply.said("message")), kind)
    return Checked(ok=False, reason=reply.reason) if isinstance(reply, Refused) else Checked(ok=True, handle=reply.said("name"))


def _call(outgoing: Outgoing, path: str) -> Call:
    """Returns the one call with words and pictures."""
    body = _words(outgoing)
    if not outgoing.media:
        return Call(path=path, method="POST", params=_WAIT, json=body)
    names = [f"picture-{number}{ending(item.picture)}" for number, item in enumerate(outgoing.media)]
    body["attachments"] = [
        {"id": number, "filename": name, **({"description": item.alt} if item.alt else {})}
        for number, (name, item) in enumerate(zip(names, outgoing.media, strict=True))
    ]
    files = {
        f"files[{number}]": (name, picture_bytes(item.picture), item.picture.mime)
        for number, (name, item) in enumerate(zip(names, outgoing.media, strict=True))
    }
    form = {"payload_json": json.dumps(body, ensure_ascii=False)}
    return Call(path=path, method="POST", params=_WAIT, form=form, files=files, patience=90.0)


def _read(reply: Reply, exchange: Exchange, path: str) -> Outcome:
    try:
        table = reply.table()
    except UnreadableReply:
        table = {}
    if not reply.is_success:
        kind = "auth" if table.get("code") in _GONE else None
        return refusal(exchange.title, reply.status, exchange.secrets.removed(reply.said("message")), kind)
    if not table.get("id"):
        return Uncertain(f"{exchange.title} answered without naming the message; it may be there.")
    number, channel = str(table["id"]), str(table.get("channel_id", ""))
    rest = rest_after(reply, exchange.clock.now())
    return Published(f"{channel}/{number}", _address(exchange, path, channel, number), rest)


def _address(exchange: Exchange, path: str, channel: str, number: str) -> str:
    """Returns the message's address, or nothing where the server's number cannot be had: the message is out in any case."""
    answer = exchange.ask(Call(path=path))
    if isinstance(answer, Refused) or not answer.is_success:
        return ""
    guild = answer.said("guild_id")
    return f"https://discord.com/channels/{guild}/{channel}/{number}" if guild else ""
