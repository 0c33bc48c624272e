"""Keeps the pages that were read, so that what is shown is what is sent, and pages are asked for rarely."""

import hashlib
import json
import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from scheduler.clock import Clock
from scheduler.config.private import write_private
from scheduler.disk import private_folder, replace_quickly
from scheduler.model.page import Link, Page
from scheduler.publishers.cards.reading import Found, UnreadablePage, read_page

LOG = logging.getLogger(__name__)

_FRESH: Final = timedelta(hours=24)
_AGAIN: Final = timedelta(minutes=15)
_AT_ONCE: Final = 8


class PageShelf:
    """Keeps a small file for each page in the folder, and its picture beside it.

    A page is read again after a day, one that could not be read after a quarter of an hour; until then everybody sees the same.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def page(self, url: str) -> Page | None:
        """Returns what is known of a page; None where it was never read. Nothing is asked of anybody."""
        fields = self._kept(url).get("page")
        try:
            page = Page(**fields) if fields else None
        except TypeError:
            return None
        if page is None or not page.picture:
            return page
        return Page(**{**asdict(page), "picture": str(self._folder / page.picture)})

    def read(self, links: Iterable[Link]) -> bool:
        """Reads those pages whose time it is, several at once; returns whether anything is known that was not known before."""
        wanted = [link for link in dict.fromkeys(links) if self._is_time(link.url)]
        if not wanted:
            return False
        before = {link: self.page(link.url) for link in wanted}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self._read, wanted))
        return any(self.page(link.url) != page for link, page in before.items())

    def _read(self, link: Link) -> None:
        try:
            page = self._with_picture(read_page(link, self._clock))
        except UnreadablePage as error:
            self._put_off(link.url, str(error))
        except Exception:  # the boundary of a thread: what a stranger's page does to us must not keep posts from going out
            LOG.exception("reading %s failed", link.url)
            self._put_off(link.url, "That page could not be read, by a mistake of ours.")
        else:
            self._keep(link.url, page, _FRESH)

    def _put_off(self, url: str, trouble: str) -> None:
        known = self._kept(url).get("page")
        # What was read once is better than nothing while a server is away.
        page = Page(**known) if known and not known.get("trouble") else Page(trouble=trouble)
        self._keep(url, page, _AGAIN)

    def _with_picture(self, found: Found) -> Page:
        name = f"{hashlib.sha256(found.picture).hexdigest()[:32]}.picture" if found.picture else ""
        if name and not (self._folder / name).exists():
            try:
                private_folder(self._folder)
                replace_quickly(self._folder / name, found.picture)
            except OSError:
                return Page(found.told.title, found.told.description, no_picture="Its picture cannot be kept: the disk does not take it.")
        return Page(found.told.title, found.told.description, name, no_picture=found.no_picture)

    def _is_time(self, url: str) -> bool:
        try:
            again = datetime.fromisoformat(str(self._kept(url).get("again")))
        except ValueError:
            return True
        # A stamp that lies further ahead than any is written was written by a clock that was wrong.
        return not self._clock.now() < again <= self._clock.now() + _FRESH

    def _kept(self, url: str) -> dict[str, Any]:
        try:
            found = json.loads(self._file(url).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) and isinstance(found.get("page"), dict) else {}

    def _keep(self, url: str, page: Page, lasts: timedelta) -> None:
        again = (self._clock.now() + lasts).astimezone(UTC).isoformat(timespec="seconds")
        try:
            write_private(self._file(url), json.dumps({"url": url, "again": again, "page": asdict(page)}, ensure_ascii=False))
        except OSError:
            # The card can do without; what is to be published must not wait for a note that cannot be kept.
            return

    def _file(self, url: str) -> Path:
        return self._folder / f"{hashlib.sha256(url.encode(errors='surrogatepass')).hexdigest()[:32]}.json"
