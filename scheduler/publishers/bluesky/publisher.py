"""Publishes to one Bluesky account. The name of each post is chosen here, so that sending it twice makes one post, for ever."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from scheduler.checks.limits import exceeded
from scheduler.model.graphic import Picture
from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Halted, Outcome, Placed, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.answers import Reply, UnreadableReply, refusal
from scheduler.publishers.bluesky import reading
from scheduler.publishers.bluesky.films import Films
from scheduler.publishers.bluesky.identity import RESOLVE, did_in
from scheduler.publishers.bluesky.limits import told_limits
from scheduler.publishers.bluesky.record import (
    COLLECTION,
    Above,
    Blob,
    Ref,
    as_blob,
    build,
    handles_in,
    posts_of,
    record_key,
    time_stamp,
    uploads,
)
from scheduler.publishers.bluesky.session import Session, scope_of
from scheduler.publishers.continuing import Out, continued, forget
from scheduler.publishers.contract import Checked, FeedItem, Remember
from scheduler.publishers.exchange import Body, Call
from scheduler.publishers.files import PictureError, all_measured
from scheduler.publishers.notes import still_sending

_RESTRICTED = frozenset({"AccountTakedown", "AccountDeactivated", "RepoTakendown", "RepoDeactivated", "AccountSuspended"})
_ELSEWHERE = frozenset({"RepoNotFound", "AccountNotFound"})
_MEDIA_WORDS = ("blob", "image", "mime", "/embed/")
_RECORD = re.compile(rf"at://did:[A-Za-z0-9._:%-]{{1,250}}/{re.escape(COLLECTION)}/[A-Za-z0-9]{{1,64}}")
_DIGEST = re.compile("[A-Za-z0-9]{1,128}")
_UPLOAD_PATIENCE = 120.0
_PAGE = 100


class BlueskyPublisher:
    """Is the publisher of one account; ``facts`` are the network's, with the limits of the account's own server."""

    def __init__(self, facts: Network, session: Session, films: Films) -> None:
        self._facts = facts
        self._title = facts.title
        self._session = session
        self._films = films

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        """Returns ``rkey``, the post's name on the server (``rkey-1`` and on for the answers of a thread), and ``created``, its time."""
        answers = {_key(number): record_key(f"{outgoing.delivery}-{number}", now) for number in range(1, len(outgoing.replies) + 1)}
        return {"rkey": record_key(outgoing.delivery, now), **answers, "created": time_stamp(now)}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Uploads the pictures, then writes the record if there is none of its name; an equal one that stands already is an answer too."""
        outgoing = envelope.outgoing
        if objections := exceeded(outgoing, self._facts.limits, self._facts.abilities, self._title):
            return Refused(" ".join(objection.sentence for objection in objections), kind="content")
        if envelope.out:
            return self._continued(envelope, _ref_of(envelope.out[0]), remember)
        dids = self._dids(envelope, remember)
        first = dids if isinstance(dids, Refused) else self._put(envelope, 0, dids, None, remember)
        if not isinstance(first, Ref):
            return first
        return self._continued(envelope, first, remember)

    def find(self, envelope: Envelope) -> Proof:
        """Returns whether the server holds a record of the post's name; where it does, answers of the thread that lack are added first."""
        first = _ref_of(envelope.out[0]) if envelope.out else self._standing(envelope.ids["rkey"])
        return self._continued(envelope, first, forget) if isinstance(first, Ref) else first

    def _continued(self, envelope: Envelope, first: Ref, remember: Remember) -> Published | Uncertain | Halted:
        """Adds the answers of a thread; each has a name of its own, so that one which stands already is left as it is."""

        def send(number: int, out: Out) -> Placed | Refused | Uncertain:
            dids = self._dids(envelope, forget)
            if isinstance(dids, Refused):
                return dids
            answer = self._put(envelope, number, dids, Above(_ref_of(out[0]), _ref_of(out[-1])), remember)
            if isinstance(answer, Refused) and answer.permanent:
                # Whatever the server says of it now: what stands under its name is out.
                standing = self._standing(envelope.ids[_key(number)])
                answer = standing if isinstance(standing, Ref) else answer
            return Placed(answer.uri, self._published(answer).url, answer.cid) if isinstance(answer, Ref) else answer

        return continued(envelope, self._published(first), remember, send, first.cid)

    def _put(
        self, envelope: Envelope, number: int, dids: Mapping[str, str], above: Above | None, remember: Remember
    ) -> Ref | Refused | Uncertain:
        """Writes one post of the thread, 0 being the first, unless a record of its name is there."""
        post = posts_of(envelope.outgoing)[number]
        tokens = self._session.tokens()
        if isinstance(tokens, Refused):
            return tokens
        blobs = self._uploaded(uploads(post), remember)
        if isinstance(blobs, Refused):
            return blobs
        record = build(post, envelope.ids["created"], blobs, dids, above)
        # swapRecord null means: only where there is none. An equal record is left as it is and answered for.
        name = envelope.ids[_key(number)]
        wanted = {"repo": tokens.did, "collection": COLLECTION, "rkey": name, "record": record, "swapRecord": None}
        return self._outcome(self._session.show(_post("com.atproto.repo.putRecord", wanted)), name)

    def _standing(self, name: str) -> Ref | Absent | Uncertain:
        tokens = self._session.tokens()
        if isinstance(tokens, Refused):
            return Uncertain(tokens.reason)
        reply = self._session.ask(_get("com.atproto.repo.getRecord", {"repo": tokens.did, "collection": COLLECTION, "rkey": name}))
        if isinstance(reply, Refused):
            return Uncertain(reply.reason)
        if reply.is_success:
            return self._ref(reply, name)
        if reply.said("error") == "RecordNotFound":
            return Absent()
        return Uncertain(f"{self._title} does not say whether the post is there: {reply.said('message', 'error') or reply.status}.")

    def verify(self) -> Checked:
        """Signs in anew and says who the account is, how many pictures its server takes in a post, and how large they may be."""
        tokens = self._session.sign_in()
        if isinstance(tokens, Refused):
            return Checked(ok=False, reason=tokens.reason)
        limits = told_limits(self._session, tokens, self._facts.limits)
        if isinstance(limits, Refused):
            return Checked(ok=False, reason=limits.reason, handle=f"@{tokens.handle}")
        notes = []
        if scope_of(tokens) == "com.atproto.access":
            notes.append(
                "This is the account’s main password. Make an app password (Settings, Privacy and security) and give that instead."
            )
        return Checked(ok=True, handle=f"@{tokens.handle}", limits=limits, notes=tuple(notes))

    def feed(self, most: int) -> tuple[FeedItem, ...] | Refused:
        """Returns the newest posts as the account's own server keeps them."""
        tokens = self._session.tokens()
        if isinstance(tokens, Refused):
            return tokens
        found: list[FeedItem] = []
        asked = {"repo": tokens.did, "collection": COLLECTION, "limit": str(min(most, _PAGE))}
        cursors = {""}
        while len(found) < most:
            reply = self._session.ask(_get("com.atproto.repo.listRecords", asked))
            if isinstance(reply, Refused):
                return reply
            page = reading.page(reply, tokens)
            if page is None:
                return (
                    self._refusal(reply)
                    if not reply.is_success
                    else Refused(f"{self._title} does not show the account’s posts.", permanent=False)
                )
            items, cursor = page
            found.extend(items)
            if not items or cursor in cursors:
                break
            cursors.add(cursor)
            asked["cursor"] = cursor
        return tuple(found[:most])

    def delete(self, remote_id: str) -> Refused | None:
        """Deletes a post by its address (``at://…``)."""
        tokens = self._session.tokens()
        if isinstance(tokens, Refused):
            return tokens
        wanted = {"repo": tokens.did, "collection": COLLECTION, "rkey": remote_id.rpartition("/")[2]}
        reply = self._session.ask(_post("com.atproto.repo.deleteRecord", wanted))
        if isinstance(reply, Refused):
            return reply
        return None if reply.is_success else self._refusal(reply)

    def _dids(self, envelope: Envelope, remember: Remember) -> dict[str, str] | Refused:
        """Returns the identities behind the mentions; found once, they are kept, so that the record stays the same."""
        if "dids" in envelope.ids:
            kept: dict[str, str] = json.loads(envelope.ids["dids"])
            return kept
        found: dict[str, str] = {}
        handles = handles_in(envelope.outgoing)
        for handle in handles:
            reply = self._session.ask(_get(RESOLVE.removeprefix("/xrpc/"), {"handle": handle}))
            # A name that the server cannot find stays plain text. A server that is away cannot tell: the post waits for it.
            if isinstance(reply, Refused):
                return reply
            did = did_in(reply)
            if did:
                found[handle] = did
        if handles:
            remember("dids", json.dumps(found, sort_keys=True))
        return found

    def _uploaded(self, pictures: Sequence[Picture], remember: Remember) -> list[Blob] | Refused:
        """Returns the server's references to the pictures; equal bytes get an equal reference, however often they are uploaded."""
        blobs: list[Blob] = []
        try:
            with all_measured(pictures, still_sending(remember, self._films.service.clock)) as sources:
                for picture, source in zip(pictures, sources, strict=True):
                    blob = self._laid_in(picture, source) if picture.video is None else self._films.upload(picture, source)
                    if isinstance(blob, Refused):
                        return blob
                    blobs.append(blob)
        except PictureError as error:
            return Refused(error.reason, permanent=error.permanent, kind="media")
        return blobs

    def _laid_in(self, picture: Picture, source: Body) -> Blob | Refused:
        call = Call(
            method="POST",
            path="/xrpc/com.atproto.repo.uploadBlob",
            content=source,
            headers={"Content-Type": picture.mime},
            patience=_UPLOAD_PATIENCE,
        )
        reply = self._session.ask(call)
        if isinstance(reply, Refused):
            return reply
        if not reply.is_success:
            return self._refusal(reply, "media")
        return _blob(reply) or Refused(f"{self._title} took a picture and gave no reference to it.", permanent=False)

    def _outcome(self, answer: Reply | Refused | Uncertain, name: str) -> Ref | Refused | Uncertain:
        if not isinstance(answer, Reply):
            return answer
        if answer.is_success:
            return self._ref(answer, name)
        if answer.said("error") == "InvalidSwap":
            # A record of this name stands there: nobody but us chose that name, so it is this post.
            standing = self._standing(name)
            return standing if isinstance(standing, Ref) else Uncertain(f"{self._title} says that a post of this name is there.")
        return self._refusal(answer)

    def _ref(self, reply: Reply, name: str) -> Ref | Uncertain:
        """Returns the record that an answer names, which is the one of that name and no other."""
        uri, cid = reply.said("uri"), reply.said("cid")
        if not _RECORD.fullmatch(uri) or not uri.endswith(f"/{name}") or not _DIGEST.fullmatch(cid):
            return Uncertain(f"{self._title} answered in a way that cannot be read; the post may be out.")
        return Ref(uri, cid)

    def _published(self, ref: Ref) -> Published:
        tokens = self._session.tokens()
        who = ref.uri.split("/")[2] if isinstance(tokens, Refused) else tokens.handle
        return Published(ref.uri, reading.web_address(who, ref.uri))

    def _refusal(self, reply: Reply, kind: str | None = None) -> Refused:
        error, message = reply.said("error"), reply.said("message")
        if error == "BlobNotFound":
            return Refused(f"{self._title} has lost a picture of this post; it is uploaded again.", permanent=False)
        if error in _ELSEWHERE:
            return refusal(self._title, reply.status, "the account is not on this server any more", "auth")
        if error in _RESTRICTED:
            return refusal(self._title, reply.status, message or error, "restricted")
        if reply.status == HTTPStatus.NOT_FOUND:
            return refusal(self._title, reply.status, "there is no such server at its address", "auth")
        if kind is None and reply.status == HTTPStatus.BAD_REQUEST:
            kind = "media" if any(word in message.lower() for word in _MEDIA_WORDS) else "content"
        return refusal(self._title, reply.status, message or error, kind)


def _ref_of(post: Placed) -> Ref:
    return Ref(post.remote_id, post.mark)


def _blob(reply: Reply) -> Blob | None:
    try:
        return as_blob(reply.table().get("blob"))
    except UnreadableReply:
        return None


def _key(number: int) -> str:
    return f"rkey-{number}" if number else "rkey"


def _get(method: str, params: Mapping[str, str]) -> Call:
    return Call(path=f"/xrpc/{method}", params=params)


def _post(method: str, body: Mapping[str, Any]) -> Call:
    return Call(method="POST", path=f"/xrpc/{method}", json=body)
