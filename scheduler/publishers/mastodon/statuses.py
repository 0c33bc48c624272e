"""Reads statuses back and tells which of them is the one that was sent; servers give them as HTML, each in its own way."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import regex

from scheduler.model.outgoing import Outgoing
from scheduler.publishers.contract import FeedItem

_FAR_MENTION = regex.compile(r"@([\w.-]+)@[\w.:-]+")
_BLOCKS = frozenset({"p", "div", "blockquote", "li", "pre", "h1", "h2", "h3"})


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "br":
            self.pieces.append("\n")
        elif tag in _BLOCKS and self.pieces:
            self.pieces.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def plain(html: str) -> str:
    """Returns the words of a status: a line for each ``<br>``, an empty line between paragraphs, links in full."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces).strip()


def mark(text: str) -> str:
    """Returns what is left of a text whatever a server does to it: no spaces, no capitals, no servers in mentions."""
    without_servers = _FAR_MENTION.sub(r"@\1", unicodedata.normalize("NFC", text))
    return "".join(without_servers.split()).casefold()


def is_this(status: Mapping[str, Any], outgoing: Outgoing, media: Sequence[str]) -> bool:
    """Tells whether a status is the one that was sent; ``media`` are the ids its pictures got, where that is known.

    A picture can be attached once, so that its id alone is proof. Without one, words, warning and descriptions must be the same.
    """
    attached = status.get("media_attachments")
    items = [item for item in attached if isinstance(item, dict)] if isinstance(attached, list) else []
    if media:
        return len(items) == len(media) and all(_is_attached(name, items) for name in media)
    if len(items) != len(outgoing.media):
        return False
    alts = [str(item.get("description") or "") for item in items]
    same_alts = sorted(map(mark, alts)) == sorted(mark(item.alt) for item in outgoing.media)
    return same_alts and _says(status, outgoing)


def _is_attached(name: str, items: Sequence[Mapping[str, Any]]) -> bool:
    return any(name == str(item.get("id")) or name in str(item.get("url")) for item in items)


def _says(status: Mapping[str, Any], outgoing: Outgoing) -> bool:
    wanted = mark(outgoing.text)
    if mark(str(status.get("spoiler_text") or "")) != mark(outgoing.content_warning or ""):
        return False
    return wanted in (mark(str(status.get("text") or "")), mark(plain(str(status.get("content") or ""))))


def moment(status: Mapping[str, Any]) -> datetime | None:
    """Returns when a status was made, aware UTC; None where the server does not say."""
    try:
        found = datetime.fromisoformat(str(status.get("created_at")))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def item(status: Mapping[str, Any]) -> FeedItem:
    """Returns a status as a post of a feed."""
    attached = status.get("media_attachments")
    pictures = [each for each in attached if isinstance(each, dict)] if isinstance(attached, list) else []
    text = status.get("text")
    return FeedItem(
        remote_id=str(status.get("id", "")),
        url=str(status.get("url") or status.get("uri") or ""),
        text=text if isinstance(text, str) and text else plain(str(status.get("content") or "")),
        published=moment(status),
        pictures=tuple((str(each.get("url") or ""), str(each.get("description") or "")) for each in pictures),
        language=str(status["language"]) if status.get("language") else None,
        content_warning=str(status["spoiler_text"]) if status.get("spoiler_text") else None,
        poll=_options(status.get("poll")),
    )


def _options(poll: object) -> tuple[str, ...]:
    options = poll.get("options") if isinstance(poll, dict) else None
    return tuple(str(each.get("title", "")) for each in options or () if isinstance(each, dict))
