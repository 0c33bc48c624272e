"""Reads a channel's history back. Source: conversations.history with ``include_all_metadata``, "Message metadata" (docs.slack.dev)."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scheduler.publishers.contract import FeedItem

_LINK = re.compile(r"<(https?://[^|>]+)(?:\|[^>]*)?>")


def shown_by(row: object, kind: str) -> str:
    """Returns the delivery that a message's metadata name; nothing where it is another program's, or has none."""
    metadata = row.get("metadata") if isinstance(row, dict) else None
    if not isinstance(metadata, dict) or metadata.get("event_type") != kind:
        return ""
    payload = metadata.get("event_payload")
    return str(payload.get("delivery", "")) if isinstance(payload, dict) else ""


def address(workspace: str, channel: str, stamp: str) -> str:
    """Returns where people see a message, in the form that chat.getPermalink gives; nothing where the workspace's address is not known."""
    return f"{workspace}archives/{channel}/p{stamp.replace('.', '')}" if workspace.endswith("/") else ""


def item(row: Mapping[str, Any], channel: str, workspace: str) -> FeedItem:
    """Returns a message of a feed; its pictures are named by their file, for their addresses want a token."""
    stamp = str(row.get("ts", ""))
    blocks = [block for block in row.get("blocks") or () if isinstance(block, dict) and block.get("type") == "image"]
    return FeedItem(
        remote_id=f"{channel}/{stamp}",
        url=address(workspace, channel, stamp),
        text=html.unescape(_LINK.sub(r"\1", str(row.get("text", "")))),
        published=_moment(stamp),
        pictures=tuple((str((block.get("slack_file") or {}).get("id", "")), str(block.get("alt_text") or "")) for block in blocks),
    )


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError):
        return None
