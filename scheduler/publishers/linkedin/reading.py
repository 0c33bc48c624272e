"""Reads an author's posts back. Source: "Posts API", Get posts by authors (li-lms-2026-01)."""

import re
from collections.abc import Mapping
from typing import Any

from scheduler.publishers import fields
from scheduler.publishers.contract import FeedItem
from scheduler.publishers.linkedin.text import plain

URN = re.compile(r"urn:li:(?:share|ugcPost|activity):[A-Za-z0-9_-]{1,64}")


def address(urn: str) -> str:
    """Returns where people see a post."""
    return f"https://www.linkedin.com/feed/update/{urn}/"


def created(element: Mapping[str, Any]) -> int:
    """Returns when a post was made, in milliseconds since 1970; 0 where it does not say."""
    return fields.number(element, "publishedAt") or fields.number(element, "createdAt") or 0


def words(element: Mapping[str, Any]) -> str:
    """Returns what readers see of a post's words."""
    return plain(fields.words(element, "commentary"))


def question(element: Mapping[str, Any]) -> str:
    """Returns what a post's poll asks; nothing where it has none."""
    return fields.words(fields.table(element, "content", "poll"), "question")


def urn_of(element: Mapping[str, Any]) -> str:
    """Returns the name of a post; nothing where it has none that is one."""
    found = fields.words(element, "id")
    return found if URN.fullmatch(found) else ""


def item(element: Mapping[str, Any]) -> FeedItem:
    """Returns a post of a feed; its pictures and film are named by their URN, for their addresses end after some hours."""
    urn, options = urn_of(element), fields.table(element, "content", "poll").get("options")
    return FeedItem(
        remote_id=urn,
        url=address(urn) if urn else "",
        text=words(element),
        published=fields.at_seconds(created(element) / 1_000 or None),
        pictures=tuple((fields.words(each, "id"), fields.words(each, "altText")) for each in _images(element)),
        poll=tuple(fields.words(each, "text") for each in fields.tables(options)),
    )


def _images(element: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = fields.table(element, "content")
    several = fields.tables(fields.table(content, "multiImage").get("images"))
    return [
        each
        for each in several or [fields.table(content, "media")]
        if fields.name(each, "id").startswith(("urn:li:image:", "urn:li:video:"))
    ]
