"""Keeps the pages and feeds of a site in step with its items."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from scheduler.disk import replace_quickly
from scheduler.publishers.site import feeds, markup, pages, words
from scheduler.publishers.site.items import Item, Shelf

_OURS = {"index.html": pages.MARKER, "feed.atom": f"<generator>{pages.MARKER}", "feed.json": f'"{pages.MARKER}"'}
_MARKER_WITHIN = 2_000


class Builder:
    """Draws a site. What it has drawn in this process it does not draw again; a new process looks at everything once.

    So whatever a crash, a power cut or a hand has left behind is put right by the next post or the next question.
    """

    def __init__(self, shelf: Shelf, site: pages.Site) -> None:
        self._shelf = shelf
        self._site = site
        self._drawn: set[str] = set()

    def foreign(self) -> str:
        """Returns the name of a file that we would have to overwrite and did not make, or nothing."""
        return next((name for name, marker in _OURS.items() if not _is_ours(self._shelf.folder / name, marker)), "")

    def build(self) -> None:
        """Writes each page and feed that is missing or differs from its items.

        Raises:
            OSError: The folder cannot be written to; every file in it is still whole, old or new.
        """
        items = self._shelf.every()
        fresh = [item for item in items if item.delivery not in self._drawn]
        years = sorted({self._year(item) for item in items}, reverse=True)
        for item in fresh:
            self._write(item.page, pages.post(self._site, item))
        self._write_lists(items, fresh)
        self._write("feed.atom", feeds.atom(self._site, items))
        self._write("feed.json", feeds.json_feed(self._site, items))
        self._write("index.html", pages.index(self._site, items, years))
        self._drawn.update(item.delivery for item in fresh)

    def rebuild(self, gone: Sequence[str] = ()) -> None:
        """Draws everything anew, after a post was changed or taken away; ``gone`` are pages that are to go where nobody draws them.

        Raises:
            OSError: The folder cannot be written to.
        """
        for name in gone:
            path = self._shelf.folder / name
            if path.is_file() and _is_ours(path, pages.MARKER):
                path.unlink()
        self._drawn.clear()
        self.build()

    def pages_of(self, item: Item) -> tuple[str, ...]:
        """Returns the pages that show an item: its own, its year's and its tags'."""
        return (item.page, f"archive/{self._year(item)}.html", *_tag_pages(item))

    def _write_lists(self, items: Sequence[Item], fresh: Sequence[Item]) -> None:
        for year in {self._year(item) for item in fresh}:
            chosen = [item for item in items if self._year(item) == year]
            self._write(f"archive/{year}.html", pages.year(self._site, chosen, year))
        touched = {markup.tag_page(tag): tag for item in fresh for tag in item.tags}
        for path, name in touched.items():
            carrying = [item for item in items if path in _tag_pages(item)]
            self._write(path, pages.tag(self._site, carrying, name))

    def _year(self, item: Item) -> int:
        return words.moment(item.published, self._site.zone).year

    def _write(self, name: str, data: bytes) -> None:
        path = self._shelf.folder / name
        if path.is_file() and path.read_bytes() == data:
            return
        path.parent.mkdir(exist_ok=True)
        if not _is_ours(path, _OURS.get(name, pages.MARKER)):
            raise FileExistsError(0, f"{name} was not made by this program")
        replace_quickly(path, data, by_way_of=self._shelf.temporary)


@lru_cache(maxsize=10_000)
def _tag_pages(item: Item) -> frozenset[str]:
    return frozenset(map(markup.tag_page, item.tags))


def _is_ours(path: Path, marker: str) -> bool:
    """Tells whether a file may be overwritten: it is not there, carries our mark, or is empty as after a power cut."""
    if not path.exists():
        return True
    start = path.read_bytes()[:_MARKER_WITHIN].decode(errors="replace") if path.is_file() else "a folder"
    return not start.strip("\0") or marker in start
