"""Reads posts back as the account's own server keeps them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

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
    address, value = str(row.get("uri", "")), row.get("value")
    record: Mapping[str, Any] = value if isinstance(value, dict) else {}
    languages = record.get("langs")
    return FeedItem(
        remote_id=address,
        url=web_address(tokens.handle, address),
        text=str(record.get("text", "")),
        published=_moment(record.get("createdAt")),
        pictures=tuple(_pictures(record, tokens)),
        language=str(languages[0]) if isinstance(languages, list) and languages else None,
        content_warning=_label(record),
    )


def _pictures(record: Mapping[str, Any], tokens: Tokens) -> Iterator[tuple[str, str]]:
    embed = record.get("embed")
    shown: Mapping[str, Any] = embed if isinstance(embed, dict) else {}
    images = shown.get("images", shown.get("items", [shown]))
    for image in images if isinstance(images, list) else ():
        try:
            name = (image.get("image") or image["video"])["ref"]["$link"]
        except (TypeError, KeyError, AttributeError):
            continue
        asked = f"did={quote(tokens.did, safe='')}&cid={quote(str(name), safe='')}"
        yield f"{tokens.base}/xrpc/com.atproto.sync.getBlob?{asked}", str(image.get("alt", ""))


def _label(record: Mapping[str, Any]) -> str | None:
    labels = record.get("labels")
    values = labels.get("values") if isinstance(labels, dict) else None
    first = values[0] if isinstance(values, list) and values else None
    return str(first.get("val")) if isinstance(first, dict) else None


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
