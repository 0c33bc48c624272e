"""Reads a channel's history back.

Source: conversations.history with ``include_all_metadata``, "Message metadata", "File object" (docs.slack.dev).
"""

import html
import re
from collections.abc import Mapping, Sequence
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
    pictures = [(fields.name(fields.table(block, "slack_file"), "id"), fields.words(block, "alt_text")) for block in blocks]
    return FeedItem(
        remote_id=f"{channel}/{stamp}",
        url=address(workspace, channel, stamp),
        text=html.unescape(_LINK.sub(r"\1", fields.words(row, "text"))) or _in_blocks(row),
        published=fields.at_seconds(float(stamp)) if stamp else None,
        pictures=(*pictures, *((fields.name(file, "id"), _told(file)) for file in fields.tables(row.get("files")))),
    )


def has_file(row: Mapping[str, Any], files: Sequence[str]) -> bool:
    """Tells whether a message shows one of the files."""
    return any(fields.name(file, "id") in files for file in fields.tables(row.get("files")))


def shared_at(file: object, channel: str) -> str:
    """Returns which message of the channel shows a file, as files.info tells it; nothing where none does."""
    places = fields.table(file, "shares")
    rows = [row for kind in ("public", "private") for row in fields.tables(fields.table(places, kind).get(channel))]
    return next((stamp for row in rows if STAMP.fullmatch(stamp := fields.words(row, "ts"))), "")


def _told(file: Mapping[str, Any]) -> str:
    """Returns the description of a file: that of a picture, or the title of a film."""
    return fields.words(file, "title" if fields.words(file, "mimetype").startswith("video/") else "alt_txt")


def _in_blocks(row: Mapping[str, Any]) -> str:
    """Returns the words that stand in blocks, for a message that repeats them nowhere else."""
    sections = [part for block in fields.tables(row.get("blocks")) for part in fields.tables(block.get("elements"))]
    return "".join(fields.words(piece, "text") for section in sections for piece in fields.tables(section.get("elements")))
