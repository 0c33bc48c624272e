"""Publishes to one account of a server that speaks Mastodon's language.

Two guards stand against a second post: the key that Mastodon itself keeps for an hour, and reading the account's statuses back,
which proves what happened on every server. Where an earlier try may have been received, statuses are read before anything is sent.
"""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from scheduler.checks.limits import exceeded
from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Halted, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.model.plain import line
from scheduler.publishers import fields
from scheduler.publishers.answers import Reply, UnreadableReply, refusal, rest_after
from scheduler.publishers.continuing import Out, begun, continued, forget
from scheduler.publishers.contract import Checked, FeedItem, Remember
from scheduler.publishers.exchange import Call
from scheduler.publishers.mastodon import statuses
from scheduler.publishers.mastodon.pictures import known_media, uploaded
from scheduler.publishers.mastodon.posts import answers_of, ids_of, words_of
from scheduler.publishers.mastodon.server import ERRORS, KEY_LIFE, Server

_PAGE, _MOST_PAGES = 40, 25
_SKEW = timedelta(minutes=5)
_SECOND_LOOK = 3.0
_WRITES = frozenset({"write", "write:statuses"})
_WRITES_MEDIA = frozenset({"write", "write:media"})


class MastodonPublisher:
    """Is the publisher of one account; ``visibility`` is who may read its posts, in Mastodon's words."""

    def __init__(self, facts: Network, server: Server, visibility: str) -> None:
        self._facts = facts
        self._server = server
        self._title = facts.title
        self._visibility = visibility
        self._asked: set[str] = set()

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        """Returns ``key`` (the Idempotency-Key) and ``prepared`` (RFC 3339), from which on the post can be found."""
        stamp = now.isoformat()
        seed = f"{outgoing.account}\x00{outgoing.to_json()}\x00{stamp}".encode(errors="surrogatepass")
        return {"key": hashlib.sha256(seed).hexdigest(), "prepared": stamp}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Uploads the pictures, then posts the status; where an earlier try may have arrived, looks for it first."""
        outgoing, ids = envelope.outgoing, envelope.ids
        if objections := exceeded(outgoing, self._facts.limits, self._facts.abilities, self._title):
            return Refused(" ".join(objection.sentence for objection in objections), kind="content")
        if (first := begun(envelope)) is not None:
            return self._continued(envelope, first, remember, fresh="asked" not in ids)
        standing = self._standing(envelope)
        if standing is not None:
            return standing
        outcome = self._post(outgoing, ids, remember, None)
        return self._continued(envelope, outcome, remember, fresh=True) if isinstance(outcome, Published) else outcome

    def find(self, envelope: Envelope) -> Proof:
        """Returns whether the status is among the account's; where it is, answers of the thread that lack are added first.

        What is absent is looked for once more, as servers take their time.
        """
        outgoing, since = envelope.outgoing, datetime.fromisoformat(envelope.ids["prepared"])
        proof: Proof = begun(envelope) or self._found(outgoing, known_media(envelope.ids), since)
        if isinstance(proof, Absent) and self._server.exchange.clock.now() - since < KEY_LIFE:
            self._server.exchange.clock.wait(threading.Event(), _SECOND_LOOK)
            proof = self._found(outgoing, known_media(envelope.ids), since)
        return self._continued(envelope, proof, forget, fresh=False) if isinstance(proof, Published) else proof

    def key_life(self) -> timedelta:
        """Returns what is relied upon where the server says that it is Mastodon itself; others may ignore the key, so nothing."""
        instance = self._server.instance()
        return KEY_LIFE if not isinstance(instance, Refused) and instance.keeps_keys else timedelta(0)

    def _continued(self, envelope: Envelope, first: Published, remember: Remember, *, fresh: bool) -> Published | Uncertain | Halted:
        """Adds the answers of a thread; where an earlier try may have added some, each is looked for before it is posted."""
        since, answers = datetime.fromisoformat(envelope.ids["prepared"]), answers_of(envelope.outgoing)

        def send(number: int, out: Out) -> Outcome:
            post, ids, above = answers[number - 1], ids_of(envelope.ids, number), out[-1].remote_id
            found = Absent() if fresh else self._found(post, known_media(ids), since, above)
            return self._post(post, ids, partial(_remember_for, remember, number), above) if isinstance(found, Absent) else found

        return continued(envelope, first, remember, send)

    def _post(self, outgoing: Outgoing, ids: Mapping[str, str], remember: Remember, above: str | None) -> Outcome:
        """Uploads the pictures of one post and makes it visible; ``above`` is the post that it answers."""
        media = uploaded(self._server, outgoing, ids, remember)
        if isinstance(media, Refused):
            return media
        again = "asked" in ids
        if not again:
            remember("asked", self._server.exchange.clock.now().isoformat())
        self._asked.add(ids["key"])
        body = {**words_of(outgoing), "media_ids": media, "visibility": self._visibility}
        if above is not None:
            body["in_reply_to_id"] = above
        call = Call(method="POST", path="/api/v1/statuses", json=body, headers={"Idempotency-Key": ids["key"]})
        answer = self._server.show(call)
        if again and isinstance(answer, Reply) and answer.status == HTTPStatus.NOT_FOUND and answer.said("error"):
            # The server answers a key that it knows with the post it made then, and with this where a person deleted that one.
            return Refused(f"{self._title} had this post already, and somebody deleted it there.", kind="duplicate")
        return self._outcome(answer, Envelope(outgoing, ids), media, remember)

    def verify(self) -> Checked:
        """Asks who the account is, what its token may do, and what the server takes."""
        found = self._server.credentials()
        if isinstance(found, Refused):
            return Checked(ok=False, reason=found.reason)
        handle = f"@{fields.words(found, 'acct') or fields.words(found, 'username')}"
        instance = self._server.instance()
        if isinstance(instance, Refused):
            return Checked(ok=False, reason=instance.reason, handle=handle)
        missing = self._missing_rights()
        if missing:
            return Checked(ok=False, reason=f"The token may not {missing}. Make one with the rights “read” and “write”.", handle=handle)
        notes = () if instance.keeps_keys else (f"The server is {instance.software}: doubts are settled by reading the account’s posts.",)
        return Checked(ok=True, handle=handle, limits=instance.limits, notes=notes)

    def feed(self, most: int) -> tuple[FeedItem, ...] | Refused:
        """Returns the account's newest statuses."""
        found: list[FeedItem] = []
        for status in self._statuses(most):
            if isinstance(status, Refused):
                return status
            found.append(statuses.item(status))
            if len(found) == most:
                break
        return tuple(found)

    def delete(self, remote_id: str) -> Refused | None:
        """Deletes a status by its id."""
        path = f"/api/v1/statuses/{remote_id}"
        reply = self._server.ask(Call(method="DELETE", path=path, may_lack=True))
        if isinstance(reply, Refused) or reply.is_success:
            return reply if isinstance(reply, Refused) else None
        if reply.status != HTTPStatus.NOT_FOUND and ERRORS.is_of(reply):
            return self._refusal(reply)
        there = self._server.ask(Call(path=path, may_lack=True))
        if isinstance(there, Reply) and not ERRORS.is_of(there):
            found = self._server.credentials()  # some servers say 404 in no form; that they show the account proves that it is they
            return found if isinstance(found, Refused) else None
        if isinstance(there, Refused):
            return there
        return Refused(f"{self._title} cannot delete posts on this server; delete it there by hand.") if there.is_success else None

    def edit(self, remote_id: str, outgoing: Outgoing) -> Outcome:
        """Gives a status other words; its pictures stay as they are."""
        path = f"/api/v1/statuses/{remote_id}"
        standing = self._server.ask(Call(path=path))
        if isinstance(standing, Refused):
            return standing
        try:
            attached = standing.table().get("media_attachments")
        except UnreadableReply:
            attached = None
        media = [line(fields.words(each, "id")) for each in fields.tables(attached)]  # some servers name pictures by their address
        if not isinstance(attached, list) or len(media) < len(attached) or not all(media):
            return Refused(f"{self._title} does not show the post that is to be mended.", permanent=False)
        answer = self._server.show(Call(method="PUT", path=path, json={**words_of(outgoing), "media_ids": media}))
        if not isinstance(answer, Reply):
            return answer
        return self._published(answer) if answer.is_success else self._refusal(answer)

    def _standing(self, envelope: Envelope) -> Outcome | None:
        """Returns the post where an earlier try of this envelope made it; None where it may be sent."""
        ids = envelope.ids
        if "asked" not in ids and ids["key"] not in self._asked:
            return None
        instance = self._server.instance()
        if isinstance(instance, Refused):
            return instance
        age = self._server.exchange.clock.now() - datetime.fromisoformat(ids.get("asked") or ids["prepared"])
        if instance.keeps_keys and age < KEY_LIFE:
            return None
        proof = self.find(envelope)
        return None if isinstance(proof, Absent) else proof

    def _found(self, outgoing: Outgoing, media: list[str], since: datetime, above: str | None = None) -> Proof:
        for status in self._statuses(_PAGE * _MOST_PAGES):
            if isinstance(status, Refused):
                return Uncertain(status.reason)
            made = statuses.moment(status)
            if made is not None and made < since - _SKEW:
                return Absent()
            if not statuses.is_readable(status):
                return Uncertain(f"{self._title} shows a post that cannot be read; look at the account whether it is this one.")
            if fields.words(status, "in_reply_to_id") == (above or "") and statuses.is_this(status, outgoing, media):
                return Published(fields.name(status, "id"), fields.address(status, "url", "uri"))
        return Absent()

    def _statuses(self, most: int) -> Iterator[dict[str, Any] | Refused]:
        """Yields the account's own statuses, newest first; ends where a server that does not turn pages repeats itself."""
        account = self._server.account()
        if isinstance(account, Refused):
            yield account
            return
        asked = {"limit": str(min(most, _PAGE)), "exclude_reblogs": "true"}
        seen: set[str] = set()
        for _ in range(_MOST_PAGES):
            rows = self._rows(account, asked)
            if isinstance(rows, Refused):
                yield rows
                return
            new = [row for row in rows if fields.words(row, "id") not in seen]
            yield from new
            seen |= {fields.words(row, "id") for row in new}
            last = fields.name(rows[-1], "id") if rows else ""
            if not new or not last:
                return
            asked["max_id"] = last

    def _rows(self, account: str, asked: Mapping[str, str]) -> list[dict[str, Any]] | Refused:
        reply = self._server.ask(Call(path=f"/api/v1/accounts/{account}/statuses", params=asked))
        if isinstance(reply, Refused):
            return reply
        try:
            return reply.rows() if reply.is_success else self._refusal(reply)
        except UnreadableReply:
            return Refused(f"{self._title} does not show the account’s posts.", permanent=False)

    def _outcome(self, answer: Reply | Refused | Uncertain, envelope: Envelope, media: list[str], remember: Remember) -> Outcome:
        if not isinstance(answer, Reply):
            return answer
        if answer.is_success:
            return self._published(answer)
        said = answer.said("error").lower()
        if answer.status == HTTPStatus.BAD_REQUEST and "duplicate" in said:
            # Pixelfed keeps a key before it looks at the post, so that this says nothing about whether the post is out.
            proof = self._found(envelope.outgoing, media, datetime.fromisoformat(envelope.ids["prepared"]))
            return proof if isinstance(proof, Published) else Uncertain(f"{self._title} has seen this post before; it may be out.")
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY and "already attached" in said:
            return self._after_attached(envelope, media, remember)
        return self._refusal(answer)

    def _after_attached(self, envelope: Envelope, media: list[str], remember: Remember) -> Outcome:
        """Returns the post that has the pictures; where none has, the server threw them away and they are uploaded anew."""
        proof = self._found(envelope.outgoing, media, datetime.fromisoformat(envelope.ids["prepared"]))
        if not isinstance(proof, Absent):
            return proof
        remember("media", "[]")
        return Refused(f"{self._title} does not have the pictures any more; they are uploaded again.", permanent=False)

    def _published(self, reply: Reply) -> Published | Uncertain:
        try:
            table = reply.table()
        except UnreadableReply:
            table = {}
        number = fields.name(table, "id")
        if not number:
            return Uncertain(f"{self._title} answered in a way that cannot be read; the post may be out.")
        return Published(number, fields.address(table, "url", "uri"), rest_after(reply, self._server.exchange.clock.now()))

    def _refusal(self, reply: Reply) -> Refused:
        said = reply.said("error_description", "error", "message")
        lowered = said.lower()
        if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and "not finished processing" in lowered:
            return Refused(f"{self._title} is still working on a picture.", permanent=False)
        if reply.status == HTTPStatus.NOT_FOUND:
            return refusal(self._title, reply.status, said or "there is no such server at its address", "" if said else "auth")
        if reply.status == HTTPStatus.FORBIDDEN:
            kind = "auth" if "scope" in lowered or "authenticated user" in lowered else "content" if "empty" in lowered else "restricted"
            return refusal(self._title, reply.status, said, kind)
        return refusal(self._title, reply.status, said)

    def _missing_rights(self) -> str:
        """Returns what the token cannot do, where the server tells what it can (Mastodon 4.3 and newer); nothing otherwise."""
        reply = self._server.ask(Call(path="/api/v1/apps/verify_credentials", may_lack=True))
        try:
            scopes = reply.table().get("scopes") if isinstance(reply, Reply) and reply.is_success else None
        except UnreadableReply:
            return ""
        if not isinstance(scopes, list):
            return ""
        found = {scope for scope in scopes if isinstance(scope, str)}
        lacking = [what for rights, what in ((_WRITES, "write posts"), (_WRITES_MEDIA, "upload pictures")) if not rights & found]
        return " or ".join(lacking)


def _remember_for(remember: Remember, number: int, name: str, value: str) -> None:
    remember(f"{name}-{number}", value)
