"""Posts that a Page keeps until their time and sends by itself.

Sources: the guide "Posts" of the Pages API (``published=false`` with ``scheduled_publish_time``, 10 minutes to 30 days ahead; a post is
deleted by its id) and the references "Page Feed" and "Page Scheduled Posts"; ``unpublished_content_type`` and ``temporary`` are
parameters of the official Python SDK (2026-06-24).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.model.outcome import Absent, Handed, HandingOver, Published, Refused, Uncertain, Verdict, Whereabouts
from scheduler.model.outgoing import Envelope, Media
from scheduler.publishers.contract import Remember
from scheduler.publishers.fields import address, at_seconds
from scheduler.publishers.fields import name as id_of
from scheduler.publishers.fields import words as text_of
from scheduler.publishers.files import PictureError
from scheduler.publishers.graph.api import Graph, GraphTrouble
from scheduler.publishers.graph.matching import plain
from scheduler.publishers.graph.quota import moment_of
from scheduler.publishers.notes import Notes

Photo = Callable[[Media, int, Notes], str]
"""Uploads a picture that nobody sees yet and returns its id."""
_FIELDS = "id,message,created_time,permalink_url,is_published,scheduled_publish_time"
_PAGES = 20
"""How many pages of a list are read at most, of a hundred posts each."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Hands posts of one Page over before their time."""

    graph: Graph
    photo: Photo

    def hand_over(self, envelope: Envelope, remember: Remember) -> HandingOver:
        """Gives the Page a post that it sends at its time; the call is made once."""
        with closing(self.graph.exchange):
            notes = Notes(dict(envelope.ids), remember)
            try:
                form = self._form(envelope, notes)
                if resting := self.graph.rest():
                    return resting
                answer = self.graph.show(f"{self.graph.user}/feed", form)
            except PictureError as error:
                return Refused(error.reason, permanent=error.permanent, kind="media")
            except GraphTrouble as trouble:
                return Uncertain(trouble.refusal.reason) if trouble.doubtful else trouble.refusal
            post = id_of(answer, "id")
            if not post:
                return Uncertain(f"{self.graph.exchange.title} answered without saying which post it keeps.")
            return Handed(post, self._address(post))

    def _form(self, envelope: Envelope, notes: Notes) -> dict[str, str]:
        outgoing = envelope.outgoing
        photos = [self.photo(item, number, notes) for number, item in enumerate(outgoing.media)]
        form = {
            "published": "false",
            "unpublished_content_type": "SCHEDULED",
            "scheduled_publish_time": str(_seconds(envelope)),
        }
        if outgoing.text:
            form["message"] = outgoing.text
        if photos:
            form["attached_media"] = json.dumps([{"media_fbid": photo} for photo in photos])
        return form

    def _address(self, post: str) -> str:
        """Returns where a person sees the post; without it, it is kept all the same."""
        try:
            return address(self.graph.read(post, fields="permalink_url"), "permalink_url")
        except GraphTrouble:
            return ""

    def where_is(self, envelope: Envelope) -> Whereabouts:
        """Looks at the post by its id; where that is not known, among those that the Page keeps and has sent."""
        try:
            with closing(self.graph.exchange):
                if envelope.kept_as:
                    return self._by_id(envelope.kept_as)
                return self._by_words(envelope)
        except GraphTrouble as trouble:
            return Uncertain(trouble.refusal.reason)

    def _by_id(self, post: str) -> Whereabouts:
        try:
            return self._standing(self.graph.read(post, fields=_FIELDS))
        except GraphTrouble as trouble:
            if trouble.error.is_gone:
                return Absent()
            raise

    def _by_words(self, envelope: Envelope) -> Whereabouts:
        words, at = plain(envelope.outgoing.text), _seconds(envelope)
        kept = [row for row in self._rows("scheduled_posts") if plain(text_of(row, "message")) == words and _kept_until(row) == at]
        sent = [row for row in self._rows("published_posts", since=str(at - 60)) if plain(text_of(row, "message")) == words]
        found = {id_of(row, "id"): row for row in (*kept, *sent)}
        if len(found) > 1:
            return Uncertain(f"{self.graph.exchange.title} has more than one post with these words; look at the Page which is ours.")
        return self._standing(next(iter(found.values()))) if found else Absent()

    def _rows(self, edge: str, **asked: str) -> Iterator[Mapping[str, Any]]:
        asked |= {"fields": _FIELDS, "limit": "100"}
        for _ in range(_PAGES):
            rows, after = self.graph.listed(f"{self.graph.user}/{edge}", **asked)
            yield from rows
            if not rows or not after or after == asked.get("after"):
                return
            asked["after"] = after

    def take_back(self, envelope: Envelope) -> Verdict:
        """Deletes what the Page keeps and looks whether it is gone; what is out already stays."""
        post = envelope.kept_as
        try:
            with closing(self.graph.exchange):
                found = self._by_id(post) if post else self._by_words(envelope)
                return self._removed(found.remote_id) if isinstance(found, Handed) else found
        except GraphTrouble as trouble:
            return Uncertain(trouble.refusal.reason)

    def _removed(self, post: str) -> Verdict:
        """Deletes a post; whatever the answer was, what the Page has afterwards is what counts."""
        told = f"{self.graph.exchange.title} keeps it although it was told to delete it."
        try:
            self.graph.remove(post)
        except GraphTrouble as trouble:
            told = trouble.refusal.reason
        found = self._by_id(post)
        return Uncertain(told) if isinstance(found, Handed) else found

    def _standing(self, row: Mapping[str, Any]) -> Handed | Published:
        post, place, is_out = id_of(row, "id"), address(row, "permalink_url"), row.get("is_published")
        if not post or not isinstance(is_out, bool):
            raise GraphTrouble(self.graph.unreadable("does not say whether the post is published"))
        return Published(post, place) if is_out else Handed(post, place)


def _kept_until(row: Mapping[str, Any]) -> int:
    """Returns when a post is due, in seconds of the epoch; lists tell it as a number, or as a text in older versions."""
    told = row.get("scheduled_publish_time")
    at: datetime | None = at_seconds(told) or moment_of(row, "scheduled_publish_time")
    return int(at.timestamp()) if at is not None else 0


def _seconds(envelope: Envelope) -> int:
    at = envelope.goes_out
    if at is None:
        raise ValueError("An envelope that is handed over says when it goes out.")
    return int(at.timestamp())
