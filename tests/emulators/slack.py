"""Slack's incoming webhooks and Web API.

Sources: "Sending messages using incoming webhooks", whose errors are one word of plain text (changelog of 2016); chat.postMessage,
chat.delete, conversations.history, auth.test, files.getUploadURLExternal, files.completeUploadExternal and files.info with their errors
(slack-ruby/slack-api-ref, 2026-08-20); "Slack file object", "Image block", "Rich text block", "Message metadata" (docs.slack.dev, 2026).
A file that is not looked at yet is refused in a block: slackapi/node-slack-sdk#2040, slackapi/python-slack-sdk#1658. Files that are shared
with a channel when their upload ends come to it later than the answer: slackapi/bolt-js#2115; that can only be called once, and a file
whose upload is never ended is discarded: files.completeUploadExternal, "Usage info" (docs.slack.dev, 2026).
"""

import hashlib
import html
import json
import mimetypes
import re
import sys
from collections.abc import Mapping
from typing import Any, ClassVar

from tests.emulators.emulating import Answer, Call, Emulator, Route, Source, serve

WEBHOOK = "/services/T00000000/B00000000/planted-slack-token"
TOKEN, CHANNEL, BOT, USER = "xoxb-1-planted-slack-bot", "C0123456789", "B00000001", "U00000001"
LONGEST = 40_000
"""How many characters a text may have ("Message payloads"; chat.postMessage: msg_too_long).

[ours] That these are units of UTF-16 of what is sent, with its escapes: the page does not say, and this reading is the strictest.
"""
SCOPES = "chat:write,files:write,files:read,channels:history"
PLAIN = {"Content-Type": "text/html"}
_PER_METHOD: Mapping[str, str] = {
    "chat.postMessage": "chat:write",
    "chat.delete": "chat:write",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
    "conversations.history": "channels:history",
}


POSTING = Source("chat.postMessage, errors (slack-ruby/slack-api-ref, 2026-08-20)")
LONG = Source("[C] msg_too_long, in the errors of chat.postMessage as older copies of the page have them")
DELETING = Source("chat.delete, errors (slack-ruby/slack-api-ref, 2026-08-20)")
PROMISING = Source("files.getUploadURLExternal, errors (slack-ruby/slack-api-ref, 2026-08-20)")
COMPLETING = Source("files.completeUploadExternal and files.info, errors (slack-ruby/slack-api-ref, 2026-08-20)")
ANY = Source(
    "auth.test, errors (slack-ruby/slack-api-ref, 2026-08-20), and Evaluating responses (docs.slack.dev): missing_scope with needed"
)
UNREADY = Source("[C] slackapi/node-slack-sdk#2040, slackapi/python-slack-sdk#1658")
WEBHOOKS = Source("Sending messages using incoming webhooks: Handling errors; changelog of 2016")
UPLOADING = Source("[ours] no page says how the address of an upload refuses")
LONG_BY_WEBHOOK = Source("[ours] that a webhook says it as the Web API does")


def failed(source: Source, code: str, **more: Any) -> Answer:
    del source
    return Answer(200, {"ok": False, "error": code, **more})


def word(source: Source, status: int, said: str) -> Answer:
    """Returns a refusal of plain text, as webhooks and uploads have it."""
    del source
    return Answer(status, said, PLAIN)


class Slack(Emulator):
    """Has the switches ``scopes``, ``member`` (of the channel) and ``looks`` (how often a new file is not known yet).

    ``lag`` is how often somebody asks before shared files are in the channel, ``discards`` throws away uploads that are not ended.
    """

    routes: ClassVar[tuple[Route, ...]] = (
        (rf"POST {WEBHOOK}", "post", "Sending messages using incoming webhooks"),
        (r"POST /api/auth\.test", "whoami", "auth.test"),
        (r"POST /api/files\.getUploadURLExternal", "place", "files.getUploadURLExternal"),
        (r"POST /upload/v1/(F\w+)", "upload", "files.getUploadURLExternal: Uploading to the URL"),
        (r"POST /api/files\.completeUploadExternal", "complete", "files.completeUploadExternal"),
        (r"POST /api/files\.info", "info", "files.info"),
        (r"POST /api/chat\.postMessage", "message", "chat.postMessage"),
        (r"POST /api/chat\.delete", "erase", "chat.delete"),
        (r"POST /api/conversations\.history", "history", "conversations.history"),
    )

    def fresh(self) -> dict[str, Any]:
        return {"messages": [], "files": {}, "coming": [], "scopes": SCOPES, "member": True, "looks": 1, "lag": 0, "discards": False}

    def unknown(self, call: Call) -> Answer:
        return failed(ANY, "unknown_method") if call.path.startswith("/api/") else word(WEBHOOKS, 404, "no_service")

    def refused(self, call: Call) -> Answer | None:
        if not call.path.startswith("/api/"):
            return None
        if call.headers.get("authorization") != f"Bearer {TOKEN}":
            return failed(ANY, "invalid_auth")
        method = call.path.removeprefix("/api/")
        needed = _PER_METHOD.get(method, "")
        if needed and needed not in self.state["scopes"].split(","):
            return failed(ANY, "missing_scope", needed=needed, provided=self.state["scopes"])
        fields = _fields(call)
        if "channel" in fields and fields["channel"] != CHANNEL:
            return failed(POSTING, "channel_not_found")
        return failed(POSTING, "not_in_channel") if "channel" in fields and not self.state["member"] else None

    def post(self, call: Call) -> Answer:
        if not isinstance(call.json, dict):
            return word(WEBHOOKS, 400, "invalid_payload")
        text = call.json.get("text", "")
        if not text:
            return word(WEBHOOKS, 400, "no_text")
        if _length(text) > LONGEST:
            return word(LONG_BY_WEBHOOK, 400, "msg_too_long")
        kept = {"text": html.unescape(text), "raw": text, "mrkdwn": call.json.get("mrkdwn", True)}
        self.state["messages"].append({**kept, "attachments": call.json.get("attachments", [])})
        return Answer(200, "ok", PLAIN)

    def whoami(self, call: Call) -> Answer:
        del call
        told = {"ok": True, "url": "https://harbour.slack.com/", "team": "Harbour", "user": "harbourbot", "user_id": USER, "bot_id": BOT}
        return Answer(200, told, {"X-OAuth-Scopes": self.state["scopes"]})

    def place(self, call: Call) -> Answer:
        if len(call.fields.get("alt_txt", "")) > 1_000:
            return failed(PROMISING, "alt_txt_too_large")
        if not int(call.fields.get("length", "0")) or not call.fields.get("filename"):
            return failed(PROMISING, "missing_argument")
        file, name = f"F{self.number()}", call.fields["filename"]
        kept = {"length": int(call.fields["length"]), "alt": call.fields.get("alt_txt", ""), "mime": mimetypes.guess_type(name)[0]}
        self.state["files"][file] = {**kept, "state": "promised"}
        return Answer(200, {"ok": True, "upload_url": f"{self.address}/upload/v1/{file}", "file_id": file})

    def upload(self, call: Call, file: str) -> Answer:
        """Takes the bytes of a file; the token has no business here."""
        if "authorization" in call.headers or file not in self.state["files"] or len(call.body) != self.state["files"][file]["length"]:
            return word(UPLOADING, 500, "NOT OK")
        self.state["files"][file] |= {"state": "there", "sha256": hashlib.sha256(call.body).hexdigest()}
        return Answer(200, f"OK - {len(call.body)}", PLAIN)

    def complete(self, call: Call) -> Answer:
        files, channel = json.loads(call.fields["files"]), call.fields.get("channel_id", CHANNEL)
        if self.state["discards"]:
            self.state["files"] = {name: file for name, file in self.state["files"].items() if file["state"] == "whole"}
        if any(self.state["files"].get(each["id"], {}).get("state") != "there" for each in files):
            return failed(COMPLETING, "file_not_found")
        if channel != CHANNEL or not self.state["member"]:
            return failed(COMPLETING, "invalid_channel" if channel != CHANNEL else "no_permission")
        for each in files:
            self.state["files"][each["id"]] |= {"state": "whole", "looks": self.state["looks"], "title": each.get("title", "")}
        if "channel_id" in call.fields:
            blocks = json.loads(call.fields.get("blocks", "[]"))
            if any(block["type"] != "rich_text" for block in blocks):
                return failed(COMPLETING, "invalid_arguments")
            self.state["coming"].append({"lag": self.state["lag"], "blocks": blocks, "files": [each["id"] for each in files]})
            self._arrived()
        return Answer(200, {"ok": True, "files": files})

    def _arrived(self) -> None:
        """Puts what was shared into the channel when its time has come; [ours] such a message has its words in its blocks alone."""
        for each in list(self.state["coming"]):
            each["lag"] -= 1
            if each["lag"] >= 0:
                continue
            self.state["coming"].remove(each)
            words = _words(each["blocks"])
            files = [{"id": name, **self.state["files"][name]} for name in each["files"]]
            alts = [file["title"] if file["mime"].startswith("video/") else file["alt"] for file in files]
            row = {
                "ts": self._stamp(),
                "user": USER,
                "type": "message",
                "metadata": None,
                "blocks": each["blocks"],
                "raw": "",
                "files": files,
            }
            self.state["messages"].append({**row, "text": _read(words), "alts": alts, "links": _links(words), "attachments": []})

    def _stamp(self) -> str:
        return f"{self.now():.0f}.{int(self.number()) % 1_000_000:06}"

    def info(self, call: Call) -> Answer:
        """Tells of a file; [ours] of one whose upload has not ended there is nothing to tell."""
        self._arrived()
        file = self.state["files"].get(call.fields["file"])
        if file is None or file["state"] != "whole":
            return failed(COMPLETING, "file_not_found")
        file["looks"] -= 1
        shows = [each["ts"] for each in self.state["messages"] if call.fields["file"] in [one["id"] for one in each.get("files", [])]]
        shares = {"public": {CHANNEL: [{"ts": stamp} for stamp in shows]}} if shows and file["looks"] < 0 else {}
        told = {"id": call.fields["file"], "mimetype": file["mime"] if file["looks"] < 0 else "", "shares": shares}
        return Answer(200, {"ok": True, "file": told})

    def message(self, call: Call) -> Answer:
        body = call.json
        text, blocks = body.get("text", ""), body.get("blocks", [])
        if not text and not blocks:
            return failed(POSTING, "no_text")
        if _length(text) > LONGEST:
            return failed(LONG, "msg_too_long")
        if wrong := self._wrong(blocks):
            return failed(UNREADY, "invalid_blocks", errors=[wrong])
        words = _words(blocks)
        if sum(len(piece["text"]) for piece in words) > 13_000:
            return failed(POSTING, "msg_blocks_too_long")
        stamp, links = self._stamp(), _links(words)
        seen = _read(words) if blocks else html.unescape(text)
        alts = [block["alt_text"] for block in blocks if block["type"] == "image"]
        row = {"ts": stamp, "bot_id": BOT, "type": "message", "metadata": body.get("metadata"), "blocks": blocks, "raw": text}
        self.state["messages"].append({**row, "text": seen, "alts": alts, "links": links, "attachments": body.get("attachments", [])})
        return Answer(200, {"ok": True, "channel": CHANNEL, "ts": stamp, "message": {"text": text, "ts": stamp, "bot_id": BOT}})

    def _wrong(self, blocks: list[dict[str, Any]]) -> str:
        for number, block in enumerate(blocks):
            if block["type"] == "rich_text":
                continue
            file = self.state["files"].get(block["slack_file"]["id"], {})
            if not str(file.get("mime")).startswith("image/"):  # "Slack file object": PNG, JPEG and GIF
                return f"invalid slack file [json-pointer:/blocks/{number}/slack_file]"
            if file.get("state") != "whole" or file["looks"] >= 0 or not re.fullmatch(r"F[A-Z0-9]{8,}", block["slack_file"]["id"]):
                return f"invalid slack file [json-pointer:/blocks/{number}/slack_file]"
            if not 1 <= len(block["alt_text"]) <= 2_000:
                return f"must be more than 0 characters [json-pointer:/blocks/{number}/alt_text]"
        return ""

    def erase(self, call: Call) -> Answer:
        kept = [each for each in self.state["messages"] if each["ts"] != call.fields["ts"]]
        if len(kept) == len(self.state["messages"]):
            return failed(DELETING, "message_not_found")
        self.state["messages"] = kept
        return Answer(200, {"ok": True, "channel": CHANNEL, "ts": call.fields["ts"]})

    def history(self, call: Call) -> Answer:
        """Shows messages newest first; metadata only to those who ask for them. Switch ``page``: how many there are on one."""
        self._arrived()
        oldest, most = float(call.fields.get("oldest", "0")), min(int(call.fields.get("limit", "100")), self.state.get("page", 999))
        rows = [each for each in reversed(self.state["messages"]) if float(each["ts"]) > oldest]
        start = int(call.fields.get("cursor") or 0)
        whole = call.fields.get("include_all_metadata") == "true"
        shown = [_shown(row, whole=whole) for row in rows[start : start + most]]
        following = str(start + most) if start + most < len(rows) else ""
        return Answer(200, {"ok": True, "messages": shown, "has_more": bool(following), "response_metadata": {"next_cursor": following}})


def _words(blocks: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Returns the pieces of the words that stand in blocks."""
    return [piece for block in blocks if block["type"] == "rich_text" for piece in block["elements"][0]["elements"]]


def _read(words: list[dict[str, str]]) -> str:
    return "".join(piece["text"] for piece in words)


def _links(words: list[dict[str, str]]) -> list[list[str]]:
    return [[piece["text"], piece["url"]] for piece in words if piece["type"] == "link"]


def _length(text: str) -> int:
    return sum(2 if ord(sign) > 0xFFFF else 1 for sign in text)


def _fields(call: Call) -> Mapping[str, Any]:
    return call.json if isinstance(call.json, dict) else call.fields


def _shown(row: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """Returns a message as the history has it: links in angle brackets, three signs escaped, and its metadata where they are asked for."""
    text = re.sub(r"https?://[^\s<>]+", lambda link: f"<{link[0]}>", row["raw"])
    told = {"metadata": row["metadata"]} if whole and row["metadata"] else {}
    who = {name: row[name] for name in ("bot_id", "user") if name in row}
    files = [{"id": file["id"], "title": file["title"], "alt_txt": file["alt"], "mimetype": file["mime"]} for file in row.get("files", [])]
    return {"type": "message", "ts": row["ts"], **who, "text": text, "blocks": row["blocks"], **told, **({"files": files} if files else {})}


if __name__ == "__main__":
    serve(Slack, sys.argv[1:])
