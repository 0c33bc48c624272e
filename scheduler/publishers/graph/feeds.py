"""Reads an account's posts back, and takes one back."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from scheduler.model.outcome import Refused
from scheduler.publishers.contract import FeedItem
from scheduler.publishers.fields import address, table, tables
from scheduler.publishers.fields import name as id_of
from scheduler.publishers.fields import words as text_of
from scheduler.publishers.graph.api import Graph, GraphTrouble
from scheduler.publishers.graph.quota import moment_of

_PAGE = 100
_OPTIONS = ("option_a", "option_b", "option_c", "option_d")


def newest(graph: Graph, path: str, fields: str, most: int) -> tuple[FeedItem, ...] | Refused:
    """Returns the newest posts below a path, at most that many, or why they cannot be read."""
    found: list[FeedItem] = []
    asked = {"fields": fields, "limit": str(min(most, _PAGE))}
    try:
        with closing(graph.exchange):
            while len(found) < most:
                rows, after = graph.listed(path, **asked)
                found += [_item(row) for row in rows]
                if not rows or not after or after == asked.get("after"):
                    break
                asked["after"] = after
    except GraphTrouble as trouble:
        return trouble.refusal
    return tuple(found[:most])


def delete(graph: Graph, remote_id: str) -> Refused | None:
    """Deletes a post by its id; one that is gone already is no trouble.

    The API answers alike whether a post is not there or the app may not delete it, so that it is looked for afterwards.
    """
    if remote_id.startswith("container:"):
        title = graph.exchange.title
        return Refused(f"{title} never said which post this is; delete it there by hand.")
    with closing(graph.exchange):
        try:
            graph.remove(remote_id)
        except GraphTrouble as trouble:
            return _still_there(graph, remote_id) if trouble.error.is_gone else trouble.refusal
    return None


def _still_there(graph: Graph, remote_id: str) -> Refused | None:
    title = graph.exchange.title
    try:
        graph.read(remote_id, fields="id")
    except GraphTrouble as trouble:
        return None if trouble.error.is_gone else trouble.refusal
    return Refused(f"{title} does not let this app delete the post; delete it there by hand.", kind="auth")


def _item(row: Mapping[str, Any]) -> FeedItem:
    words = text_of(row, "caption") or text_of(row, "text") or text_of(row, "message")
    link = address(row, "permalink", "permalink_url")
    published = moment_of(row) or moment_of(row, "created_time")
    poll = table(row, "poll_attachment")
    options = tuple(text_of(poll, name) for name in _OPTIONS if text_of(poll, name))
    return FeedItem(remote_id=id_of(row, "id"), url=link, text=words, published=published, pictures=tuple(_pictures(row)), poll=options)


def _pictures(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields address and description of each picture, of a carousel's parts or of the post's own."""
    parts = tables(table(row, "children").get("data")) or tables(table(row, "attachments").get("data"))
    several: list[Mapping[str, Any]] = [part for outer in parts for part in (tables(table(outer, "subattachments").get("data")) or [outer])]
    for part in several or [row]:
        place = address(part, "media_url") or address(table(part, "media", "image"), "src")
        if place:
            yield place, text_of(part, "alt_text") or text_of(part, "description")
