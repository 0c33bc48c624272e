"""Publishes to a static site; a post is out when its item stands on the shelf, and pages and feeds follow from the items."""

import unicodedata
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import regex
from filelock import FileLock, Timeout

from scheduler.checks.limits import exceeded
from scheduler.disk import sync_folder
from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import FeedItem, Remember
from scheduler.publishers.files import LOCK_SECONDS, PictureError, trouble
from scheduler.publishers.site.builder import Builder
from scheduler.publishers.site.items import Item, Shelf, mended
from scheduler.publishers.site.pages import Site

_SLUG_WORDS = 6


class SitePublisher:
    """Is the publisher of one site folder; ``shown_as`` is how addresses begin while the site has no ``url``."""

    def __init__(self, facts: Network, folder: Path, shown_as: str, site: Site) -> None:
        self._facts = facts
        self._shelf = Shelf(folder)
        self._builder = Builder(self._shelf, site)
        self._shown_as = shown_as
        self._site = site

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        """Returns ``published`` (RFC 3339, UTC), ``slug`` for the page and ``id`` for the feeds."""
        published = now.astimezone(UTC)
        stamp = published.isoformat(timespec="seconds").replace("+00:00", "Z")
        words = _slug_words(outgoing)
        slug = "-".join(part for part in (stamp[:10], words, outgoing.delivery) if part)
        return {"published": stamp, "slug": slug, "id": self._feed_id(outgoing, stamp[:10])}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:  # noqa: ARG002 - a site gives no ids of its own
        """Puts the post on the site; a post that is there already stays as it is and is answered for again."""
        try:
            standing = self._shelf.read(envelope.outgoing.delivery)
            objections = () if standing else exceeded(envelope.outgoing, self._facts.limits, self._facts.abilities, self._facts.title)
            if objections:
                return Refused(" ".join(objection.sentence for objection in objections))
            with self._lock():
                return self._put(envelope)
        except PictureError as error:
            return Refused(error.reason, permanent=error.permanent)
        except Timeout:
            return Refused(f"Another program is writing to the site in {self._shown_as}.", permanent=False)
        except OSError as error:
            return self._after(error, envelope)

    def find(self, envelope: Envelope) -> Proof:
        """Returns whether the post's item stands whole; where it does, pages that lack it are drawn first."""
        try:
            item = self._shelf.read(envelope.outgoing.delivery)
            if item is None:
                return Absent()
            with self._lock():
                self._builder.build()
        except OSError as error:
            return Uncertain(f"The site in {self._shown_as} cannot be brought up to date: {trouble(error)}.")
        return self._answer(item)

    def feed(self, most: int) -> tuple[FeedItem, ...] | Refused:
        """Returns the newest posts of the site."""
        try:
            found = self._shelf.every()[:most] if self._shelf.facts.is_dir() else ()
        except OSError as error:
            return Refused(f"The site in {self._shown_as} cannot be read: {trouble(error)}.", permanent=False)
        return tuple(self._shown(item) for item in found)

    def delete(self, remote_id: str) -> Refused | None:
        """Takes a post off the site with its page and its pictures; one that is gone already is no trouble."""
        changed = self._changed(remote_id, None)
        return changed if isinstance(changed, Refused) else None

    def edit(self, remote_id: str, outgoing: Outgoing) -> Outcome:
        """Gives a post other words, another warning and language; its address, its time and its pictures stay."""
        changed = self._changed(remote_id, outgoing)
        return changed or Refused(f"The site in {self._shown_as} does not have this post any more.")

    def _changed(self, remote_id: str, outgoing: Outgoing | None) -> Published | Refused | None:
        try:
            if not self._shelf.facts.is_dir():
                return None
            with self._lock():
                item = next((each for each in self._shelf.every() if each.id == remote_id), None)
                if item is None:
                    return None
                if outgoing is None:
                    self._shelf.drop(item)
                else:
                    self._shelf.put(mended(item, outgoing))
                self._builder.rebuild(self._builder.pages_of(item))
        except Timeout:
            return Refused(f"Another program is writing to the site in {self._shown_as}.", permanent=False)
        except OSError as error:
            return Refused(f"The site in {self._shown_as} cannot be written: {trouble(error)}.", permanent=False)
        return self._answer(item)

    def _shown(self, item: Item) -> FeedItem:
        start = self._site.url or self._shown_as + "/"
        return FeedItem(
            remote_id=item.id,
            url=self._answer(item).url,
            text=item.text,
            published=datetime.fromisoformat(item.published),
            pictures=tuple((f"{start}media/{image.file}", image.alt) for image in item.images),
            language=item.language,
            content_warning=item.content_warning,
        )

    def _put(self, envelope: Envelope) -> Outcome:
        delivery = envelope.outgoing.delivery
        if self._shelf.read(delivery) is None:
            if foreign := self._builder.foreign():
                where = f"{self._shown_as}/{foreign}"
                return Refused(
                    f"{where} was not made by this program and is left alone: move it away, or give the site a folder of its own."
                )
            self._shelf.add(envelope)
        self._builder.build()
        item = self._shelf.read(delivery)
        return self._answer(item) if item else Uncertain(f"The post was written to {self._shown_as} and is not there.")

    def _after(self, error: OSError, envelope: Envelope) -> Outcome:
        """Returns what is true after trouble with the disk: not out, or out with pages that are still to follow."""
        reason = f"The site in {self._shown_as} cannot be written: {trouble(error)}."
        try:
            standing = self._shelf.read(envelope.outgoing.delivery)
        except OSError:
            return Uncertain(reason)
        return (
            Uncertain(f"{reason} The post is saved there; its pages are not all drawn.") if standing else Refused(reason, permanent=False)
        )

    def _answer(self, item: Item) -> Published:
        return Published(item.id, f"{self._site.url or self._shown_as + '/'}{item.page}")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        if not self._shelf.facts.is_dir():
            self._shelf.facts.mkdir(parents=True, exist_ok=True)
            sync_folder(self._shelf.folder)
            sync_folder(self._shelf.folder.parent)
        with FileLock(self._shelf.facts / ".lock", timeout=LOCK_SECONDS):
            yield

    def _feed_id(self, outgoing: Outgoing, day: str) -> str:
        """Returns the feeds' name for a post: a tag URI (RFC 4151) of the site's own domain, or a UUID made from what is known."""
        host = urlsplit(self._site.url).hostname
        if host:
            return f"tag:{host},{day}:{outgoing.delivery}"
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'scheduler:{self._site.title}:{outgoing.account}:{outgoing.delivery}')}"


def _slug_words(outgoing: Outgoing) -> str:
    """Returns the first words of the text in plain letters, or nothing where a content warning hides the text."""
    if outgoing.content_warning:
        return ""
    plain = unicodedata.normalize("NFKD", outgoing.text[:500]).lower()
    without_marks = regex.sub(r"[\p{M}'’]", "", plain)
    return "-".join(regex.findall(r"[a-z0-9]+", without_marks)[:_SLUG_WORDS])[:60].strip("-")
