"""Text as Slack takes it: three signs are its own, and are sent in another form.

Source: "Formatting text for app surfaces", "Message payloads" and "Rich text block" (docs.slack.dev).
"""

from typing import Any

from scheduler.model.outgoing import Outgoing
from scheduler.publishers.counting import utf16


def escaped(text: str) -> str:
    """Returns the text with the three signs that Slack reads as its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def count(text: str) -> int:
    """Returns the length of what is sent, in UTF-16 code units: what Slack counts is not documented, and this is never too short."""
    return utf16(escaped(text))


def block(outgoing: Outgoing) -> dict[str, Any]:
    """Returns the words as a block of their own, in which no sign is Slack's."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": _elements(outgoing)}]}


def _elements(outgoing: Outgoing) -> list[dict[str, str]]:
    """Returns the words as pieces: links, and what stands between them, unformatted."""
    text, done, pieces = outgoing.text, 0, list[dict[str, str]]()
    for facet in sorted((facet for facet in outgoing.facets if facet.kind == "link"), key=lambda facet: facet.start):
        if facet.start < done or not facet.value.startswith(("https://", "http://")):
            continue
        pieces += [{"type": "text", "text": text[done : facet.start]}] if facet.start > done else []
        pieces.append({"type": "link", "url": facet.value, "text": text[facet.start : facet.end]})
        done = facet.end
    return [*pieces, *([{"type": "text", "text": text[done:]}] if text[done:] else [])]
