"""Publishes by containers: pictures are handed over, the network works on them, and one call makes a container visible, once.

Sources: "Content Publishing" (v25.0) and "Publishing" of the two networks that have them. A container that is PUBLISHED proves
that the post is out, one that is FINISHED can be published, and one that was not published within 24 hours is EXPIRED.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import Checked, Remember
from scheduler.publishers.graph.api import Form, Graph, GraphTrouble, text_of
from scheduler.publishers.graph.comments import comment
from scheduler.publishers.graph.hosted import offer, withdraw
from scheduler.publishers.graph.matching import only_match
from scheduler.publishers.hosting.host import HostingError, MediaHost
from scheduler.publishers.notes import Notes
from scheduler.publishers.rehearsal import objections

PATIENT_LOOKS, BETWEEN_LOOKS = 5, 2.0
_LATER = timedelta(seconds=30)
_BEFORE = timedelta(minutes=5)


def _nothing_more(_outgoing: Outgoing) -> Form:
    return {}


@dataclass(frozen=True, slots=True)
class Dialect:
    """Is how one network words the same steps.

    ``making``, ``showing``, ``quota`` and ``listing`` are the ends of paths; ``status``, ``reason`` and ``words`` are fields.
    ``single`` are the fields of a post that is one container, from the post and the picture's address, if there is one;
    ``more`` are those of the container that is published, whichever it is.
    """

    making: str
    showing: str
    quota: str
    listing: str
    status: str
    reason: str
    words: str
    single: Callable[[Outgoing, str], Form]
    more: Callable[[Outgoing], Form] = _nothing_more


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
        """Makes the post visible; containers of an earlier attempt are used again, and one that is published already is the post."""
        if found := objections(envelope.outgoing, self.facts):
            return Refused(" ".join(objection.sentence for objection in found), kind="content")
        notes = Notes(dict(envelope.ids), remember)
        try:
            with closing(self.graph.exchange):
                outcome = self._publish(envelope, notes)
                comment(self.graph, envelope.outgoing, outcome, notes)
        except GraphTrouble as trouble:
            outcome = trouble.refusal
        except HostingError as error:
            outcome = error.refusal
        if isinstance(outcome, Published) or (isinstance(outcome, Refused) and outcome.permanent):
            withdraw(self.host, notes.ids)
        return outcome

    def find(self, envelope: Envelope) -> Proof:
        """Returns what the container says, and what the account's list shows where the container is forgotten."""
        container = envelope.ids.get("container", "")
        if not container:
            return Absent()
        try:
            with closing(self.graph.exchange):
                proof = self._proof(envelope, container)
        except GraphTrouble as trouble:
            return Uncertain(trouble.refusal.reason)
        if isinstance(proof, Published):
            withdraw(self.host, envelope.ids)
        return proof

    def verify(self) -> Checked:
        """Asks whose token it is and how many posts are left today, and walks the way of a picture from here to the internet."""
        try:
            with closing(self.graph.exchange):
                handle = self.graph.handle()
                full = self._quota_is_used_up()
        except GraphTrouble as trouble:
            return Checked(ok=False, reason=trouble.refusal.reason)
        notes = (full.reason,) if full else ()
        if self.host is None:
            return Checked(ok=True, handle=handle, notes=(*notes, "Posts with pictures need a [media] in config.toml."))
        broken = [check for check in self.host.test() if not check.works]
        if broken:
            sentences = " ".join(f"{check.sentence} {check.fix}".strip() for check in broken)
            return Checked(ok=False, reason=f"Pictures cannot be fetched: {sentences}", handle=handle, notes=notes)
        return Checked(ok=True, handle=handle, notes=notes)

    def _proof(self, envelope: Envelope, container: str) -> Proof:
        status, _ = self._status(container)
        if status in {"FINISHED", "IN_PROGRESS", "ERROR"}:
            return Absent()
        return self._published(envelope, container) if status == "PUBLISHED" else self._from_list(envelope, expired=status == "EXPIRED")

    def _publish(self, envelope: Envelope, notes: Notes) -> Outcome:
        if notes["container"]:
            status, _ = self._status(notes["container"])
            if status == "PUBLISHED":
                return self._published(envelope, notes["container"])
            if status in {"ERROR", "EXPIRED", "GONE"}:
                self._start_again(notes)
        full = self._quota_is_used_up()
        if full is not None:
            return full
        container = notes["container"] or self._build(envelope.outgoing, notes)
        status, reason = self._patient_status(container)
        if status == "FINISHED":
            return self._show(envelope, container)
        if status == "PUBLISHED":
            return self._published(envelope, container)
        if status == "IN_PROGRESS":
            return Refused(f"{self.facts.title} is still working on the pictures.", permanent=False, retry_after=_LATER)
        self._start_again(notes)
        return Refused(f"{self.facts.title} could not use what was handed over: {reason or status}.", permanent=False, retry_after=_LATER)

    def _start_again(self, notes: Notes) -> None:
        """Forgets containers that can never be published, so that new ones are made; the old ones stay behind, unseen."""
        withdraw(self.host, notes.ids)
        notes.forget(*[name for name in notes.ids if name == "container" or name.startswith(("child-", "hosted-"))])

    def _quota_is_used_up(self) -> Refused | None:
        """Returns a refusal where the account may not publish more today; the numbers are the network's own, read now."""
        rows = self.graph.read(f"{self.graph.user}/{self.dialect.quota}", fields="quota_usage,config").get("data") or [{}]
        used, total = rows[0].get("quota_usage"), (rows[0].get("config") or {}).get("quota_total")
        if not isinstance(used, int) or not isinstance(total, int) or used < total:
            return None
        sentence = f"{self.facts.title} takes {total:,} posts of an account in 24 hours, and {used:,} are out."
        return Refused(sentence, permanent=False, retry_after=timedelta(minutes=30), kind="rate")

    def _build(self, outgoing: Outgoing, notes: Notes) -> str:
        path = f"{self.graph.user}/{self.dialect.making}"
        if len(outgoing.media) < 2:  # noqa: PLR2004 - a carousel begins with two
            address = self._offered(outgoing, 0, notes) if outgoing.media else ""
            single = {**self.dialect.single(outgoing, address), **self.dialect.more(outgoing)}
            return notes.keep("container", text_of(self.graph.make(path, single), "id"))
        children = [notes[f"child-{number}"] or self._child(outgoing, number, path, notes) for number in range(len(outgoing.media))]
        form = {"media_type": "CAROUSEL", "children": ",".join(children), self.dialect.words: outgoing.text, **self.dialect.more(outgoing)}
        return notes.keep("container", text_of(self.graph.make(path, form), "id"))

    def _child(self, outgoing: Outgoing, number: int, path: str, notes: Notes) -> str:
        address, alt = self._offered(outgoing, number, notes), outgoing.media[number].alt
        form = {"media_type": "IMAGE", "image_url": address, "is_carousel_item": "true", **({"alt_text": alt} if alt else {})}
        return notes.keep(f"child-{number}", text_of(self.graph.make(path, form), "id"))

    def _offered(self, outgoing: Outgoing, number: int, notes: Notes) -> str:
        if self.host is None:
            raise HostingError(
                f"{self.facts.title} fetches pictures by their address, and config.toml has no [media] that says where.", permanent=True
            )
        return offer(self.host, outgoing.media[number].picture, number, notes)

    def _show(self, envelope: Envelope, container: str) -> Outcome:
        try:
            answer = self.graph.show(f"{self.graph.user}/{self.dialect.showing}", {"creation_id": container})
        except GraphTrouble as trouble:
            return self._after(trouble, envelope, container)
        return Published(text_of(answer, "id"), self._permalink(text_of(answer, "id")))

    def _after(self, trouble: GraphTrouble, envelope: Envelope, container: str) -> Outcome:
        """Asks the container itself, since it is published once whatever the answer was."""
        try:
            status, _ = self._status(container)
            if status == "PUBLISHED":
                return self._published(envelope, container)
        except GraphTrouble:
            return Uncertain(trouble.refusal.reason) if trouble.doubtful else trouble.refusal
        return Uncertain(trouble.refusal.reason) if trouble.doubtful else trouble.refusal

    def _published(self, envelope: Envelope, container: str) -> Published:
        """Returns the post of a published container: its own id where the list shows the very same words, otherwise the container's."""
        try:
            item = only_match(self._listed(envelope), self.dialect.words, envelope.outgoing.text)
        except GraphTrouble:
            item = None
        return Published(text_of(item, "id"), text_of(item, "permalink")) if item else Published(f"container:{container}")

    def _from_list(self, envelope: Envelope, *, expired: bool) -> Proof:
        items = self._listed(envelope)
        item = only_match(items, self.dialect.words, envelope.outgoing.text)
        if item:
            return Published(text_of(item, "id"), text_of(item, "permalink"))
        if expired or not items:
            return Absent()
        return Uncertain(f"{self.facts.title} has forgotten what was handed over; look at the account whether the post is out.")

    def _listed(self, envelope: Envelope) -> list[Mapping[str, object]]:
        since = envelope.ids.get("prepared", "0")
        fields = f"id,{self.dialect.words},permalink,timestamp"
        found = self.graph.read(f"{self.graph.user}/{self.dialect.listing}", fields=fields, since=since, limit="100").get("data")
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    def _permalink(self, media: str) -> str:
        """Returns the post's address, or nothing where it cannot be had now: the post is out in any case."""
        try:
            return text_of(self.graph.read(media, fields="permalink"), "permalink")
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
        return text_of(answer, self.dialect.status), text_of(answer, self.dialect.reason)
