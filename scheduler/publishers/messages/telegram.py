"""Messages of a bot in a channel or group.

Source: "Telegram Bot API" 10.0, sendMessage, sendPhoto, sendVideo, sendAnimation, sendMediaGroup, sendPoll, editMessageText,
editMessageCaption, deleteMessage, deleteMessages and MessageEntity; answers are ``{"ok", "result"}`` or
``{"ok", "error_code", "description"}``.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from scheduler.model.animations import Animations
from scheduler.model.errors import ConfigurationError
from scheduler.model.graphic import Picture
from scheduler.model.network import Network
from scheduler.model.outcome import Outcome, Published, Refused, Uncertain
from scheduler.model.outgoing import Facet, Outgoing
from scheduler.model.poll import Poll
from scheduler.publishers import fields
from scheduler.publishers.addresses import configured_address
from scheduler.publishers.answers import Reply, UnreadableReply, refusal
from scheduler.publishers.contract import Checked, Connection
from scheduler.publishers.counting import utf16
from scheduler.publishers.error_form import ErrorForm
from scheduler.publishers.exchange import Body, Call, Exchange, Secrets
from scheduler.publishers.files import ending, sending_time
from scheduler.publishers.messages.posting import MendableChat

_PATIENCE = 90.0
_ERRORS = ErrorForm(fields=("error_code",))
_MOST_MESSAGES = 10
_METHODS: Mapping[str, str] = {"photo": "sendPhoto", "video": "sendVideo", "animation": "sendAnimation"}
_Files = Mapping[str, tuple[str, Body, str]]
_USERNAME = re.compile("[A-Za-z0-9_]{1,64}")
# Sayings of tdlib/telegram-bot-api (2026-05-07, Client.cpp: check_chat_access, fail_query_with_error) and tdlib/td (2026-07-17,
# DialogManager.cpp, MessageContent.cpp); those in capitals come from Telegram's servers as they are.
_ACCOUNT_SAYINGS: Mapping[str, tuple[str, ...]] = {
    "the bot may not write there; make it an administrator who may post messages": (
        "not enough rights",
        "need administrator rights",
        "no write access",
        "chat_write_forbidden",
        "chat_admin_required",
        "chat_restricted",
        "chat_send_",
        "chat_guest_send_forbidden",
    ),
    "the bot is not there, or the chat has another name; add it, and see  chat  in config.toml": (
        "chat not found",
        "bot was kicked",
        "bot is not a member",
        "bot was blocked",
        "chat was deleted",
        "user is deactivated",
        "user_banned_in_channel",
        "channel_private",
        "peer_id_invalid",
        "chat_id is empty",
        "chat identifier",
    ),
    "the group has become a supergroup with a number of its own; put that into config.toml as  chat": ("upgraded to a supergroup",),
    "the server is too old for this; see  api_url  in config.toml": ("method not found",),
}
_RESTRICTED_SAYINGS = ("frozen_method_invalid", "user_restricted")
_LATER_SAYINGS = ("file_part_", "temporarily unavailable", "request aborted")
_PICTURE_SAYINGS = (
    "photo_",
    "image_process_failed",
    "media_invalid",
    "media_empty",
    "wrong type of the web page content",
    "there is no photo in the request",
    "there is no video in the request",
    "there is no animation in the request",
    "video_",
    "request entity too large",
    "can't use the media",
    "file is too big",
    "file must be non-empty",
)


class NoChat(ConfigurationError):
    """Is an account without the chat it writes to."""


def connect(connection: Connection, facts: Network) -> MendableChat:
    """Returns the chat of an account; raises NoChat, UnsafeAddress or SecretMissing."""
    account, settings = connection.account, connection.account.settings
    chat = settings.get("chat", "")
    if not chat:
        raise NoChat(f"The account {account.name} has no chat.", f'Add  chat = "@channel"  to [accounts.{account.name}].')
    address = configured_address(settings["api_url"], f"api_url of [accounts.{account.name}]")
    secrets = Secrets()
    token = secrets.add(connection.secret())
    secrets.add(token.rpartition(":")[2])
    exchange = Exchange(address, facts.title, connection.clock, secrets, _ERRORS)
    path = f"/bot{token}"
    return MendableChat(
        facts,
        exchange,
        lambda outgoing, sources: _call(outgoing, sources, path, chat, facts.limits.animations),
        lambda reply: _read(reply, exchange, chat),
        f"look into {chat} whether it is there.",
        lambda: _hello(exchange, path, chat),
        lambda remote_id, outgoing: _mend(outgoing, path, remote_id),
        lambda remote_id: _erase(path, remote_id),
        lambda reply: "message to delete not found" in reply.said("description"),
        lambda reply: "message is not modified" in reply.said("description"),
    )


def _hello(exchange: Exchange, path: str, chat: str) -> Checked:
    """Asks who the bot is, and whether it knows the chat."""
    for method, params in (("getMe", None), ("getChat", {"chat_id": chat})):
        reply = exchange.ask(Call(path=f"{path}/{method}", params=params))
        refused = reply if isinstance(reply, Refused) else None if reply.is_success else _read(reply, exchange, chat)
        if isinstance(refused, Refused):
            return Checked(ok=False, reason=refused.reason)
    return Checked(ok=True, handle=chat, notes=("A lost answer cannot be cleared up by asking; you would be asked.",))


def _call(outgoing: Outgoing, sources: Sequence[Body], path: str, chat: str, animations: Animations) -> Call:
    """Returns the one call that sends the words, the pictures and the films; the words go unformatted, just as they are."""
    marks = [_entity(outgoing.text, facet) for facet in outgoing.facets if _is_hidden_link(outgoing.text, facet)]
    pictures = [item.picture for item in outgoing.media]
    kinds = [_kind(picture, animations) for picture in pictures]
    files = {
        f"picture{n}": (f"{kind}-{n}{ending(picture)}", source, picture.mime)
        for n, (picture, kind, source) in enumerate(zip(pictures, kinds, sources, strict=True))
    }
    shown = [_shown(picture, kind, name) for picture, kind, name in zip(pictures, kinds, files, strict=True)]
    patience = _PATIENCE + sending_time(pictures)
    if outgoing.poll:
        words = {"description": outgoing.text, **({"description_entities": marks} if marks else {})} if outgoing.text else {}
        asked = {"chat_id": chat, **words, **_asked(outgoing.poll), **({"media": shown[0]} if files else {})}
        return _posting(f"{path}/sendPoll", asked, files, patience)
    if not files:
        return _posting(
            f"{path}/sendMessage", {"chat_id": chat, "text": outgoing.text, **({"entities": marks} if marks else {})}, {}, patience
        )
    caption: dict[str, Any] = {"caption": outgoing.text, **({"caption_entities": marks} if marks else {})}
    if len(pictures) == 1:
        alone = {"chat_id": chat, kinds[0]: "attach://picture0", **_told(pictures[0], kinds[0]), **caption}
        return _posting(f"{path}/{_METHODS[kinds[0]]}", alone, files, patience)
    return _posting(f"{path}/sendMediaGroup", {"chat_id": chat, "media": [shown[0] | caption, *shown[1:]]}, files, patience)


def _posting(path: str, body: Mapping[str, Any], files: _Files, patience: float) -> Call:
    """Returns the call with everything that is sent; beside files, what is no word is written as JSON in a field of its own."""
    if not files:
        return Call(path=path, method="POST", json=body, patience=patience)
    form = {name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in body.items()}
    return Call(path=path, method="POST", form=form, files=files, patience=patience)


def _kind(picture: Picture, animations: Animations) -> str:
    """Returns what the API calls a picture, a film or a picture that moves."""
    return "video" if picture.video else "animation" if animations.moves(picture) else "photo"


def _told(picture: Picture, kind: str) -> dict[str, Any]:
    """Returns what the API is told of a film or of a picture that moves, so that its place is there before it is loaded."""
    if kind == "photo":
        return {}
    size = {"width": picture.width, "height": picture.height}
    return {**size, "duration": round(picture.video.seconds), "supports_streaming": True} if picture.video else size


def _shown(picture: Picture, kind: str, name: str) -> dict[str, Any]:
    """Returns the file of a group or a poll ("InputMedia")."""
    return {"type": kind, "media": f"attach://{name}", **_told(picture, kind)}


def _asked(poll: Poll) -> dict[str, Any]:
    """Returns a poll as it is made; channels have no polls but anonymous ones."""
    return {
        "question": poll.question,
        "options": [{"text": option} for option in poll.options],
        "is_anonymous": True,
        "allows_multiple_answers": poll.multiple,
        "open_period": poll.minutes * 60,
    }


def _mend(outgoing: Outgoing, path: str, remote_id: str) -> Call:
    """Returns the call that changes the words of a message, or those below its first picture."""
    chat, _, numbers = remote_id.rpartition("/")
    name, method = ("caption", "editMessageCaption") if outgoing.media else ("text", "editMessageText")
    marks = [_entity(outgoing.text, facet) for facet in outgoing.facets if _is_hidden_link(outgoing.text, facet)]
    entities = {"caption_entities" if outgoing.media else "entities": marks} if marks else {}
    body = {"chat_id": chat, "message_id": int(numbers.split(",")[0]), name: outgoing.text, **entities}
    return Call(path=f"{path}/{method}", method="POST", json=body)


def _erase(path: str, remote_id: str) -> Call:
    """Returns the call that takes back a message, or all of the messages that a group of pictures is."""
    chat, _, numbers = remote_id.rpartition("/")
    found = [int(number) for number in numbers.split(",")]
    several = len(found) > 1
    which = {"message_ids": found} if several else {"message_id": found[0]}
    return Call(path=f"{path}/{'deleteMessages' if several else 'deleteMessage'}", method="POST", json={"chat_id": chat, **which})


def _is_hidden_link(text: str, facet: Facet) -> bool:
    """Tells whether words stand for a link; addresses as such become links by themselves, with ``https://`` or without."""
    return facet.kind == "link" and text[facet.start : facet.end] not in {facet.value, facet.value.removeprefix("https://")}


def _entity(text: str, facet: Facet) -> dict[str, Any]:
    """Returns the link of some words; places count UTF-16 code units."""
    offset, length = utf16(text[: facet.start]), utf16(text[facet.start : facet.end])
    return {"type": "text_link", "offset": offset, "length": length, "url": facet.value}


def _read(reply: Reply, exchange: Exchange, chat: str) -> Outcome:
    try:
        table = reply.table()
    except UnreadableReply:
        table = {}
    if reply.is_success and table.get("ok") is True:
        found = table.get("result")
        messages = fields.tables(found if isinstance(found, list) else [found])
        return _published(messages, chat) if messages else Published("message")
    if reply.is_success:
        return Uncertain(f"{exchange.title} answered with something that is not an answer of its API; the message may be there.")
    said = exchange.secrets.removed(reply.said("description"))
    if reply.status == 404 and said in {"", "Not Found"}:  # noqa: PLR2004 - the API says 404 of a token that is none
        return refusal(exchange.title, reply.status, "the bot’s token is none", "auth")
    return _refused(exchange.title, reply.status, said)


def _refused(title: str, status: int, said: str) -> Refused:
    """Returns whose matter a refusal is; its words are all that the API gives, and it does not promise them."""
    lowered = said.lower()
    mend = next((mend for mend, sayings in _ACCOUNT_SAYINGS.items() if any(saying in lowered for saying in sayings)), "")
    if mend:
        return Refused(f"{title} does not take messages for this chat: {mend} ({said}).", permanent=False, kind="auth")
    if any(saying in lowered for saying in _RESTRICTED_SAYINGS):
        return refusal(title, status, said, "restricted")
    if any(saying in lowered for saying in _LATER_SAYINGS):
        return Refused(f"{title} could not take the message just now: {said}.", permanent=False)
    return refusal(title, status, said, "media" if any(saying in lowered for saying in _PICTURE_SAYINGS) else None)


def _published(messages: Sequence[Mapping[str, Any]], chat: str) -> Published:
    """Returns the message, or the group of messages that several pictures are, under the address of its first."""
    where, numbers = fields.table(messages[0], "chat"), [fields.name(message, "message_id") for message in messages]
    if len(messages) > _MOST_MESSAGES or not all(number.isdigit() for number in numbers):
        return Published("message")
    told, number = fields.words(where, "username"), fields.number(where, "id")
    place = told if _USERNAME.fullmatch(told) else f"c/{str(number or 0).removeprefix('-100')}"
    return Published(f"{number or chat}/{','.join(numbers)}", f"https://t.me/{place}/{numbers[0]}")
