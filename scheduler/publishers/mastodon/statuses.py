"""Reads statuses back and tells which of them is the one that was sent; servers give them as HTML, each in its own way."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import regex

from scheduler.model.outgoing import Outgoing
from scheduler.publishers import fields
from scheduler.publishers.contract import FeedItem
from scheduler.publishers.lenient import LenientParser
from scheduler.publishers.mastodon.markup import escaped, typed

_FAR_MENTION = regex.compile(r"@([\w.-]+)@[\w.:-]+")
_LONGEST = 100_000
"""Is how much HTML of one status is read: what is longer is no status of ours, and reading some of it takes hours."""
_BLOCKS = frozenset({"p", "div", "blockquote", "li", "pre", "h1", "h2", "h3"})


class _Text(LenientParser):
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
    reader.feed(html[:_LONGEST])
    reader.close()
    return "".join(reader.pieces).strip()


def mark(text: str) -> str:
    """Returns what is left of a text whatever a server does to it: no spaces, no capitals, no servers in mentions."""
    without_servers = _FAR_MENTION.sub(r"@\1", unicodedata.normalize("NFC", text))
    return "".join(without_servers.split()).casefold()


def is_this(status: Mapping[str, Any], outgoing: Outgoing, media: Sequence[str]) -> bool:
    """Tells whether a status is the one that was sent; ``media`` are the ids its pictures got, where that is known.

    A picture can be attached once, so that its id alone is proof. Without one, words, warning and descriptions must be the same.
    Pictures that are nothing but links of the text were made by the server, which shows some links so.
    """
    items = [each for each in fields.tables(status.get("media_attachments")) if not _is_linked(each, outgoing.text)]
    if media:
        return len(items) == len(media) and all(_is_attached(name, items) for name in media)
    if len(items) != len(outgoing.media):
        return False
    alts = [fields.words(item, "description") for item in items]
    same_alts = sorted(map(mark, alts)) == sorted(mark(item.alt) for item in outgoing.media)
    return same_alts and _says(status, outgoing)


def _is_linked(item: Mapping[str, Any], text: str) -> bool:
    return any(
        word.startswith(("https://", "http://")) and word in text for name in ("url", "remote_url") if (word := fields.words(item, name))
    )


def _is_attached(name: str, items: Sequence[Mapping[str, Any]]) -> bool:
    return any(name == fields.words(item, "id") or name in fields.words(item, "url") for item in items)


def _says(status: Mapping[str, Any], outgoing: Outgoing) -> bool:
    if mark(fields.words(status, "spoiler_text")) != mark(outgoing.content_warning or ""):
        return False
    shown = {mark(fields.words(status, "text")), mark(plain(fields.words(status, "content")))}
    return not shown.isdisjoint({mark(outgoing.text), mark(escaped(outgoing.text))})


def moment(status: Mapping[str, Any]) -> datetime | None:
    """Returns when a status was made, aware UTC; None where the server does not say."""
    return fields.moment(status.get("created_at"))


def is_readable(status: Mapping[str, Any]) -> bool:
    """Tells whether it can be said of a status that it is another one than ours: that takes its number and its words."""
    return bool(fields.name(status, "id")) and any(isinstance(status.get(name), str) for name in ("text", "content"))


def item(status: Mapping[str, Any]) -> FeedItem:
    """Returns a status as a post of a feed."""
    pictures, shown = fields.tables(status.get("media_attachments")), plain(fields.words(status, "content"))
    return FeedItem(
        remote_id=fields.name(status, "id"),
        url=fields.address(status, "url", "uri"),
        text=typed(fields.words(status, "text"), shown) or shown,
        published=moment(status),
        pictures=tuple((fields.words(each, "url"), fields.words(each, "description")) for each in pictures),
        language=fields.words(status, "language") or None,
        content_warning=fields.words(status, "spoiler_text") or None,
        poll=_options(status.get("poll")),
    )


def _options(poll: object) -> tuple[str, ...]:
    return tuple(fields.words(each, "title") for each in fields.tables(fields.table(poll).get("options")))
