"""Finds out what an account's own server takes; it says little of itself, so it is asked for what it would do."""

from typing import Any, Final

from scheduler.model.limits import Limits
from scheduler.model.outcome import Refused
from scheduler.publishers.answers import UnreadableReply
from scheduler.publishers.bluesky.record import COLLECTION, GALLERY
from scheduler.publishers.bluesky.session import Session, Tokens
from scheduler.publishers.exchange import Call

# "Clients should currently enforce a soft limit of 10" (lexicon app.bsky.embed.gallery, bluesky-social/atproto, 2026-08-20).
GALLERY_IMAGES: Final = 10
_LARGE: Final = 2_000_000
# The digest of no bytes at all, as a link to a record and to a file: nothing that exists has it.
_NOTHING: Final = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
_NO_RECORD: Final = "bafyreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
_NAME: Final = "3222222222222"


def told_limits(session: Session, tokens: Tokens, known: Limits) -> dict[str, int] | Refused:
    """Returns the limits that differ from those of every server: ``pictures`` and ``picture_bytes``.

    A server checks a record by its own copy of the network's rules. A write that can never be done, because it wants to replace a
    record that does not exist, shows which copy that is: what the rules forbid is said before it is said that there is no such record.
    """
    reply = session.ask(Call(path="/xrpc/com.atproto.server.describeServer"))
    if isinstance(reply, Refused):
        return reply
    try:
        upload = reply.table().get("blobUploadLimit")
    except UnreadableReply:
        upload = None
    found, size = {}, known.picture_bytes
    if not _objects(session, tokens, None):  # one that objects to everything tells nothing by it
        gallery = _objects(session, tokens, {"$type": GALLERY, "items": "none"}) and not _objects(
            session, tokens, {"$type": GALLERY, "items": []}
        )
        found = {"pictures": GALLERY_IMAGES} if gallery else {}
        size = known.picture_bytes if _objects(session, tokens, _image(_LARGE)) else _LARGE
    if isinstance(upload, int) and not isinstance(upload, bool) and upload > 0:
        size = min(upload, size) if size is not None else upload
    return {**found, "picture_bytes": size} if size is not None and size != known.picture_bytes else found


def _image(size: int) -> dict[str, Any]:
    blob = {"$type": "blob", "ref": {"$link": _NOTHING}, "mimeType": "image/jpeg", "size": size}
    return {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": blob}]}


def _objects(session: Session, tokens: Tokens, embed: dict[str, Any] | None) -> bool:
    """Tells whether the server's rules forbid such a post; nothing is written, whatever it answers."""
    record = {"$type": COLLECTION, "text": "", "createdAt": "2026-01-01T00:00:00.000Z", **({"embed": embed} if embed else {})}
    body = {"repo": tokens.did, "collection": COLLECTION, "rkey": _NAME, "record": record, "swapRecord": _NO_RECORD}
    reply = session.ask(Call(method="POST", path="/xrpc/com.atproto.repo.putRecord", json=body))
    # Only the two answers of the network's own server are believed: anything else is an objection of another kind.
    return isinstance(reply, Refused) or reply.said("error") not in {"InvalidSwap", "BlobNotFound"}
