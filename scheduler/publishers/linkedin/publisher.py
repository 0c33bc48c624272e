"""Publishes on LinkedIn: pictures are uploaded and waited for, then one call makes the post visible.

Sources: "Posts API", "Images API" and "MultiImage API" (li-lms-2026-01). There is no key against a second post, but LinkedIn refuses one
with the same words and names the first: "Content is a duplicate of urn:li:share:…" (422), which several programs rely on.
"""

import re
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.addresses import UnsafeAddress, learnt_address
from scheduler.publishers.answers import Reply, UnreadableReply, refusal
from scheduler.publishers.contract import Checked, Remember
from scheduler.publishers.exchange import Call, Exchange
from scheduler.publishers.files import PictureError, picture_bytes
from scheduler.publishers.linkedin.text import commentary, plain
from scheduler.publishers.notes import ASKED, Notes
from scheduler.publishers.rehearsal import objections

_DUPLICATE = re.compile(r"duplicate of (urn:li:(?:share|ugcPost):\d+)")
_LOOKS, _BETWEEN = 8, 2.0
_BEFORE = timedelta(minutes=5)
_FORBIDDEN, _UNPROCESSABLE = 403, 422


class _Stopped(Exception):
    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class SharePublisher:
    """Publishes for one person or organisation; ``author`` is its URN."""

    facts: Network
    exchange: Exchange
    author: str
    version: str
    token: str

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:  # noqa: ARG002 - the contract hands the post to every publisher
        """Returns ``prepared``, the moment before which the post cannot be out (milliseconds since 1970)."""
        return {"prepared": str(int((now - _BEFORE).timestamp() * 1_000))}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Makes the post visible; a duplicate that LinkedIn names is ours where an earlier answer was lost."""
        if found := objections(envelope.outgoing, self.facts):
            return Refused(" ".join(objection.sentence for objection in found), kind="content")
        notes = Notes(dict(envelope.ids), remember)
        try:
            with closing(self.exchange):
                images = [self._image(envelope.outgoing, number, notes) for number in range(len(envelope.outgoing.media))]
                return self._show(envelope.outgoing, images, notes)
        except PictureError as error:
            return Refused(error.reason, permanent=error.permanent, kind="media")
        except _Stopped as stopped:
            return stopped.refused

    def find(self, envelope: Envelope) -> Proof:
        """Returns what the author's list shows, where this app may read it; otherwise a person is asked."""
        if not envelope.ids.get(ASKED):
            return Absent()
        params = {"author": self.author, "q": "author", "count": "50", "sortBy": "CREATED"}
        call = self._signed(Call(path="/rest/posts", params=params, headers={"X-RestLi-Method": "FINDER"}))
        with closing(self.exchange):
            reply = self.exchange.ask(call)
        if isinstance(reply, Refused):
            return Uncertain(reply.reason)
        if reply.status == _FORBIDDEN:
            return Uncertain(f"{self.facts.title} does not let this app read the profile’s posts; look there whether it is out.")
        if not reply.is_success:
            return Uncertain(self._refusal(reply).reason)
        try:
            return self._listed(reply.table().get("elements") or [], envelope)
        except (UnreadableReply, AttributeError, TypeError):
            return Uncertain(f"{self.facts.title} lists the posts in a form that is not known; look at the profile whether it is out.")

    def verify(self) -> Checked:
        """Asks for the author's newest post, which tells whether the token is one and whether doubts can be settled by reading."""
        params = {"author": self.author, "q": "author", "count": "1", "sortBy": "CREATED"}
        with closing(self.exchange):
            reply = self.exchange.ask(self._signed(Call(path="/rest/posts", params=params, headers={"X-RestLi-Method": "FINDER"})))
        if isinstance(reply, Refused):
            return Checked(ok=False, reason=reply.reason)
        if reply.status == _FORBIDDEN:
            note = "This app may not read the profile’s posts: where an answer is lost, you are asked."
            return Checked(ok=True, handle=self.author, notes=(note,))
        return Checked(ok=True, handle=self.author) if reply.is_success else Checked(ok=False, reason=self._refusal(reply).reason)

    def _listed(self, elements: list[dict[str, Any]], envelope: Envelope) -> Proof:
        since = int(envelope.ids.get("prepared", "0"))
        recent = [each for each in elements if int(each.get("createdAt", 0)) >= since]
        found = [each for each in recent if plain(str(each.get("commentary", ""))) == envelope.outgoing.text]
        if len(found) == 1:
            return _published(str(found[0].get("id", "")))
        if found:
            return Uncertain(f"{self.facts.title} shows the same words {len(found)} times; look at the profile which of them is this post.")
        return Absent()

    def _image(self, outgoing: Outgoing, number: int, notes: Notes) -> str:
        """Uploads a picture and returns its URN, once LinkedIn is done with it; the URN is committed when the bytes are there."""
        name = f"image-{number}"
        if not notes[name]:
            data = picture_bytes(outgoing.media[number].picture)
            body = {"initializeUploadRequest": {"owner": self.author}}
            answer = self._asked(Call(path="/rest/images", method="POST", params={"action": "initializeUpload"}, json=body))
            value = answer.get("value") or {}
            self._put(str(value.get("uploadUrl", "")), data)
            notes.keep(name, str(value.get("image", "")))
        self._await(notes, name)
        return notes[name]

    def _put(self, address: str, data: bytes) -> None:
        parts = urlsplit(address)
        base = f"{parts.scheme}://{parts.netloc}"
        try:
            place = learnt_address(base, self.exchange.address)
        except UnsafeAddress as error:
            raise _Stopped(Refused(f"{self.facts.title} names no safe place for pictures: {error.message}", permanent=False)) from error
        exchange = Exchange(place, self.facts.title, self.exchange.clock, self.exchange.secrets)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/octet-stream"}
        with closing(exchange):
            reply = exchange.ask(Call(path=address.removeprefix(base), method="PUT", content=data, headers=headers, patience=90.0))
        if isinstance(reply, Refused):
            raise _Stopped(reply)
        if not reply.is_success:
            raise _Stopped(refusal(self.facts.title, reply.status, kind="auth" if reply.status in {401, _FORBIDDEN} else "media"))

    def _await(self, notes: Notes, name: str) -> None:
        """Waits until a picture can be used; where this app may not ask, it goes on after the usual time."""
        may_ask = True
        for _ in range(_LOOKS):
            reply = self.exchange.ask(self._signed(Call(path=f"/rest/images/{quote(notes[name], safe='')}")))
            if isinstance(reply, Refused):
                raise _Stopped(reply)
            status = reply.said("status")
            if status == "AVAILABLE":
                return
            if status == "PROCESSING_FAILED":
                notes.forget(name)
                raise _Stopped(Refused(f"{self.facts.title} could not take a picture.", kind="media"))
            may_ask = reply.status != _FORBIDDEN
            self.exchange.clock.wait(threading.Event(), _BETWEEN)
        if may_ask:
            told = f"{self.facts.title} is still working on the pictures."
            raise _Stopped(Refused(told, permanent=False, retry_after=timedelta(seconds=30)))

    def _show(self, outgoing: Outgoing, images: list[str], notes: Notes) -> Outcome:
        asked_before = notes.ask()
        call = Call(path="/rest/posts", method="POST", json=self._body(outgoing, images), patience=60.0)
        reply = self.exchange.show(self._signed(call))
        if isinstance(reply, Reply):
            return notes.answered(self._outcome(reply, adopts=asked_before))
        return notes.answered(reply)

    def _body(self, outgoing: Outgoing, images: list[str]) -> dict[str, Any]:
        shown = [{"id": urn, "altText": item.alt} for urn, item in zip(images, outgoing.media, strict=True)]
        body: dict[str, Any] = {
            "author": self.author,
            "commentary": commentary(outgoing.text, outgoing.facets),
            "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        if len(shown) == 1:
            body["content"] = {"media": shown[0]}
        elif shown:
            body["content"] = {"multiImage": {"images": shown}}
        elif outgoing.link_card:
            card = outgoing.link_card
            body["content"] = {"article": {"source": card.url, "title": card.title or card.url, "description": card.description}}
        return body

    def _outcome(self, reply: Reply, *, adopts: bool) -> Outcome:
        if reply.is_success:
            urn = reply.headers.get("x-restli-id", "")
            return _published(urn) if urn else Uncertain(f"{self.facts.title} took the post and did not say its name.")
        said = reply.said("message", "errorDetails")
        twin = _DUPLICATE.search(said)
        if reply.status == _UNPROCESSABLE and twin:
            if adopts:
                return _published(twin[1])
            sentence = f"{self.facts.title} refuses words that are out already, at {_published(twin[1]).url}."
            return Refused(sentence, kind="duplicate")
        return self._refusal(reply)

    def _asked(self, call: Call) -> dict[str, Any]:
        reply = self.exchange.ask(self._signed(call))
        if isinstance(reply, Refused):
            raise _Stopped(reply)
        if not reply.is_success:
            raise _Stopped(self._refusal(reply))
        try:
            return reply.table()
        except UnreadableReply as error:
            unreadable = Refused(f"{self.facts.title} answered with something that is not an answer of its API.", permanent=False)
            raise _Stopped(unreadable) from error

    def _refusal(self, reply: Reply) -> Refused:
        said = self.exchange.secrets.removed(reply.said("message"))
        if reply.status == 426 or reply.said("code") == "VERSION_MISSING":  # noqa: PLR2004 - a version that has ended, or none
            sentence = f"{self.facts.title} has ended version {self.version} of its API: set a newer  version  for this account."
            return Refused(sentence, permanent=False, kind="auth")
        if reply.status == 409:  # noqa: PLR2004 - two changes at the same moment
            return Refused(f"{self.facts.title} was busy with the same thing.", permanent=False)
        return refusal(self.facts.title, reply.status, said)

    def _signed(self, call: Call) -> Call:
        ours = {"Authorization": f"Bearer {self.token}", "LinkedIn-Version": self.version, "X-Restli-Protocol-Version": "2.0.0"}
        return replace(call, headers={**call.headers, **ours})


def _published(urn: str) -> Published:
    return Published(urn, f"https://www.linkedin.com/feed/update/{urn}/")
