"""Reads a channel's history back. Source: conversations.history with ``include_all_metadata``, "Message metadata" (docs.slack.dev)."""

import html
import re
from collections.abc import Mapping
from typing import Any

from scheduler.publishers import fields
from scheduler.publishers.contract import FeedItem

STAMP = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
_LINK = re.compile(r"<(https?://[^|>]+)(?:\|[^>]*)?>")


def shown_by(row: object, kind: str) -> str:
    """Returns the delivery that a message's metadata name; nothing where it is another program's, or has none."""
    metadata = fields.table(row, "metadata")
    return fields.words(fields.table(metadata, "event_payload"), "delivery") if metadata.get("event_type") == kind else ""


def address(workspace: str, channel: str, stamp: str) -> str:
    """Returns where people see a message, in the form that chat.getPermalink gives; nothing where the workspace's address is not known."""
    return f"{workspace}archives/{channel}/p{stamp.replace('.', '')}" if workspace.endswith("/") else ""


def item(row: Mapping[str, Any], channel: str, workspace: str) -> FeedItem:
    """Returns a message of a feed; its pictures are named by their file, for their addresses want a token."""
    told = fields.words(row, "ts")
    stamp = told if STAMP.fullmatch(told) else ""
    blocks = [block for block in fields.tables(row.get("blocks")) if block.get("type") == "image"]
    return FeedItem(
        remote_id=f"{channel}/{stamp}",
        url=address(workspace, channel, stamp),
        text=html.unescape(_LINK.sub(r"\1", fields.words(row, "text"))),
        published=fields.at_seconds(float(stamp)) if stamp else None,
        pictures=tuple((fields.name(fields.table(block, "slack_file"), "id"), fields.words(block, "alt_text")) for block in blocks),
    )
