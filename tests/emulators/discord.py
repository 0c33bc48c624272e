"""Discord's webhooks.

Source: "Webhook Resource", "Message Resource", "Poll Resource" and "Opcodes and Status Codes" (discord/discord-api-docs, 2026-08-06).
"""

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from typing import Any, ClassVar

from tests.emulators.emulating import Answer, Call, Emulator, Route, Source, serve

WEBHOOK = "/api/webhooks/112233445566778899/planted-discord-token"
CHANNEL, THREAD = "7", "998877665544332211"
FILE, REQUEST = 10 * 1024 * 1024, 25 * 1024 * 1024


CODES = Source("Opcodes and Status Codes, JSON Error Codes (discord/discord-api-docs, 2026-08-06); [ours] which status comes with a code")
FORM = Source("Reference, Error Messages (discord/discord-api-docs, 2026-08-06): code 50035 and errors with _errors")


def error(source: Source, status: int, code: int, message: str, **more: Any) -> Answer:
    del source
    return Answer(status, {"message": message, "code": code, **more})


class Discord(Emulator):
    routes: ClassVar[tuple[Route, ...]] = (
        (rf"POST {WEBHOOK}", "execute", "Webhook Resource: Execute Webhook"),
        (rf"GET {WEBHOOK}", "webhook", "Webhook Resource: Get Webhook with Token"),
        (rf"(PATCH|DELETE) {WEBHOOK}/messages/(\d+)", "message", "Webhook Resource: Edit and Delete Webhook Message"),
    )

    def fresh(self) -> dict[str, Any]:
        return {"messages": []}

    def unknown(self, call: Call) -> Answer:
        if call.path.startswith("/api/webhooks/112233445566778899/"):
            return error(CODES, 401, 50027, "Invalid webhook token provided")
        return error(CODES, 404, 10015, "Unknown webhook")

    def webhook(self, call: Call) -> Answer:
        del call
        return Answer(200, {"id": "112233445566778899", "name": "Harbour Workers", "guild_id": "42", "channel_id": CHANNEL, "type": 1})

    def execute(self, call: Call) -> Answer:
        # "Uploading Files": the size of one file, and that of the whole request.
        if len(call.body) > REQUEST or any(len(file.data) > FILE for file in call.files.values()):
            return error(CODES, 413, 40005, "Request entity too large. Try sending something smaller in size")
        body = call.json if call.json is not None else json.loads(call.fields["payload_json"])
        if len(body.get("content", "")) > 2_000:
            errors = {"content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}]}}
            return error(FORM, 400, 50035, "Invalid Form Body", errors=errors)
        # "Embed Limits"
        if any(len(each["title"]) > 256 or len(each.get("description", "")) > 4_096 for each in body.get("embeds", [])):
            return error(FORM, 400, 50035, "Invalid Form Body")
        poll = body.get("poll")
        # [ours] no page tells of files beside a poll.
        if poll and (call.files or not _is_poll(poll)):
            return error(FORM, 400, 50035, "Invalid Form Body")
        if not body.get("content") and not call.files and not poll:
            return error(CODES, 400, 50006, "Cannot send an empty message")
        return self._kept(call, body)

    def _kept(self, call: Call, body: dict[str, Any]) -> Answer:
        alts = [each.get("description", "") for each in body.get("attachments", [])]
        if len(alts) != len(call.files):
            return error(FORM, 400, 50035, "Invalid Form Body")
        if call.fields.get("thread_id", THREAD) != THREAD:
            return error(CODES, 404, 10003, "Unknown channel")
        channel = call.fields.get("thread_id", CHANNEL)
        number = self.number()
        calls_everyone = "everyone" in body.get("allowed_mentions", {"parse": ["everyone"]})["parse"]
        kept = {
            "files": [[file.name, file.mime, hashlib.sha256(file.data).hexdigest()] for file in call.files.values()],
            "id": number,
            "channel": channel,
            "text": _seen(body.get("content", "")),
            "alts": alts,
            "calls_everyone": calls_everyone,
            "poll": body.get("poll"),
        }
        self.state["messages"].append({**kept, "embeds": body.get("embeds", [])})
        if call.fields.get("wait") != "true":
            return Answer(204)
        return Answer(200, {"id": number, "channel_id": channel, "content": body.get("content", "")})

    def message(self, call: Call, method: str, number: str) -> Answer:
        """Mends or deletes one message ("Edit Webhook Message", "Delete Webhook Message")."""
        channel = call.fields.get("thread_id", CHANNEL)
        found = next((each for each in self.state["messages"] if (each["id"], each["channel"]) == (number, channel)), None)
        if found is None:
            return error(CODES, 404, 10008, "Unknown message")
        if method == "DELETE":
            self.state["messages"].remove(found)
            return Answer(204)
        if found["poll"]:
            return error(CODES, 400, 520003, "Cannot edit a poll message")
        found["text"] = _seen(call.json["content"])
        return Answer(200, {"id": number, "channel_id": channel, "content": call.json["content"]})


def _seen(content: str) -> str:
    """Returns what readers see of Markdown whose every sign is escaped; a sign that is left is kept, for tests to stumble over."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", content)


def _is_poll(poll: Mapping[str, Any]) -> bool:
    """Holds a poll to "Poll Create Request Object" and "Poll Media Object"."""
    answers = [answer["poll_media"]["text"] for answer in poll["answers"]]
    fits = 1 <= len(answers) <= 10 and all(1 <= len(text) <= 55 for text in answers)
    return fits and 1 <= len(poll["question"]["text"]) <= 300 and 1 <= poll.get("duration", 24) <= 32 * 24


if __name__ == "__main__":
    serve(Discord, sys.argv[1:])
