"""Reads an author's posts back. Source: "Posts API", Get posts by authors (li-lms-2026-01)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scheduler.publishers.contract import FeedItem
from scheduler.publishers.linkedin.text import plain


def address(urn: str) -> str:
    """Returns where people see a post."""
    return f"https://www.linkedin.com/feed/update/{urn}/"


def created(element: Mapping[str, Any]) -> int:
    """Returns when a post was made, in milliseconds since 1970; 0 where it does not say."""
    found = element.get("publishedAt", element.get("createdAt", 0))
    return found if isinstance(found, int) else 0


def words(element: Mapping[str, Any]) -> str:
    """Returns what readers see of a post's words."""
    return plain(str(element.get("commentary", "")))


def question(element: Mapping[str, Any]) -> str:
    """Returns what a post's poll asks; nothing where it has none."""
    return str(_poll(element).get("question", ""))


def _poll(element: Mapping[str, Any]) -> Mapping[str, Any]:
    content = element.get("content")
    poll = content.get("poll") if isinstance(content, dict) else None
    return poll if isinstance(poll, dict) else {}


def item(element: Mapping[str, Any]) -> FeedItem:
    """Returns a post of a feed; its pictures are named by their URN, for their addresses end after some hours."""
    urn, stamp = str(element.get("id", "")), created(element)
    return FeedItem(
        remote_id=urn,
        url=address(urn),
        text=words(element),
        published=datetime.fromtimestamp(stamp / 1_000, UTC) if stamp else None,
        pictures=tuple((str(each.get("id", "")), str(each.get("altText") or "")) for each in _images(element)),
        poll=tuple(str(each.get("text", "")) for each in _poll(element).get("options") or () if isinstance(each, dict)),
    )


def _images(element: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = element.get("content")
    content = content if isinstance(content, dict) else {}
    several = content.get("multiImage")
    found = several.get("images") if isinstance(several, dict) else [content.get("media")]
    named = [each for each in found or [] if isinstance(each, dict)]
    return [each for each in named if str(each.get("id", "")).startswith("urn:li:image:")]
