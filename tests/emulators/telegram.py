"""Telegram's Bot API. Source: "Telegram Bot API" 10.0 ("Making requests", sendMessage, sendPhoto, sendVideo, sendAnimation,
sendMediaGroup, InputMediaPhoto, InputMediaVideo, sendPoll, InputPollMedia, ResponseParameters); refusals of polls: TDLib
(MessageContent.cpp, PollOption.cpp, 2026-07-17). Lengths of messages and captions: core.telegram.org/constructor/config,
message_length_max and caption_length_max, "length in utf8 codepoints".
"""

import hashlib
import io
import json
import sys
from collections.abc import Mapping
from typing import Any, ClassVar

from PIL import Image

from tests.emulators.emulating import Answer, Call, Emulator, File, Route, Source, serve

TOKEN, CHAT, CHAT_ID = "123456:planted-telegram-token", "@harbourworkers", -1001234567890
MOST = 50_000_000


BOT_API = Source("tdlib/telegram-bot-api (2026-05-07), Client.cpp")
TDLIB = Source("tdlib/td (2026-07-17), MessageContent.cpp and MessagesManager.cpp, first letter small as Client.cpp has it")
NAMES = Source("[C] a name of Telegram's servers that Client.cpp passes on, as bots' logs quote it")
LARGE = Source("[C] tdlib/telegram-bot-api#720: how a file above the 50 MB of sendVideo and sendAnimation is refused")
OURS = Source("[ours] the page of sendMediaGroup says 2-10 items, and not how fewer are refused")


def error(source: Source, code: int, description: str) -> Answer:
    del source
    return Answer(code, {"ok": False, "error_code": code, "description": description})


class Telegram(Emulator):
    routes: ClassVar[tuple[Route, ...]] = (
        (r"POST /bot[^/]+/(sendMessage|sendPhoto|sendMediaGroup)", "send", "Bot API: sendMessage, sendPhoto, sendMediaGroup"),
        (r"POST /bot[^/]+/(sendVideo|sendAnimation)", "send", "Bot API: sendVideo, sendAnimation"),
        (r"POST /bot[^/]+/sendPoll", "ask", "Bot API: sendPoll"),
        (r"POST /bot[^/]+/(?:editMessageText|editMessageCaption)", "mend", "Bot API: editMessageText, editMessageCaption"),
        (r"POST /bot[^/]+/(?:deleteMessage|deleteMessages)", "erase", "Bot API: deleteMessage, deleteMessages"),
        (r"GET /bot[^/]+/(getMe|getChat)", "tell", "Bot API: getMe, getChat"),
    )

    def fresh(self) -> dict[str, Any]:
        return {"messages": []}

    def unknown(self, call: Call) -> Answer:
        del call
        return error(BOT_API, 404, "Not Found: method not found")

    def refused(self, call: Call) -> Answer | None:
        return None if call.path.startswith(f"/bot{TOKEN}/") else error(BOT_API, 401, "Unauthorized")

    def tell(self, call: Call, method: str) -> Answer:
        if method == "getChat" and call.fields.get("chat_id") != CHAT:
            return error(BOT_API, 400, "Bad Request: chat not found")
        return Answer(200, {"ok": True, "result": {"id": 1, "username": "harbourbot"}})

    def send(self, call: Call, method: str) -> Answer:
        fields: dict[str, Any] = call.json if call.json is not None else dict(call.fields)
        if fields.get("chat_id") != CHAT:
            return error(BOT_API, 400, "Bad Request: chat not found")
        if method == "sendMessage":
            return self._kept(fields["text"], [], 4_096, fields.get("entities", []))
        if method == "sendMediaGroup":
            group = json.loads(fields["media"])
            if not 2 <= len(group) <= 10:
                return _no_group(group)
            if any(item["type"] == "animation" for item in group):
                return error(BOT_API, 400, "Bad Request: can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup")
        else:
            group = [_alone(method.removeprefix("send").lower(), fields)]
        if refused := _no_media(group, call.files):
            return refused
        return self._kept(group[0].get("caption", ""), _seen(group, call.files), 1_024, group[0].get("caption_entities", []))

    def ask(self, call: Call) -> Answer:
        """Keeps a poll; channels take anonymous ones alone."""
        fields: dict[str, Any] = call.json if call.json is not None else _parsed(call.fields)
        if refusal := _no_poll(fields, set(call.files)):
            return error(TDLIB, 400, f"Bad Request: {refusal}")
        options = [option["text"] for option in fields["options"]]
        shown = [fields["media"]] if "media" in fields else []
        if refused := _no_media(shown, call.files):
            return refused
        answer = self._kept(fields.get("description", ""), _seen(shown, call.files), 1_024, fields.get("description_entities", []))
        if answer.status == 200:
            poll = {"question": fields["question"], "options": options, "minutes": fields["open_period"] // 60}
            self.state["messages"][-1]["poll"] = {**poll, "multiple": fields["allows_multiple_answers"]}
        return answer

    def _kept(self, text: str, shown: list[dict[str, Any]], most: int, marks: list[dict[str, Any]]) -> Answer:
        pictures = len(shown)
        if len(text) > most:  # Python counts code points
            return error(TDLIB, 400, "Bad Request: message caption is too long" if pictures else "Bad Request: message is too long")
        units = text.encode("utf-16-le")
        links = [[units[2 * m["offset"] : 2 * (m["offset"] + m["length"])].decode("utf-16-le"), m["url"]] for m in marks]
        numbers = [int(self.number()) for _ in range(max(pictures, 1))]
        self.state["messages"].append({"ids": numbers, "text": text, "pictures": pictures, "shown": shown, "links": links})
        chat = {"id": CHAT_ID, "username": CHAT.removeprefix("@"), "type": "channel"}
        messages = [{"message_id": number, "chat": chat} for number in numbers]
        return Answer(200, {"ok": True, "result": messages if pictures > 1 else messages[0]})

    def mend(self, call: Call) -> Answer:
        message = next((each for each in self.state["messages"] if call.json["message_id"] == each["ids"][0]), None)
        if message is None or call.json["chat_id"] != str(CHAT_ID):
            return error(BOT_API, 400, "Bad Request: message to edit not found")
        if ("caption" in call.json) is not bool(message["pictures"]):
            return error(TDLIB, 400, f"Bad Request: there is no {'caption' if 'caption' in call.json else 'text'} in the message to edit")
        text = call.json.get("caption", call.json.get("text"))
        if text == message["text"]:
            told = (
                "specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
            )
            return error(BOT_API, 400, f"Bad Request: message is not modified: {told}")
        message["text"] = text
        return Answer(200, {"ok": True, "result": {"message_id": message["ids"][0], "chat": {"id": CHAT_ID, "username": CHAT[1:]}}})

    def erase(self, call: Call) -> Answer:
        """Deletes one message, or several: "if some of the specified messages can't be found, they are skipped"."""
        wanted = call.json.get("message_ids", [call.json.get("message_id")])
        found = [each for each in self.state["messages"] if set(each["ids"]) & set(wanted)]
        if not found and "message_ids" not in call.json:
            return error(BOT_API, 400, "Bad Request: message to delete not found")
        for each in found:
            each["ids"] = [number for number in each["ids"] if number not in wanted]
        self.state["messages"] = [each for each in self.state["messages"] if each["ids"]]
        return Answer(200, {"ok": True, "result": True})


def _no_group(group: list[Any]) -> Answer:
    """Refuses a group of pictures that is none."""
    if len(group) < 2:
        return error(OURS, 400, "Bad Request: group send failed")
    return error(TDLIB, 400, "Bad Request: too many messages to send as an album")


def _alone(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the fields of a call for one file as a group has them."""
    told = {
        name: json.loads(fields[name])
        for name in ("width", "height", "duration", "supports_streaming", "caption_entities")
        if name in fields
    }
    return {"type": kind, "media": fields.get(kind, ""), "caption": fields.get("caption", ""), **told}


def _no_media(group: list[dict[str, Any]], files: Mapping[str, File]) -> Answer | None:
    """Refuses what is not there, is too large, or is no photo."""
    for item in group:
        file = files.get(item["media"].removeprefix("attach://"))
        if file is None or not file.data:
            return error(BOT_API, 400, f"Bad Request: there is no {item['type']} in the request")
        if len(file.data) > MOST:
            return error(LARGE, 413, "Request Entity Too Large")
        if item["type"] == "photo" and not _is_photo(file.data):
            return error(NAMES, 400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    return None


def _seen(group: list[dict[str, Any]], files: Mapping[str, File]) -> list[dict[str, Any]]:
    """Returns what readers see: of a video that is no MPEG4, and of an animation that is no GIF, they see a file to load down."""
    found = []
    for item in group:
        data = files[item["media"].removeprefix("attach://")].data
        is_film = data[4:8] == b"ftyp" and data[8:12] != b"qt  "
        plays = is_film if item["type"] == "video" else data[:4] == b"GIF8" if item["type"] == "animation" else True
        told: dict[str, Any] = {name: item[name] for name in ("width", "height", "duration", "supports_streaming") if name in item}
        found.append({"type": item["type"] if plays else "document", **told, "sha256": hashlib.sha256(data).hexdigest()})
    return found


def _is_photo(data: bytes) -> bool:
    """Holds a photo to sendPhoto: "width and height must not exceed 10000 in total. Width and height ratio must be at most 20."""
    width, height = Image.open(io.BytesIO(data)).size
    return width + height <= 10_000 and max(width, height) <= 20 * min(width, height)


def _parsed(fields: Mapping[str, str]) -> dict[str, Any]:
    """Returns the fields of a form, in which everything but words is JSON."""
    plain = {"chat_id", "question", "description"}
    return {name: value if name in plain else json.loads(value) for name, value in fields.items()}


def _no_poll(fields: Mapping[str, Any], files: set[str]) -> str:
    """Returns what TDLib says of a poll (create_input_message_content, get_input_poll_option, can_send_message_content).

    Lengths count code points.
    """
    options, media = [option["text"] for option in fields["options"]], fields.get("media")
    sayings = {
        "chat not found": fields.get("chat_id") != CHAT,
        "poll question length must not exceed 300": not 1 <= len(fields["question"]) <= 300,
        "poll can't have more than 12 options": not 1 <= len(options) <= 12,
        "poll options length must not exceed 100": any(not 1 <= len(option) <= 100 for option in options),
        "non-anonymous polls can't be sent to channel chats": not fields.get("is_anonymous", True),
        "invalid open period": not 5 <= fields["open_period"] <= 2_628_000,
        "failed to parse InputPollMedia: media not found": media and media["media"].removeprefix("attach://") not in files,
    }
    return next((saying for saying, is_so in sayings.items() if is_so), "")


if __name__ == "__main__":
    serve(Telegram, sys.argv[1:])
