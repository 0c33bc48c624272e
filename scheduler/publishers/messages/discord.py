"""Messages of a webhook in a channel of Discord.

Source: "Webhook Resource", "Message Resource" and "Poll Resource" (discord/discord-api-docs, 2026-08-06).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from scheduler.model.network import Network
from scheduler.model.outcome import Outcome, Published, Refused, Uncertain
from scheduler.model.outgoing import Outgoing
from scheduler.model.poll import Poll
from scheduler.publishers import fields
from scheduler.publishers.answers import Reply, UnreadableReply, refusal, rest_after, waiting_time
from scheduler.publishers.contract import Checked, Connection
from scheduler.publishers.error_form import ErrorForm
from scheduler.publishers.exchange import Body, Call, Exchange
from scheduler.publishers.files import ending, sending_time
from scheduler.publishers.messages.markdown import cut, escaped
from scheduler.publishers.messages.posting import MendableChat, webhook

# "Opcodes and Status Codes" (2026-08-06) names codes without the statuses they come with: whose matter one is hangs on the code alone.
_GONE = (10003, 10004, 10012, 10015, 10016, 40001, 50001, 50013, 50014, 50025, 50026, 50027, 50055, 60003)
_NOT_THERE = (40058, 40067, 50008, 50024, 50068, 50083, 160005, 160006, 160007, 220001, 220002, 220003, 220004)
_KINDS: Mapping[int, str] = {
    **dict.fromkeys((40002, 40007, 40012, 50095, 50178, 400001), "restricted"),
    **dict.fromkeys((30015, 40005, 50045, 50046, 50110, 50123, 50124, 50138, 50146, 50192), "media"),
    **dict.fromkeys((20009, 50006, 50035, 50109, 200000, 200001, 240000, 520002, 520004), "content"),
}
# 40333 is what stands before Discord, 0 anything at all: both come right by themselves, or never.
_LATER = frozenset({40004, 40006, 40333, 110000, 110001, 130000})
_TOO_OFTEN = frozenset({20016, 20028, 20029, 30046, 40062})
_LEADS: Mapping[int, str] = {
    **dict.fromkeys(_GONE, "{title} does not let this webhook write there; make a new one in the channel and connect it"),
    **dict.fromkeys(_NOT_THERE, "{title} takes no plain message in the webhook’s channel; add ?thread_id=… to its address, or use another"),
}
_A_WHILE = timedelta(minutes=1)
_PATIENCE = 90.0
# "Embed Limits" of the "Message Resource".
_LONGEST_TITLE, _LONGEST_DESCRIPTION = 256, 4_096
_NOT_FOUND, _UNKNOWN_MESSAGE = 404, 10008
# Paths without the number of a version answer in the form of old ones: the fields that are at fault, by their names.
_ERRORS = ErrorForm(fields=("code", "content", "embeds", "poll", "_misc"))
# Without wait, "a message that is not saved does not return an error".
_WAIT = {"wait": "true"}


def connect(connection: Connection, facts: Network) -> MendableChat:
    """Returns the channel of a webhook; raises NoWebhook or SecretMissing."""
    exchange, path, asked = webhook(connection, facts.title, _ERRORS)
    # "Execute Webhook", "Edit Webhook Message" and "Delete Webhook Message": a thread of the channel is named in the query.
    thread = {"thread_id": asked["thread_id"]} if "thread_id" in asked else {}
    look = "look into the channel whether it is there."
    return MendableChat(
        facts,
        exchange,
        lambda outgoing, sources: _call(outgoing, sources, path, thread),
        lambda reply: _read(reply, exchange, path),
        look,
        lambda: _hello(exchange, path),
        lambda remote_id, outgoing: Call(path=_message(path, remote_id), method="PATCH", params=thread, json=_words(outgoing)),
        lambda remote_id: Call(path=_message(path, remote_id), method="DELETE", params=thread),
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
    """Returns the words and the card of a link that does not stand in them, in Markdown; nobody is called by name or role."""
    card = outgoing.link_card
    body: dict[str, Any] = {"content": escaped(outgoing.text), "allowed_mentions": {"parse": []}}
    if outgoing.poll:
        body |= {"poll": _asked(outgoing.poll)}
    if card and card.url not in outgoing.text:
        body["embeds"] = [
            {
                "title": cut(card.title or card.url, _LONGEST_TITLE),
                "url": card.url,
                **({"description": cut(card.description, _LONGEST_DESCRIPTION)} if card.description else {}),
            }
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


def _call(outgoing: Outgoing, sources: Sequence[Body], path: str, thread: Mapping[str, str]) -> Call:
    """Returns the one call with words, pictures and films, for the thread that the webhook's address names."""
    body = _words(outgoing)
    if not outgoing.media:
        return Call(path=path, method="POST", params={**_WAIT, **thread}, json=body)
    names = [f"{'film' if item.picture.video else 'picture'}-{number}{ending(item.picture)}" for number, item in enumerate(outgoing.media)]
    body["attachments"] = [
        {"id": number, "filename": name, **({"description": item.alt} if item.alt else {})}
        for number, (name, item) in enumerate(zip(names, outgoing.media, strict=True))
    ]
    files = {
        f"files[{number}]": (name, source, item.picture.mime)
        for number, (name, source, item) in enumerate(zip(names, sources, outgoing.media, strict=True))
    }
    form = {"payload_json": json.dumps(body, ensure_ascii=False)}
    patience = _PATIENCE + sending_time(item.picture for item in outgoing.media)
    return Call(path=path, method="POST", params={**_WAIT, **thread}, form=form, files=files, patience=patience)


def _read(reply: Reply, exchange: Exchange, path: str) -> Outcome:
    try:
        table = reply.table()
    except UnreadableReply:
        table = {}
    if not reply.is_success:
        return _refused(exchange, reply, table.get("code"))
    number, channel = fields.name(table, "id"), fields.name(table, "channel_id")
    if not number.isdigit():
        return Uncertain(f"{exchange.title} answered without naming the message; it may be there.")
    rest = rest_after(reply, exchange.clock.now())
    return Published(f"{channel}/{number}", _address(exchange, path, channel, number), rest)


def _refused(exchange: Exchange, reply: Reply, told: object) -> Refused:
    """Returns what a refusal means; a code is said before its status counts."""
    code = told if isinstance(told, int) else 0
    said = exchange.secrets.removed(reply.said("message"))
    if code in _TOO_OFTEN:
        wait = waiting_time(reply, exchange.clock.now()) or _A_WHILE
        return Refused(f"{exchange.title} asks us to wait: {said.rstrip('.')}.", permanent=False, retry_after=wait, kind="rate")
    if code in _LATER:
        return Refused(f"{exchange.title} cannot take messages now: {said.rstrip('.')}.", permanent=False, retry_after=_A_WHILE)
    if code in _LEADS:
        return Refused(f"{_LEADS[code].format(title=exchange.title)} ({said.rstrip('.')}).", permanent=False, kind="auth")
    return refusal(exchange.title, reply.status, said, _KINDS.get(code))


def _address(exchange: Exchange, path: str, channel: str, number: str) -> str:
    """Returns the message's address, or nothing where the server's number cannot be had: the message is out in any case."""
    answer = exchange.ask(Call(path=path))
    if isinstance(answer, Refused) or not answer.is_success:
        return ""
    guild = answer.said("guild_id")
    return f"https://discord.com/channels/{guild}/{channel}/{number}" if guild.isdigit() and channel.isdigit() else ""
