"""Publishes on X: pictures and their descriptions are uploaded, then one call makes the post visible.

Sources: xdevplatform/docs (2026-08-22, openapi.json v2.167). There is no key against a second post; X refuses the same words again (403),
and the account's own posts can be read back for a tenth of a cent each.
"""

import base64
import secrets
import unicodedata
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.answers import Reply, UnreadableReply, refusal
from scheduler.publishers.contract import Checked, Remember
from scheduler.publishers.exchange import Call, Exchange
from scheduler.publishers.files import PictureError, picture_bytes
from scheduler.publishers.notes import ASKED, Notes
from scheduler.publishers.rehearsal import objections
from scheduler.publishers.x.signing import Keys, authorization

_BEFORE = timedelta(minutes=5)
_RESTRICTED = ("suspended", "locked", "restricted")


class _Stopped(Exception):
    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class TweetPublisher:
    """Publishes for one account."""

    facts: Network
    exchange: Exchange
    keys: Keys

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:  # noqa: ARG002 - the contract hands the post to every publisher
        """Returns ``prepared`` (RFC 3339, UTC), the moment before which the post cannot be out."""
        return {"prepared": (now - _BEFORE).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Makes the post visible; where X says that the words are out already, its list of posts decides whether they are ours."""
        if found := objections(envelope.outgoing, self.facts):
            return Refused(" ".join(objection.sentence for objection in found), kind="content")
        notes = Notes(dict(envelope.ids), remember)
        try:
            with closing(self.exchange):
                media = [self._picture(envelope.outgoing, number, notes) for number in range(len(envelope.outgoing.media))]
                return self._show(envelope, media, notes)
        except PictureError as error:
            return Refused(error.reason, permanent=error.permanent, kind="media")
        except _Stopped as stopped:
            return stopped.refused

    def find(self, envelope: Envelope) -> Proof:
        """Returns what the account's own list of posts shows since the post was made ready."""
        if not envelope.ids.get(ASKED):
            return Absent()
        try:
            with closing(self.exchange):
                return self._listed(envelope)
        except _Stopped as stopped:
            return Uncertain(stopped.refused.reason)

    def verify(self) -> Checked:
        """Asks whose keys they are, for a tenth of a cent."""
        try:
            with closing(self.exchange):
                found = self._asked(Call(path="/2/users/me")).get("data") or {}
        except _Stopped as stopped:
            return Checked(ok=False, reason=stopped.refused.reason)
        return Checked(ok=True, handle=f"@{found.get('username', '')}", notes=("Every post costs money; see the price in the README.",))

    def _picture(self, outgoing: Outgoing, number: int, notes: Notes) -> str:
        name = f"media-{number}"
        if notes[name]:
            return notes[name]
        item = outgoing.media[number]
        body = {
            "media": base64.b64encode(picture_bytes(item.picture)).decode(),
            "media_category": "tweet_image",
            "media_type": item.picture.mime,
        }
        answer = self._asked(Call(path="/2/media/upload", method="POST", json=body, patience=90.0))
        media = str((answer.get("data") or {}).get("id", ""))
        if item.alt:
            described = {"id": media, "metadata": {"alt_text": {"text": item.alt}}}
            self._asked(Call(path="/2/media/metadata", method="POST", json=described))
        return notes.keep(name, media)

    def _show(self, envelope: Envelope, media: list[str], notes: Notes) -> Outcome:
        asked_before = notes.ask()
        body: dict[str, Any] = {"text": envelope.outgoing.text, **({"media": {"media_ids": media}} if media else {})}
        reply = self.exchange.show(self._signed(Call(path="/2/tweets", method="POST", json=body, patience=60.0)))
        if not isinstance(reply, Reply):
            return notes.answered(reply)
        if "duplicate content" in reply.said("detail"):
            return self._duplicate(envelope, notes, ours=asked_before)
        return notes.answered(self._outcome(reply))

    def _duplicate(self, envelope: Envelope, notes: Notes, *, ours: bool) -> Outcome:
        """Looks for the post that X means, which is ours only where an earlier answer was lost."""
        if not ours:
            return notes.answered(
                Refused(f"{self.facts.title} refuses words that it has seen from this account already.", kind="duplicate")
            )
        proof = self._listed(envelope)
        if isinstance(proof, Absent):
            return Uncertain(f"{self.facts.title} says that these words are out already and does not show where; look at the account.")
        return proof

    def _outcome(self, reply: Reply) -> Outcome:
        if not reply.is_success:
            return self._refusal(reply)
        try:
            number = str((reply.table().get("data") or {}).get("id", ""))
        except UnreadableReply:
            number = ""
        return _published(number) if number else Uncertain(f"{self.facts.title} took the post and did not say its number.")

    def _listed(self, envelope: Envelope) -> Proof:
        me = str((self._asked(Call(path="/2/users/me")).get("data") or {}).get("id", ""))
        params = {
            "max_results": "100",
            "start_time": envelope.ids.get("prepared", ""),
            "exclude": "retweets",
            "tweet.fields": "created_at,entities",
        }
        rows = self._asked(Call(path=f"/2/users/{me}/tweets", params=params)).get("data") or []
        wanted = _words(envelope.outgoing.text)
        found = [row for row in rows if isinstance(row, dict) and _words(_expanded(row)) == wanted]
        if len(found) == 1:
            return _published(str(found[0].get("id", "")))
        if found:
            return Uncertain(f"{self.facts.title} shows the same words {len(found)} times; look at the account which of them is this post.")
        return Absent()

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
        said = self.exchange.secrets.removed(reply.said("detail", "title"))
        if "usage-capped" in reply.said("type") or reply.status == 402:  # noqa: PLR2004 - payment required
            return Refused(
                f"{self.facts.title} wants its credits topped up before anything more is sent.", permanent=False, kind="restricted"
            )
        restricted = reply.status == 403 and any(word in said.lower() for word in _RESTRICTED)  # noqa: PLR2004 - forbidden
        return refusal(self.facts.title, reply.status, said, "restricted" if restricted else None)

    def _signed(self, call: Call) -> Call:
        url = self.exchange.address.base + call.path
        stamp = (self.exchange.clock.now(), secrets.token_hex(16))
        header = authorization(self.keys, call.method, url, call.params or {}, stamp)
        return replace(call, headers={**call.headers, "Authorization": header})


def _expanded(row: Mapping[str, Any]) -> str:
    """Returns a post's words with the links as they were typed; X shows its own in their place, and one for each picture."""
    text = str(row.get("text", ""))
    for url in (row.get("entities") or {}).get("urls") or []:
        is_picture = bool(url.get("media_key"))
        text = text.replace(str(url.get("url", "")) or "\0", "" if is_picture else str(url.get("expanded_url", "")))
    return text


def _words(text: str) -> str:
    """Returns a text for comparing: composed, with single spaces, and the three signs as X gives them back."""
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(unicodedata.normalize("NFC", plain).split())


def _published(number: str) -> Published:
    return Published(number, f"https://x.com/i/status/{number}")
