"""Publishes on a Page in two phases: photos and post, or a film, are made unpublished, then the flag that publishes them is set.

Sources: "Page Feed" and "Page Photos" references; ``is_published`` and ``unpublished_content_type`` are parameters of the official Python
SDK (2026-06-24), and so is ``published`` of a video; what they do no page describes: they are read back after they were set, and what is
still a draft is told to a person. Stories ("Page Stories API") have no such phase.
"""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from scheduler.model.network import Network
from scheduler.model.outcome import Absent, HandingOver, Outcome, Proof, Published, Refused, Uncertain, Verdict, Whereabouts
from scheduler.model.outgoing import KEPT_AS, Envelope, Media, Outgoing
from scheduler.publishers.contract import Checked, FeedItem, Remember
from scheduler.publishers.fields import address, table
from scheduler.publishers.fields import name as id_of
from scheduler.publishers.files import PictureError, ending, measured, sending_time
from scheduler.publishers.graph import feeds
from scheduler.publishers.graph.api import Graph, GraphTrouble
from scheduler.publishers.graph.comments import add_what_lacks, comment
from scheduler.publishers.graph.failing import unusable_film
from scheduler.publishers.graph.rights import with_rights, without_comments, without_rights
from scheduler.publishers.graph.scheduled import Scheduled
from scheduler.publishers.notes import ASKED, Notes, still_sending
from scheduler.publishers.rehearsal import objections

_PHOTOS_ARE_USED = 1366051
_BEFORE = timedelta(minutes=5)
_FIELDS = "id,message,created_time,permalink_url,attachments{media,description,subattachments}"
_UPLOAD_SECONDS = 300.0
"""Is how many seconds an upload may take beside those that the slowest line needs for a film."""
_FILM_WAIT = timedelta(minutes=2)
_FORGOTTEN = "{title} has not got the {what} of this post any more; it is made again."
_TAKEN_AWAY = "Somebody deleted the post that {title} kept for its time; it is not sent."
_STILL_A_DRAFT = "{title} keeps the post as a draft; publish it by hand at the Page, or ask Meta why this app may not."


@dataclass(frozen=True, slots=True)
class PagePublisher:
    """Publishes on one Page.

    ``rights`` are the permissions without which nothing can be published, ``comments`` those that first comments take.
    """

    facts: Network
    graph: Graph
    rights: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:  # noqa: ARG002 - the contract hands the post to every publisher
        """Returns ``prepared``, the moment before which the post cannot be out; the network chooses all other ids."""
        return {"prepared": str(int((now - _BEFORE).timestamp()))}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Makes the post visible; photos and the draft of an earlier attempt are used again."""
        if found := objections(envelope.outgoing, self.facts):
            return Refused(" ".join(objection.sentence for objection in found), kind="content")
        with closing(self.graph.exchange):
            notes = Notes(dict(envelope.ids), remember)
            outcome = self._story(envelope.outgoing, notes) if envelope.outgoing.story else self._publish(envelope.outgoing, notes)
            outcome = comment(self.graph, envelope.outgoing, outcome, notes)
            return self.graph.with_rest(outcome)

    def _publish(self, outgoing: Outgoing, notes: Notes) -> Outcome:
        try:
            post = notes["post"] or notes[KEPT_AS] or self._draft(outgoing, notes)
        except GraphTrouble as trouble:
            photos = [name for name in notes.ids if name.startswith("photo-")]
            if trouble.error.subcode == _PHOTOS_ARE_USED:
                # A draft holds them whose number was lost with its answer; it stays unseen, and new photos make a new one.
                notes.forget(*photos)
            if trouble.error.is_gone and photos:
                notes.forget(*photos)
                return Refused(_FORGOTTEN.format(title=self.facts.title, what="pictures"), permanent=False)
            return trouble.refusal
        except PictureError as error:
            return Refused(error.reason, permanent=error.permanent, kind="media")
        return self._show(post, notes, film=_is_film(outgoing))

    def _story(self, outgoing: Outgoing, notes: Notes) -> Outcome:
        """Makes a story of an unpublished photo; there is no draft of one, so that it is asked for once and never again in doubt."""
        try:
            photo = notes["photo-0"] or self._photo(outgoing.media[0], 0, notes)
            if not notes[ASKED] and (resting := self.graph.rest()):
                return resting
            if notes.ask():
                return self._told_story(photo)
            answer = self.graph.show(f"{self.graph.user}/photo_stories", {"photo_id": photo})
        except PictureError as error:
            return Refused(error.reason, permanent=error.permanent, kind="media")
        except GraphTrouble as trouble:
            return Uncertain(trouble.refusal.reason) if trouble.doubtful else notes.answered(trouble.refusal)
        return Published(id_of(answer, "post_id") or f"photo:{photo}")

    def _told_story(self, photo: str) -> Published | Uncertain:
        """Returns the story made of the photo, where the Page keeps an archive of its stories."""
        rows, _ = self.graph.listed(f"{self.graph.user}/stories", fields="post_id,media_id,url")
        for row in rows:
            if id_of(row, "media_id") == photo:
                return Published(id_of(row, "post_id") or f"photo:{photo}", address(row, "url"))
        return Uncertain(f"{self.facts.title} does not list the story; look at the Page whether it is out.")

    def find(self, envelope: Envelope) -> Proof:
        """Returns whether the post's own flag says that it is published; what was never made cannot be out. A first comment is added."""
        ids, outgoing = envelope.ids, envelope.outgoing
        if not ids.get(ASKED if outgoing.story else "post", ""):
            return Absent()
        try:
            with closing(self.graph.exchange):
                if outgoing.story:
                    return self._told_story(ids.get("photo-0", ""))
                seen = self._seen(ids["post"], film=_is_film(outgoing)) or Absent()
                return add_what_lacks(self.graph, envelope, seen, "message") if isinstance(seen, Published) else seen
        except GraphTrouble as trouble:
            if trouble.error.is_gone:
                return Uncertain(f"The post was made at {self.facts.title} and is not there any more; look at the Page whether it was out.")
            return Uncertain(trouble.refusal.reason)

    def verify(self) -> Checked:
        """Asks whose token it is and when it, or its access to data, ends; the token of a person instead of a Page's is noticed."""
        try:
            with closing(self.graph.exchange):
                handle, lacking = self.graph.handle(), self.graph.lacking(self.rights)
                if lacking:
                    return Checked(ok=False, reason=without_rights(self.facts.title, lacking), handle=handle)
                notes = (*self.graph.used(), *without_comments(self.graph.lacking(self.comments)))
                return Checked(ok=True, handle=handle, token_expires=self.graph.ends(), notes=notes)
        except GraphTrouble as trouble:
            return Checked(ok=False, reason=with_rights(trouble, self.rights))

    def ends(self) -> datetime | None:
        """Returns when the token, or its access to data, ends."""
        with closing(self.graph.exchange):
            return self.graph.ends()

    def feed(self, most: int) -> tuple[FeedItem, ...] | Refused:
        """Returns the Page's newest posts; drafts and stories are not among them."""
        return feeds.newest(self.graph, f"{self.graph.user}/published_posts", _FIELDS, most)

    def delete(self, remote_id: str) -> Refused | None:
        """Deletes a post, draft or film by its id."""
        return feeds.delete(self.graph, remote_id)

    def edit(self, remote_id: str, outgoing: Outgoing) -> Outcome:
        """Gives a post other words; Meta lets an app mend the posts that it made itself."""
        words = "description" if _is_film(outgoing) else "message"
        try:
            with closing(self.graph.exchange):
                self.graph.show(remote_id, {words: outgoing.text})
                answer = self.graph.read(remote_id, fields="permalink_url")
        except GraphTrouble as trouble:
            return Uncertain(trouble.refusal.reason) if trouble.doubtful else trouble.refusal
        return Published(remote_id, address(answer, "permalink_url"))

    def hand_over(self, envelope: Envelope, remember: Remember) -> HandingOver:
        """Gives the Page a post that it sends at its time by itself."""
        if found := objections(envelope.outgoing, self.facts):
            return Refused(" ".join(objection.sentence for objection in found), kind="content")
        return self._scheduled.hand_over(envelope, remember)

    def where_is(self, envelope: Envelope) -> Whereabouts:
        """Returns whether the Page keeps a post that was handed over, or has sent it."""
        return self._scheduled.where_is(envelope)

    def take_back(self, envelope: Envelope) -> Verdict:
        """Deletes a post that the Page keeps."""
        return self._scheduled.take_back(envelope)

    @property
    def _scheduled(self) -> Scheduled:
        return Scheduled(self.graph, partial(self._photo, temporary=True))

    def _draft(self, outgoing: Outgoing, notes: Notes) -> str:
        if _is_film(outgoing):
            return self._film(outgoing, notes)
        photos = [notes[f"photo-{number}"] or self._photo(item, number, notes) for number, item in enumerate(outgoing.media)]
        form = {"published": "false", "unpublished_content_type": "DRAFT"}
        if outgoing.text:
            form["message"] = outgoing.text
        if photos:
            form["attached_media"] = json.dumps([{"media_fbid": photo} for photo in photos])
        elif outgoing.link_card:
            form["link"] = outgoing.link_card.url
        return notes.keep("post", self.graph.make(f"{self.graph.user}/feed", form))

    def _film(self, outgoing: Outgoing, notes: Notes) -> str:
        film = outgoing.media[0].picture
        form = {"published": "false", "unpublished_content_type": "DRAFT", "description": outgoing.text}
        with measured(film, still_sending(notes.keep, self.graph.exchange.clock)) as source:
            file = (f"film{ending(film)}", source, film.mime)
            made = self.graph.make(f"{self.graph.user}/videos", form, {"source": file}, _UPLOAD_SECONDS + sending_time([film]))
        return notes.keep("post", made)

    def _photo(self, item: Media, number: int, notes: Notes, *, temporary: bool = False) -> str:
        form = {"published": "false", **({"alt_text_custom": item.alt} if item.alt else {}), **({"temporary": "true"} if temporary else {})}
        with measured(item.picture) as source:
            file = (f"picture-{number + 1}{ending(item.picture)}", source, item.picture.mime)
            made = self.graph.make(f"{self.graph.user}/photos", form, {"source": file})
        return notes.keep(f"photo-{number}", made)

    def _show(self, post: str, notes: Notes, *, film: bool) -> Outcome:
        """Sets the flag and reads it back; setting it twice changes nothing, so that only an unreadable flag leaves a doubt."""
        try:
            already = self._seen(post, film=film) or (self._unready(post, notes) if film else None)
            if already := already or self.graph.rest():
                return already
        except GraphTrouble as trouble:
            if trouble.error.is_gone:
                kept = bool(notes[KEPT_AS])
                notes.forget("post", KEPT_AS, *[name for name in notes.ids if name.startswith("photo-")])
                return Refused((_TAKEN_AWAY if kept else _FORGOTTEN).format(title=self.facts.title, what="draft"), permanent=kept)
            return trouble.refusal
        try:
            self.graph.show(post, {"published" if film else "is_published": "true"})
        except GraphTrouble as trouble:
            return self._after(trouble, post, film=film)
        try:
            return self._seen(post, film=film) or Refused(_STILL_A_DRAFT.format(title=self.facts.title))
        except GraphTrouble as trouble:
            return Uncertain(trouble.refusal.reason)

    def _unready(self, post: str, notes: Notes) -> Refused | None:
        """Returns why a film cannot be shown yet, or not at all."""
        told = table(self.graph.read(post, fields="status"), "status")
        status = told.get("video_status")
        if status in {"processing", "uploading"}:
            return Refused(f"{self.facts.title} is still working on the film.", permanent=False, retry_after=_FILM_WAIT)
        if status == "error":
            notes.forget("post")
            return unusable_film(self.facts.title, told)
        return None

    def _after(self, trouble: GraphTrouble, post: str, *, film: bool) -> Outcome:
        try:
            return self._seen(post, film=film) or trouble.refusal
        except GraphTrouble:
            return Uncertain(trouble.refusal.reason) if trouble.doubtful else trouble.refusal

    def _seen(self, post: str, *, film: bool) -> Published | None:
        """Returns the post where it is published, None where it is a draft."""
        flag = "published" if film else "is_published"
        answer = self.graph.read(post, fields=f"{flag},permalink_url")
        if not isinstance(answer.get(flag), bool):
            raise GraphTrouble(self.graph.unreadable("does not say whether the post is published"))
        return Published(post, address(answer, "permalink_url")) if answer[flag] else None


def _is_film(outgoing: Outgoing) -> bool:
    return any(item.picture.video is not None for item in outgoing.media)
