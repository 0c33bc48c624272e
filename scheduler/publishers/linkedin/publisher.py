"""Publishes on LinkedIn: pictures are uploaded and waited for, then one call makes the post visible.

Sources: "Posts API", "Images API" and "MultiImage API" (li-lms-2026-01). There is no key against a second post, but LinkedIn refuses one
with the same words and names the first: "Content is a duplicate of urn:li:share:…" (422), which several programs rely on.
"""

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Media, Outgoing
from scheduler.model.poll import Poll
from scheduler.publishers.answers import Reply, UnreadableReply
from scheduler.publishers.contract import Checked, FeedItem, Remember
from scheduler.publishers.exchange import Call
from scheduler.publishers.linkedin.api import FORBIDDEN, Api
from scheduler.publishers.linkedin.pictures import thumbnail, uploaded
from scheduler.publishers.linkedin.reading import URN, address, created, item, question, urn_of, words
from scheduler.publishers.linkedin.text import POLL_TERMS, commentary
from scheduler.publishers.notes import ASKED, Notes
from scheduler.publishers.steps import published_in_steps

_DUPLICATE = re.compile(r"duplicate of (urn:li:(?:share|ugcPost):\d+)")
_BEFORE = timedelta(minutes=5)
_UNPROCESSABLE, _NOT_FOUND = 422, 404
_PAGE = 50
_MAY_NOT_READ = "This app may not read the profile’s posts: where an answer is lost, you are asked."


@dataclass(frozen=True, slots=True)
class SharePublisher:
    """Publishes for one person or organisation."""

    facts: Network
    api: Api

    @property
    def lasts(self) -> timedelta:
        """Returns how long a token works: 60 days ("Authorization Code Flow", li-lms-2025-01); only chosen partners may renew theirs."""
        return timedelta(days=60)

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:  # noqa: ARG002 - the contract hands the post to every publisher
        """Returns ``prepared``, the moment before which the post cannot be out (milliseconds since 1970)."""
        return {"prepared": str(int((now - _BEFORE).timestamp() * 1_000))}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Makes the post visible; a duplicate that LinkedIn names is ours where an earlier answer was lost and it is as old as that."""

        def steps(notes: Notes) -> Outcome:
            outgoing = envelope.outgoing
            return self._show(outgoing, self._content(outgoing, notes), notes)

        return published_in_steps(envelope, remember, self.facts, self.api.exchange, steps)

    def find(self, envelope: Envelope) -> Proof:
        """Returns what the author's list shows, where this app may read it; otherwise a person is asked."""
        if not envelope.ids.get(ASKED):
            return Absent(is_uncalled=True)
        listed = self._listed(_PAGE)
        if isinstance(listed, Refused):
            return Uncertain(listed.reason)
        since = int(envelope.ids.get("prepared", "0"))
        found = [each for each in listed if created(each) >= since and _is_this(each, envelope.outgoing)]
        if len(found) == 1 and (urn := urn_of(found[0])):
            return _published(urn)
        if found:
            return Uncertain(f"{self.facts.title} shows the same words {len(found)} times; look at the profile which of them is this post.")
        return Absent()

    def verify(self) -> Checked:
        """Asks for the author's newest post, which tells whether the token is one and whether doubts can be settled by reading."""
        with closing(self.api.exchange):
            reply = self.api.look(self.api.newest(1))
        if isinstance(reply, Refused):
            return Checked(ok=False, reason=reply.reason)
        if reply.status == FORBIDDEN:
            return Checked(ok=True, handle=self.api.author, notes=(_MAY_NOT_READ,))
        return Checked(ok=True, handle=self.api.author) if reply.is_success else Checked(ok=False, reason=self.api.refusal(reply).reason)

    def feed(self, most: int) -> tuple[FeedItem, ...] | Refused:
        """Returns the author's newest posts; LinkedIn lets only approved apps read those of a person."""
        listed = self._listed(min(most, 100))
        return listed if isinstance(listed, Refused) else tuple(item(each) for each in listed[:most])

    def delete(self, remote_id: str) -> Refused | None:
        """Deletes a post by its URN; one that is gone already is no trouble."""
        call = Call(path=f"/rest/posts/{quote(remote_id, safe='')}", method="DELETE", headers={"X-RestLi-Method": "DELETE"})
        with closing(self.api.exchange):
            reply = self.api.look(call)
        if isinstance(reply, Refused):
            return reply
        return None if reply.is_success or reply.status == _NOT_FOUND else self.api.refusal(reply)

    def edit(self, remote_id: str, outgoing: Outgoing) -> Outcome:
        """Gives a post other words ("Update posts"); pictures and link cards stay as they are."""
        body = {"patch": {"$set": {"commentary": commentary(outgoing.text, outgoing.facets)}}}
        headers = {"X-RestLi-Method": "PARTIAL_UPDATE"}
        with closing(self.api.exchange):
            reply = self.api.show(Call(path=f"/rest/posts/{quote(remote_id, safe='')}", method="POST", json=body, headers=headers))
        if not isinstance(reply, Reply):
            return reply
        return _published(remote_id) if reply.is_success else self.api.refusal(reply)

    def _listed(self, most: int) -> list[dict[str, Any]] | Refused:
        with closing(self.api.exchange):
            reply = self.api.look(self.api.newest(most))
        if isinstance(reply, Refused):
            return reply
        if reply.status == FORBIDDEN:
            sentence = f"{self.facts.title} does not let this app read the profile’s posts; look there whether it is out."
            return Refused(sentence, permanent=False, kind="auth")
        if not reply.is_success:
            return self.api.refusal(reply)
        try:
            found = reply.table().get("elements")
        except UnreadableReply:
            found = None
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            sentence = f"{self.facts.title} lists the posts in a form that is not known; look at the profile whether it is out."
            return Refused(sentence, permanent=False)
        return found

    def _show(self, outgoing: Outgoing, content: Mapping[str, Any], notes: Notes) -> Outcome:
        asked_before = notes.ask()
        reply = self.api.show(Call(path="/rest/posts", method="POST", json={**self._words(outgoing), **content}, patience=60.0))
        outcome = self._outcome(reply, outgoing, notes, ours=asked_before) if isinstance(reply, Reply) else reply
        # A clear no to this call says nothing of an earlier one whose answer was lost: that one stays in doubt.
        return outcome if asked_before else notes.answered(outcome)

    def _words(self, outgoing: Outgoing) -> dict[str, Any]:
        return {
            "author": self.api.author,
            "commentary": commentary(outgoing.text, outgoing.facets),
            "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }

    def _content(self, outgoing: Outgoing, notes: Notes) -> dict[str, Any]:
        """Returns what stands below the words: pictures, a film, or the card of a link, which LinkedIn does not make itself."""
        if outgoing.poll:
            return {"content": {"poll": _asked(outgoing.poll)}}
        shown = [_shown(urn, item) for urn, item in zip(uploaded(self.api, outgoing, notes), outgoing.media, strict=True)]
        if len(shown) == 1:
            return {"content": {"media": shown[0]}}
        if shown:
            return {"content": {"multiImage": {"images": shown}}}
        card = outgoing.link_card
        if card is None:
            return {}
        picture = thumbnail(self.api, card, notes)
        article = {"source": card.url, "title": card.title or card.url, "description": card.description}
        return {"content": {"article": {**article, **({"thumbnail": picture} if picture else {})}}}

    def _outcome(self, reply: Reply, outgoing: Outgoing, notes: Notes, *, ours: bool) -> Outcome:
        if reply.is_success:
            urn = reply.headers.get("x-restli-id", "")
            return _published(urn) if URN.fullmatch(urn) else Uncertain(f"{self.facts.title} took the post and did not say its name.")
        twin = _DUPLICATE.search(reply.said("message", "errorDetails"))
        if reply.status == _UNPROCESSABLE and twin:
            return self._twin(twin[1], outgoing, int(notes["prepared"] or "0"), ours=ours)
        return self.api.refusal(reply)

    def _twin(self, urn: str, outgoing: Outgoing, since: int, *, ours: bool) -> Outcome:
        """Looks at the post that LinkedIn names: it may be an older one of the same words, or one that was deleted since."""
        found = self.api.look(Call(path=f"/rest/posts/{quote(urn, safe='')}"))
        if isinstance(found, Reply) and found.status == _NOT_FOUND:
            told = f"{self.facts.title} refuses words of a post that was deleted since ({urn}): change them, or wait a day."
            return Refused(told, kind="duplicate")
        there = f"words that are out already, at {address(urn)}"
        if not ours:
            return Refused(f"{self.facts.title} refuses {there}.", kind="duplicate")
        element = _element(found)
        if element is None:
            return Uncertain(f"{self.facts.title} tells of {there}, and not since when: look there whether it is this post.")
        if created(element) >= since and _is_this(element, outgoing):
            return _published(urn)
        return Refused(f"{self.facts.title} refuses {there}, by an older post.", kind="duplicate")


def _element(found: Reply | Refused) -> Mapping[str, Any] | None:
    """Returns a post as LinkedIn shows it; None where it does not, or not when it was made."""
    try:
        element = found.table() if isinstance(found, Reply) and found.is_success else {}
    except UnreadableReply:
        element = {}
    return element if created(element) else None


def _is_this(element: Mapping[str, Any], outgoing: Outgoing) -> bool:
    """Tells whether a post says what was sent, and asks it where it asks."""
    return words(element) == outgoing.text and question(element) == (outgoing.poll.question if outgoing.poll else "")


def _shown(urn: str, item: Media) -> dict[str, str]:
    """Returns a picture or film as a post names it; a film has no description there."""
    return {"id": urn, "altText": item.alt} if item.picture.video is None else {"id": urn}


def _asked(poll: Poll) -> dict[str, Any]:
    """Returns a poll as "Poll API" has it; a person has one vote, and the author sees who voted: LinkedIn has no other polls."""
    settings = {"duration": POLL_TERMS[poll.minutes], "voteSelectionType": "SINGLE_VOTE", "isVoterVisibleToAuthor": True}
    return {"question": poll.question, "options": [{"text": option} for option in poll.options], "settings": settings}


def _published(urn: str) -> Published:
    return Published(urn, address(urn))
