"""Publishes on X: pictures, films and their descriptions are uploaded, then one call makes the post visible; a thread is several of them.

Sources: xdevplatform/docs (2026-08-22, openapi.json v2.167). There is no key against a second post; X refuses the same words again (403),
and the account's own posts can be read back for a tenth of a cent each.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Halted, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers import fields
from scheduler.publishers.answers import Reply, UnreadableReply
from scheduler.publishers.continuing import Out, begun, continued, forget
from scheduler.publishers.contract import Checked, FeedItem, Remember
from scheduler.publishers.exchange import Call
from scheduler.publishers.files import PictureError
from scheduler.publishers.notes import ASKED, Notes
from scheduler.publishers.steps import Stopped, published_in_steps
from scheduler.publishers.x.api import Api
from scheduler.publishers.x.reading import MOST, address, answers, expanded, item, number_of, timeline, words
from scheduler.publishers.x.uploads import begun_name, uploaded

_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TweetPublisher:
    """Publishes for one account."""

    facts: Network
    api: Api

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:  # noqa: ARG002 - the contract hands the post to every publisher
        """Returns ``prepared`` (RFC 3339, UTC), the moment before which the post cannot be out."""
        return {"prepared": (now - _BEFORE).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Makes the post visible; where X says that the words are out already, its list of posts decides whether they are ours."""

        def steps(notes: Notes) -> Outcome:
            first = begun(envelope) or self._sent(_Step(envelope.outgoing), notes, looks=False)
            return self._continued(envelope, first, notes, looks=False) if isinstance(first, Published) else first

        return published_in_steps(envelope, remember, self.facts, self.api.exchange, steps)

    def find(self, envelope: Envelope) -> Proof:
        """Returns what the account's own list shows since the post was made ready; answers of a thread that lack are added first."""
        first = begun(envelope)
        if first is None and not envelope.ids.get(ASKED):
            return Absent(is_uncalled=True)
        notes = Notes(dict(envelope.ids), forget)
        try:
            with closing(self.api.exchange):
                proof = first or self._listed(_Step(envelope.outgoing), notes)
                return self._continued(envelope, proof, notes, looks=True) if isinstance(proof, Published) else proof
        except Stopped as stopped:
            return Uncertain(stopped.refused.reason)

    def verify(self) -> Checked:
        """Asks whose keys they are, for a tenth of a cent."""
        try:
            with closing(self.api.exchange):
                found = self.api.me()
        except Stopped as stopped:
            return Checked(ok=False, reason=stopped.refused.reason)
        return Checked(
            ok=True, handle=f"@{fields.words(found, 'username')}", notes=("Every post costs money; see the price in the README.",)
        )

    def feed(self, most: int) -> tuple[FeedItem, ...] | Refused:
        """Returns the account's newest posts, a tenth of a cent for each."""
        try:
            with closing(self.api.exchange):
                return tuple(item(row) for row in timeline(self.api, most)[:most])
        except Stopped as stopped:
            return stopped.refused

    def delete(self, remote_id: str) -> Refused | None:
        """Deletes a post, for a cent; one that is gone already is no trouble."""
        with closing(self.api.exchange):
            reply = self.api.look(Call(path=f"/2/tweets/{remote_id}", method="DELETE"))
        if isinstance(reply, Refused):
            return reply
        return None if reply.is_success or reply.status == HTTPStatus.NOT_FOUND else self.api.refusal(reply)

    def _continued(self, envelope: Envelope, first: Published, notes: Notes, *, looks: bool) -> Published | Uncertain | Halted:
        """Adds the answers of a thread that are not out yet, each below the one before it; ``looks`` asks for each before it is sent."""
        answers = envelope.outgoing.replies

        def send(number: int, out: Out) -> Outcome:
            alone = answers[number - 1].beneath(replace(envelope.outgoing, replies=(), poll=None))
            try:
                return self._sent(_Step(alone, number, out[-1].remote_id), notes, looks=looks)
            except Stopped as stopped:
                return stopped.refused
            except PictureError as error:
                return Refused(error.reason, permanent=error.permanent, kind="media")

        return continued(envelope, first, notes.commit, send)

    def _sent(self, step: "_Step", notes: Notes, *, looks: bool) -> Outcome:
        """Sends one post of a thread; one that was asked for before is looked for first, except where X itself refuses a second."""
        asked_before = bool(notes[step.asked])
        if looks or (asked_before and step.number):
            proof = self._listed(step, notes)
            if not isinstance(proof, Absent):
                return proof
        kept = [name for place in range(len(step.outgoing.media)) if notes[name := step.media(place)]]
        media = [self._picture(step, place, notes) for place in range(len(step.outgoing.media))]
        notes.keep(step.asked, "yes")
        reply = self.api.show(Call(path="/2/tweets", method="POST", json=step.body(media), patience=60.0))
        outcome = self._outcome(reply, step, notes, ours=asked_before or looks) if isinstance(reply, Reply) else reply
        if isinstance(outcome, Refused) and not asked_before:
            notes.forget(step.asked)  # a clear no says nothing of an earlier call whose answer was lost
        if kept and isinstance(reply, Reply) and reply.status == HTTPStatus.BAD_REQUEST:
            notes.forget(*kept, *map(begun_name, kept))
            # X throws away what no post has shown for a day or more, and does not say that it is this which it refuses.
            return Refused(f"{self.facts.title} may have thrown away what this post shows; it is uploaded again.", permanent=False)
        return outcome

    def _picture(self, step: "_Step", place: int, notes: Notes) -> str:
        name = step.media(place)
        if notes[name]:
            return notes[name]
        shown = step.outgoing.media[place]
        media = uploaded(self.api, shown.picture, self.facts.limits.animations, notes, name)
        if shown.alt and shown.picture.video is None:
            described = {"id": media, "metadata": {"alt_text": {"text": shown.alt}}}
            self.api.table(Call(path="/2/media/metadata", method="POST", json=described))
        return notes.keep(name, media)

    def _outcome(self, reply: Reply, step: "_Step", notes: Notes, *, ours: bool) -> Outcome:
        if "duplicate content" in reply.said("detail"):
            return self._duplicate(step, notes, ours=ours)
        if not reply.is_success:
            return self.api.refusal(reply)
        try:
            number = number_of(fields.table(reply.table(), "data"))
        except UnreadableReply:
            number = ""
        return _published(number) if number else Uncertain(f"{self.facts.title} took the post and did not say its number.")

    def _duplicate(self, step: "_Step", notes: Notes, *, ours: bool) -> Outcome:
        """Looks for the post that X means, which is ours only where an earlier answer was lost."""
        if not ours:
            return Refused(f"{self.facts.title} refuses words that it has seen from this account already.", kind="duplicate")
        proof = self._listed(step, notes)
        if isinstance(proof, Absent):
            return Uncertain(f"{self.facts.title} says that these words are out already and does not show where; look at the account.")
        return proof

    def _listed(self, step: "_Step", notes: Notes) -> Proof:
        rows = timeline(self.api, MOST, notes["prepared"])
        found = [row for row in rows if words(expanded(row)) == words(step.outgoing.text) and answers(row) == step.above]
        if len(found) == 1 and (number := number_of(found[0])):
            return _published(number)
        if found:
            return Uncertain(f"{self.facts.title} shows the same words {len(found)} times; look at the account which of them is this post.")
        return Absent()


@dataclass(frozen=True, slots=True)
class _Step:
    """Is one post of a thread: the first has the number 0, ``above`` is the post that it answers."""

    outgoing: Outgoing
    number: int = 0
    above: str = ""

    @property
    def asked(self) -> str:
        """Returns the name under which it is committed that this post was asked for."""
        return f"{ASKED}-{self.number}" if self.number else ASKED

    def media(self, place: int) -> str:
        """Returns the name under which the number of one of its pictures is committed."""
        return f"media-{self.number}-{place}" if self.number else f"media-{place}"

    def body(self, media: list[str]) -> dict[str, Any]:
        """Returns what X is told."""
        body: dict[str, Any] = {"text": self.outgoing.text}
        if media:
            body["media"] = {"media_ids": media}
        if self.outgoing.poll:
            body["poll"] = {"options": list(self.outgoing.poll.options), "duration_minutes": self.outgoing.poll.minutes}
        if self.above:
            body["reply"] = {"in_reply_to_tweet_id": self.above}
        return body


def _published(number: str) -> Published:
    return Published(number, address(number))
