"""Publishes on a Page in two phases: photos and post are made unpublished, then the post's ``is_published`` is set.

Sources: "Page Feed" and "Page Photos" references; ``is_published`` and ``unpublished_content_type`` are parameters of the official Python
SDK (2026-06-24), whose effect no page describes: it is read back after it was set, and what is still a draft is told to a person.
"""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Media, Outgoing
from scheduler.publishers.contract import Checked, Remember
from scheduler.publishers.files import PictureError, ending, picture_bytes
from scheduler.publishers.graph.api import Graph, GraphTrouble, text_of
from scheduler.publishers.graph.comments import comment
from scheduler.publishers.notes import Notes
from scheduler.publishers.rehearsal import objections

_PHOTOS_ARE_USED = 1366051
_BEFORE = timedelta(minutes=5)
_STILL_A_DRAFT = "{title} keeps the post as a draft; publish it by hand at the Page, or ask Meta why this app may not."


@dataclass(frozen=True, slots=True)
class PagePublisher:
    """Publishes on one Page."""

    facts: Network
    graph: Graph

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:  # noqa: ARG002 - the contract hands the post to every publisher
        """Returns ``prepared``, the moment before which the post cannot be out; the network chooses all other ids."""
        return {"prepared": str(int((now - _BEFORE).timestamp()))}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Makes the post visible; photos and the draft of an earlier attempt are used again."""
        if found := objections(envelope.outgoing, self.facts):
            return Refused(" ".join(objection.sentence for objection in found), kind="content")
        with closing(self.graph.exchange):
            notes = Notes(dict(envelope.ids), remember)
            outcome = self._publish(envelope.outgoing, notes)
            comment(self.graph, envelope.outgoing, outcome, notes)
            return outcome

    def _publish(self, outgoing: Outgoing, notes: Notes) -> Outcome:
        try:
            post = notes["post"] or self._draft(outgoing, notes)
        except GraphTrouble as trouble:
            if trouble.error.subcode == _PHOTOS_ARE_USED:
                # A draft holds them whose number was lost with its answer; it stays unseen, and new photos make a new one.
                notes.forget(*[name for name in notes.ids if name.startswith("photo-")])
            return trouble.refusal
        except PictureError as error:
            return Refused(error.reason, permanent=error.permanent, kind="media")
        return self._show(post, notes)

    def find(self, envelope: Envelope) -> Proof:
        """Returns whether the post's own flag says that it is published; what was never made cannot be out."""
        post = envelope.ids.get("post", "")
        if not post:
            return Absent()
        try:
            with closing(self.graph.exchange):
                return self._seen(post) or Absent()
        except GraphTrouble as trouble:
            if trouble.error.is_gone:
                return Uncertain(f"The post was made at {self.facts.title} and is not there any more; look at the Page whether it was out.")
            return Uncertain(trouble.refusal.reason)

    def verify(self) -> Checked:
        """Asks whose token it is; the token of a person instead of a Page's is noticed."""
        try:
            with closing(self.graph.exchange):
                return Checked(ok=True, handle=self.graph.handle())
        except GraphTrouble as trouble:
            return Checked(ok=False, reason=trouble.refusal.reason)

    def _draft(self, outgoing: Outgoing, notes: Notes) -> str:
        photos = [notes[f"photo-{number}"] or self._photo(item, number, notes) for number, item in enumerate(outgoing.media)]
        form = {"published": "false", "unpublished_content_type": "DRAFT"}
        if outgoing.text:
            form["message"] = outgoing.text
        if photos:
            form["attached_media"] = json.dumps([{"media_fbid": photo} for photo in photos])
        elif outgoing.link_card:
            form["link"] = outgoing.link_card.url
        return notes.keep("post", text_of(self.graph.make(f"{self.graph.user}/feed", form), "id"))

    def _photo(self, item: Media, number: int, notes: Notes) -> str:
        form = {"published": "false", **({"alt_text_custom": item.alt} if item.alt else {})}
        source = (f"picture-{number + 1}{ending(item.picture)}", picture_bytes(item.picture), item.picture.mime)
        return notes.keep(f"photo-{number}", text_of(self.graph.make(f"{self.graph.user}/photos", form, {"source": source}), "id"))

    def _show(self, post: str, notes: Notes) -> Outcome:
        """Sets the flag and reads it back; setting it twice changes nothing, so that only an unreadable flag leaves a doubt."""
        try:
            already = self._seen(post)
            if already:
                return already
        except GraphTrouble as trouble:
            if trouble.error.is_gone:
                notes.forget("post", *[name for name in notes.ids if name.startswith("photo-")])
            return trouble.refusal
        try:
            self.graph.show(post, {"is_published": "true"})
        except GraphTrouble as trouble:
            return self._after(trouble, post)
        try:
            return self._seen(post) or Refused(_STILL_A_DRAFT.format(title=self.facts.title))
        except GraphTrouble as trouble:
            return Uncertain(trouble.refusal.reason)

    def _after(self, trouble: GraphTrouble, post: str) -> Outcome:
        try:
            return self._seen(post) or trouble.refusal
        except GraphTrouble:
            return Uncertain(trouble.refusal.reason) if trouble.doubtful else trouble.refusal

    def _seen(self, post: str) -> Published | None:
        """Returns the post where it is published, None where it is a draft."""
        answer = self.graph.read(post, fields="is_published,permalink_url")
        return Published(post, text_of(answer, "permalink_url")) if answer.get("is_published") is True else None
