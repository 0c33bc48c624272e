"""Reads posts back as the account's own server keeps them."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from scheduler.publishers import fields
from scheduler.publishers.answers import Reply, UnreadableReply
from scheduler.publishers.bluesky.session import Tokens
from scheduler.publishers.contract import FeedItem


def page(reply: Reply, tokens: Tokens) -> tuple[tuple[FeedItem, ...], str] | None:
    """Returns the posts of one answer and where the next page begins; None where the answer is no list of posts."""
    try:
        table = reply.table()
    except UnreadableReply:
        return None
    rows = table.get("records")
    if not reply.is_success or not isinstance(rows, list):
        return None
    items = tuple(_item(row, tokens) for row in rows if isinstance(row, dict))
    cursor = table.get("cursor")
    return items, cursor if isinstance(cursor, str) else ""


def web_address(who: str, address: str) -> str:
    """Returns where people read the post of an ``at://`` address."""
    return f"https://bsky.app/profile/{who}/post/{address.rpartition('/')[2]}"


def _item(row: Mapping[str, Any], tokens: Tokens) -> FeedItem:
    address, record = fields.words(row, "uri"), fields.table(row, "value")
    languages = record.get("langs")
    return FeedItem(
        remote_id=address,
        url=web_address(tokens.handle, address),
        text=fields.words(record, "text"),
        published=fields.moment(record.get("createdAt")),
        pictures=tuple(_pictures(record, tokens)),
        language=languages[0] if isinstance(languages, list) and languages and isinstance(languages[0], str) else None,
        content_warning=_label(record),
    )


def _pictures(record: Mapping[str, Any], tokens: Tokens) -> Iterator[tuple[str, str]]:
    shown = fields.table(record, "embed")
    for image in fields.tables(shown.get("images", shown.get("items", [shown]))):
        name = fields.name(fields.table(image, "image", "ref") or fields.table(image, "video", "ref"), "$link")
        if name:
            asked = f"did={quote(tokens.did, safe='')}&cid={quote(name, safe='')}"
            yield f"{tokens.base}/xrpc/com.atproto.sync.getBlob?{asked}", fields.words(image, "alt")


def _label(record: Mapping[str, Any]) -> str | None:
    values = fields.tables(fields.table(record, "labels").get("values"))
    return fields.words(values[0], "val") or None if values else None
