"""Publishes by containers: pictures are handed over, the network works on them, and one call makes a container visible, once.

Sources: "Content Publishing" (v25.0) and "Publishing" of the two networks that have them. A container that is PUBLISHED proves
that the post is out, one that is FINISHED can be published, and one that was not published within 24 hours is EXPIRED.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Halted, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.model.plain import line
from scheduler.publishers.continuing import Out, begun, continued, forget
from scheduler.publishers.contract import Checked, FeedItem, Remember
from scheduler.publishers.fields import address, table
from scheduler.publishers.fields import name as id_of
from scheduler.publishers.fields import words as text_of
from scheduler.publishers.graph import feeds
from scheduler.publishers.graph.api import Graph, GraphTrouble
from scheduler.publishers.graph.building import Builder
from scheduler.publishers.graph.comments import add_what_lacks, comment
from scheduler.publishers.graph.dialect import Dialect, Piece, answers_of, first_piece
from scheduler.publishers.graph.failing import failed
from scheduler.publishers.graph.hosted import withdraw
from scheduler.publishers.graph.matching import only_match
from scheduler.publishers.graph.quota import used_up
from scheduler.publishers.graph.rights import of_comments, with_rights, without_rights
from scheduler.publishers.hosting.host import HostingError, MediaHost
from scheduler.publishers.notes import Notes
from scheduler.publishers.rehearsal import objections

PATIENT_LOOKS, BETWEEN_LOOKS = 5, 2.0
_LATER, _LATER_FOR_FILMS = timedelta(seconds=30), timedelta(minutes=2)
_BEFORE = timedelta(minutes=5)
_STATUSES = frozenset({"EXPIRED", "ERROR", "FINISHED", "IN_PROGRESS", "PUBLISHED"})
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Containers:
    """Publishes on a network of containers. ``host`` is where pictures can be fetched; None where none is set up."""

    facts: Network
    dialect: Dialect
    graph: Graph
    host: MediaHost | None

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:  # noqa: ARG002 - the contract hands the post to every publisher
        """Returns ``prepared``, the moment before which the post cannot be out (seconds since 1970); the network chooses all other ids."""
        return {"prepared": str(int((now - _BEFORE).timestamp()))}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Makes the post visible; containers of an earlier attempt are used again, and one that is published already is the post.

        The answers of a thread follow one by one, each by a container of its own; one that fails is gone on with later.
        """
        if found := objections(envelope.outgoing, self.facts):
            return Refused(" ".join(objection.sentence for objection in found), kind="content")
        with closing(self.graph.exchange):
            outcome: Outcome
            if (first := begun(envelope)) is not None:
                return self.graph.with_rest(self._continued(envelope, first, remember))
            outcome = self._piece(first_piece(envelope.outgoing), envelope.ids, remember)
            outcome = comment(self.graph, envelope.outgoing, outcome, Notes(dict(envelope.ids), remember))
            if isinstance(outcome, Published) and envelope.outgoing.replies:
                outcome = self._continued(envelope, outcome, remember)
            return self.graph.with_rest(outcome)

    def find(self, envelope: Envelope) -> Proof:
        """Returns what the container says, and what the account's list shows where the container is forgotten.

        Where the first post of a thread is out, the answers that lack are added, and so is a first comment.
        """
        first = begun(envelope)
        if first is None and not envelope.ids.get("container", ""):
            return Absent()
        try:
            with closing(self.graph.exchange):
                if first is not None:
                    return self._continued(envelope, first, forget)
                proof = self._proof(first_piece(envelope.outgoing), envelope.ids)
                if isinstance(proof, Published):
                    withdraw(self.host, envelope.ids)
                    whole = add_what_lacks(self.graph, envelope, proof, "text")
                    return self._continued(envelope, whole, forget) if isinstance(whole, Published) else whole
        except GraphTrouble as trouble:
            return Uncertain(trouble.refusal.reason)
        return proof

    def verify(self) -> Checked:
        """Asks whose token it is and how many posts are left today, and walks the way of a picture from here to the internet."""
        try:
            with closing(self.graph.exchange):
                handle = self.graph.handle()
                full = used_up(self.graph, self.dialect, self.facts.title)
                lacking = self.graph.lacking(self.dialect.rights)
                silent, unknown = of_comments(self.graph, self.dialect)
        except GraphTrouble as trouble:
            return Checked(ok=False, reason=with_rights(trouble, self.dialect.rights))
        if lacking:
            return Checked(ok=False, reason=without_rights(self.facts.title, lacking), handle=handle)
        notes = (*((full.reason,) if full else ()), *self.graph.used(), *silent)
        if self.host is None:
            return Checked(ok=True, handle=handle, notes=(*notes, "Posts with pictures need a [media] in config.toml."), open=unknown)
        broken = [check for check in self.host.test() if not check.works]
        if broken:
            sentences = " ".join(f"{check.sentence} {check.fix}".strip() for check in broken)
            return Checked(
                ok=False, reason=f"Pictures cannot be fetched: {sentences}", handle=handle, notes=notes, open=unknown, of_media=True
            )
        return Checked(ok=True, handle=handle, notes=notes, open=unknown)

    def feed(self, most: int) -> tuple[FeedItem, ...] | Refused:
        """Returns the account's newest posts; stories and answers are not among them."""
        return feeds.newest(self.graph, f"{self.graph.user}/{self.dialect.listing}", self.dialect.fields, most)

    def _continued(self, envelope: Envelope, first: Published, remember: Remember) -> Published | Uncertain | Halted:
        """Adds the answers of a thread that lack; where one cannot be added now, the thread is not finished and stays in question."""
        answers = list(answers_of(envelope.outgoing))

        def send(number: int, out: Out) -> Outcome:
            if out[-1].remote_id.startswith("container:"):
                return Uncertain(f"{self.facts.title} does not say which post is ours, so nothing can be added below it.")
            return self._piece(replace(answers[number - 1], above=out[-1].remote_id), envelope.ids, remember)

        return continued(envelope, first, remember, send)

    def _piece(self, piece: Piece, ids: Mapping[str, str], remember: Remember) -> Outcome:
        notes = Notes(piece.ids(ids), piece.remembering(remember))
        try:
            outcome = self._publish(piece, notes, ids)
        except GraphTrouble as trouble:
            outcome = trouble.refusal
        except HostingError as error:
            outcome = error.refusal
        if isinstance(outcome, Published) or (isinstance(outcome, Refused) and outcome.permanent):
            withdraw(self.host, notes.ids)
        return outcome

    def _publish(self, piece: Piece, notes: Notes, ids: Mapping[str, str]) -> Outcome:
        out = self._already_out(piece, notes, ids)
        if out is not None:
            return out
        full = None if piece.above else used_up(self.graph, self.dialect, self.facts.title)
        if full := full or self.graph.rest():
            return full
        container = notes["container"] or Builder(self.facts, self.dialect, self.graph, self.host).build(piece, notes)
        status, reason = self._patient_status(container)
        if status == "FINISHED":
            return self.graph.rest() or self._show(piece, notes, ids)
        if status == "PUBLISHED":
            return self._published(piece, ids, container)
        if status == "IN_PROGRESS":
            films = any(item.picture.video for item in piece.outgoing.media)
            wait = _LATER_FOR_FILMS if films else _LATER
            what = "film" if films else "pictures"
            return Refused(f"{self.facts.title} is still working on the {what}.", permanent=False, retry_after=wait)
        self._start_again(notes)
        return failed(self.facts.title, status, reason)

    def _already_out(self, piece: Piece, notes: Notes, ids: Mapping[str, str]) -> Published | None:
        """Returns the post where an earlier attempt published it, having forgotten containers that can never be."""
        if notes["post"]:
            return Published(notes["post"], self._permalink(notes["post"]))
        if not notes["container"]:
            # Where an answer was added while looking for the thread, no id of it was kept.
            item = only_match(self._listed(piece, ids), self.dialect.words, piece.outgoing.text) if piece.above else None
            return _post_of(item) if item else None
        status, _ = self._status(notes["container"])
        if status == "PUBLISHED":
            return self._published(piece, ids, notes["container"])
        if status in {"ERROR", "EXPIRED", "GONE"}:
            self._start_again(notes)
        return None

    def _proof(self, piece: Piece, ids: Mapping[str, str]) -> Proof:
        status, _ = self._status(ids["container"])
        if status in {"FINISHED", "IN_PROGRESS", "ERROR"}:
            return Absent()
        if status == "PUBLISHED":
            return self._published(piece, ids, ids["container"])
        return self._from_list(piece, ids, expired=status == "EXPIRED")

    def _start_again(self, notes: Notes) -> None:
        """Forgets containers that can never be published, so that new ones are made; the old ones stay behind, unseen."""
        gone = withdraw(self.host, notes.ids)
        notes.forget(*gone, *[name for name in notes.ids if name == "container" or name.startswith("child-")])

    def _show(self, piece: Piece, notes: Notes, ids: Mapping[str, str]) -> Outcome:
        container = notes["container"]
        try:
            post = id_of(self.graph.show(f"{self.graph.user}/{self.dialect.showing}", {"creation_id": container}), "id")
        except GraphTrouble as trouble:
            return self._after(trouble, piece, ids, container)
        if not post:
            nameless = Refused(f"{self.facts.title} answered without naming the post.", permanent=False)
            return self._after(GraphTrouble(nameless, doubtful=True), piece, ids, container)
        if piece.above or piece.outgoing.replies:
            notes.keep("post", post)
        return Published(post, self._permalink(post))

    def _after(self, trouble: GraphTrouble, piece: Piece, ids: Mapping[str, str], container: str) -> Outcome:
        """Asks the container itself, since it is published once whatever the answer was."""
        try:
            status, _ = self._status(container)
            if status == "PUBLISHED":
                return self._published(piece, ids, container)
        except GraphTrouble:
            return Uncertain(trouble.refusal.reason) if trouble.doubtful else trouble.refusal
        return Uncertain(trouble.refusal.reason) if trouble.doubtful else trouble.refusal

    def _published(self, piece: Piece, ids: Mapping[str, str], container: str) -> Published:
        """Returns the post of a published container: its own id where it was kept or the list shows the very same words."""
        kept = piece.ids(ids).get("post", "")
        if kept:
            return Published(kept, self._permalink(kept))
        try:
            item = only_match(self._listed(piece, ids), self.dialect.words, piece.outgoing.text)
        except GraphTrouble:
            item = None
        found = _post_of(item) if item else None
        return found or Published(f"container:{container}")

    def _from_list(self, piece: Piece, ids: Mapping[str, str], *, expired: bool) -> Proof:
        items = list(self._listed(piece, ids))
        item = only_match(items, self.dialect.words, piece.outgoing.text)
        if item and (found := _post_of(item)):
            return found
        if item is None and (expired or not items):
            return Absent()
        return Uncertain(f"{self.facts.title} has forgotten what was handed over; look at the account whether the post is out.")

    def _listed(self, piece: Piece, ids: Mapping[str, str]) -> Iterator[Mapping[str, object]]:
        """Yields the account's posts, or its answers to the post above, since this one was made ready."""
        fields = f"id,{self.dialect.words},permalink,timestamp{',replied_to' if piece.above else ''}"
        path = f"{self.graph.user}/{self.dialect.answers if piece.above else self.dialect.listing}"
        found, _ = self.graph.listed(path, fields=fields, since=ids.get("prepared", "0"), limit="100")
        for item in found:
            if not piece.above or id_of(table(item, "replied_to"), "id") == piece.above:
                yield item

    def _permalink(self, media: str) -> str:
        """Returns the post's address, or nothing where it cannot be had now: the post is out in any case."""
        try:
            return address(self.graph.read(media, fields="permalink"), "permalink")
        except GraphTrouble:
            return ""

    def _patient_status(self, container: str) -> tuple[str, str]:
        """Returns the status, after a few looks where the network is still working; most pictures take seconds."""
        for _ in range(PATIENT_LOOKS):
            status, reason = self._status(container)
            if status != "IN_PROGRESS":
                break
            self.graph.exchange.clock.wait(threading.Event(), BETWEEN_LOOKS)
        return status, reason

    def _status(self, container: str) -> tuple[str, str]:
        """Returns the status of a container and what the network says of it; GONE where it knows none."""
        try:
            answer = self.graph.read(container, fields=f"{self.dialect.status},{self.dialect.reason}")
        except GraphTrouble as trouble:
            if trouble.error.is_gone:
                return "GONE", ""
            raise
        status = text_of(answer, self.dialect.status)
        if status not in _STATUSES:
            # Whoever took it for a failure would make another container beside one that may be out.
            raise GraphTrouble(self.graph.unreadable("does not say what became of the pictures and words"))
        return status, line(text_of(answer, self.dialect.reason), _LONGEST_REASON)


def _post_of(item: Mapping[str, object]) -> Published | None:
    """Returns the post of a list's row; None where the row does not say which it is."""
    post = id_of(item, "id")
    return Published(post, address(item, "permalink")) if post else None
