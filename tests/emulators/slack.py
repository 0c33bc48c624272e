"""Slack's incoming webhooks. Source: "Sending messages using incoming webhooks"; errors are one word of plain text (changelog of 2016)."""

import html
import sys
from typing import Any, ClassVar

from tests.emulators.emulating import Answer, Call, Emulator, serve

WEBHOOK = "/services/T00000000/B00000000/planted-slack-token"
PLAIN = {"Content-Type": "text/html"}


class Slack(Emulator):
    routes: ClassVar[tuple[tuple[str, str], ...]] = ((rf"POST {WEBHOOK}", "post"),)

    def fresh(self) -> dict[str, Any]:
        return {"messages": []}

    def unknown(self, call: Call) -> Answer:
        del call
        return Answer(404, "no_service", PLAIN)

    def post(self, call: Call) -> Answer:
        if not isinstance(call.json, dict):
            return Answer(400, "invalid_payload", PLAIN)
        text = call.json.get("text", "")
        if not text:
            return Answer(400, "no_text", PLAIN)
        kept = {"text": html.unescape(text), "raw": text, "mrkdwn": call.json.get("mrkdwn", True)}
        self.state["messages"].append({**kept, "attachments": call.json.get("attachments", [])})
        return Answer(200, "ok", PLAIN)


if __name__ == "__main__":
    serve(Slack, sys.argv[1:])
