"""Makes the record that Bluesky keeps of a post; pure, so that the same post at the same time is the same record, byte for byte."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from scheduler.model import plain
from scheduler.model.graphic import Picture
from scheduler.model.outgoing import Facet, Media, Outgoing
from scheduler.publishers import fields
from scheduler.publishers.counting import graphemes

COLLECTION = "app.bsky.feed.post"
GALLERY = "app.bsky.embed.gallery"
IMAGES = 4
"""Is how many pictures a post has without a gallery (lexicon app.bsky.embed.images)."""
# Lexicon com.atproto.label.defs (bluesky-social/atproto, 2026-08-20): the labels that an author may put on their own post.
LABELS: Mapping[str, str] = {
    "graphic media": "graphic-media",
    "graphic-media": "graphic-media",
    "violence": "graphic-media",
    "blood": "graphic-media",
    "nudity": "nudity",
    "sexual content": "sexual",
    "adult content": "porn",
}
# Lexicon app.bsky.richtext.facet (same date).
_TAG_GRAPHEMES, _TAG_BYTES = 64, 640
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_SECOND = 1_000_000

Blob = Mapping[str, Any]
"""Is the server's reference to uploaded bytes."""
_DIGEST = re.compile("[A-Za-z0-9]{1,128}")


def as_blob(found: object) -> Blob | None:
    """Returns a reference as the data model has it ("Blob Type"), and None where it is something else: it becomes part of the post."""
    blob = fields.table(found)
    digest, kind = fields.words(fields.table(blob, "ref"), "$link"), plain.line(fields.words(blob, "mimeType"), 100)
    size = fields.number(blob, "size")
    if not _DIGEST.fullmatch(digest) or "/" not in kind or size is None or size < 0:
        return None
    return {"$type": "blob", "ref": {"$link": digest}, "mimeType": kind, "size": size}


def record_key(delivery: str, now: datetime) -> str:
    """Returns the post's name on the server: a TID (13 letters, sortable by time) that depends on the delivery and the second alone.

    The parts of a second and the clock's number are taken from the delivery's id, so that two posts of one second differ.
    """
    digest = int.from_bytes(hashlib.sha256(delivery.encode()).digest()[:5], "big")
    number = (int(now.timestamp()) * _SECOND + digest // 1024 % _SECOND) << 10 | digest % 1024
    letters = []
    for _ in range(13):
        number, rest = divmod(number, 32)
        letters.append(_SORTABLE[rest])
    return "".join(reversed(letters))


def time_stamp(now: datetime) -> str:
    """Returns an instant as the lexicon writes it."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Ref:
    """Is the server's reference to a record: its address and the digest of its content."""

    uri: str
    cid: str


@dataclass(frozen=True, slots=True)
class Above:
    """Is what a post of a thread answers: the first one, and the one right before it."""

    root: Ref
    parent: Ref


def posts_of(outgoing: Outgoing) -> list[Outgoing]:
    """Returns the posts of a thread in order: the first, and each answer as a post of its own."""
    alone = replace(outgoing, replies=())
    return [alone, *(each.beneath(replace(alone, link_card=None)) for each in outgoing.replies)]


def uploads(outgoing: Outgoing) -> tuple[Picture, ...]:
    """Returns what is uploaded for a post, in order: its pictures, or the picture of its link card."""
    card = outgoing.link_card
    if outgoing.media or card is None:
        return tuple(item.picture for item in outgoing.media)
    return (card.thumbnail,) if card.thumbnail is not None else ()


def handles_in(outgoing: Outgoing) -> list[str]:
    """Returns the mentions that could be handles of this network: names with a dot and without a server of their own."""
    facets = [facet for post in posts_of(outgoing) for facet in post.facets]
    return sorted({_handle(facet) for facet in facets if facet.kind == "mention" and _is_handle(facet)})


def build(outgoing: Outgoing, created: str, blobs: Sequence[Blob], dids: Mapping[str, str], above: Above | None = None) -> dict[str, Any]:
    """Returns the record of a post; ``blobs`` are what :func:`uploads` names, ``dids`` the identities of the handles that were found."""
    record: dict[str, Any] = {"$type": COLLECTION, "text": outgoing.text, "createdAt": created}
    if above is not None:
        record["reply"] = {"root": asdict(above.root), "parent": asdict(above.parent)}
    if outgoing.language:
        record["langs"] = [outgoing.language]
    facets = list(_facets(outgoing, dids))
    if facets:
        record["facets"] = facets
    embed = _pictures(outgoing.media, blobs) if outgoing.media else _card(outgoing, blobs)
    if embed:
        record["embed"] = embed
    label = LABELS.get((outgoing.content_warning or "").casefold())
    if label:
        record["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": label}]}
    return record


def _facets(outgoing: Outgoing, dids: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for facet in outgoing.facets:
        feature = _feature(facet, dids)
        if feature is not None and 0 <= facet.start < facet.end <= len(outgoing.text):
            start = len(outgoing.text[: facet.start].encode())
            end = start + len(outgoing.text[facet.start : facet.end].encode())
            yield {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def _feature(facet: Facet, dids: Mapping[str, str]) -> dict[str, str] | None:
    """Returns what a stretch of text leads to; None where the network has no such place, and it stays plain text."""
    if facet.kind == "link":
        return {"$type": "app.bsky.richtext.facet#link", "uri": facet.value}
    if facet.kind == "tag":
        tag = facet.value.removeprefix("#")
        fits = graphemes(tag) <= _TAG_GRAPHEMES and len(tag.encode()) <= _TAG_BYTES
        return {"$type": "app.bsky.richtext.facet#tag", "tag": tag} if fits else None
    did = dids.get(_handle(facet)) if facet.kind == "mention" else None
    return {"$type": "app.bsky.richtext.facet#mention", "did": did} if did else None


def _handle(facet: Facet) -> str:
    return facet.value.removeprefix("@").casefold()


def _is_handle(facet: Facet) -> bool:
    handle = _handle(facet)
    return "." in handle and "@" not in handle and handle.isascii()


def _pictures(media: Sequence[Media], blobs: Sequence[Blob]) -> dict[str, Any] | None:
    """Returns a film, which is alone; up to four pictures as every app shows them; more as a gallery (lexicons app.bsky.embed.*)."""
    if media and media[0].picture.video is not None:
        [film], [blob] = media, blobs
        shape = {"width": film.picture.width, "height": film.picture.height}
        return {"$type": "app.bsky.embed.video", "video": blob, "alt": film.alt, "aspectRatio": shape}
    images = [
        {"alt": item.alt, "image": blob, "aspectRatio": {"width": item.picture.width, "height": item.picture.height}}
        for item, blob in zip(media, blobs, strict=True)
    ]
    if len(images) > IMAGES:
        return {"$type": GALLERY, "items": [{"$type": f"{GALLERY}#image", **image} for image in images]}
    return {"$type": "app.bsky.embed.images", "images": images} if images else None


def _card(outgoing: Outgoing, blobs: Sequence[Blob]) -> dict[str, Any] | None:
    """Returns the card; its picture, where it has one, is all there is to upload."""
    card = outgoing.link_card
    if card is None:
        return None
    title = card.title or urlsplit(card.url).hostname or card.url
    external = {"uri": card.url, "title": title, "description": card.description}
    thumbnail = {"thumb": blobs[0]} if blobs else {}
    return {"$type": "app.bsky.embed.external", "external": {**external, **thumbnail}}
