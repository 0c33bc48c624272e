"""A real WordPress on MariaDB: what visitors of its pages see of what we publish."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import ClassVar

import pytest

from tests.emulators.emulating import Running
from tests.publishers.online import line_to
from tests.publishers.posts import Shown
from tests.publishers.wired import ESSENTIAL, OnLine, Wired
from tests.servers import wordpress
from tests.servers.wordpress import WordPress


class Page(HTMLParser):
    """Reads the words and the pictures of an article out of the page that visitors get, as a browser builds them."""

    VOID: ClassVar[frozenset[str]] = frozenset({"br", "img", "hr", "input", "meta", "link"})

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self._depth = self._paragraph = 0
        self.feed(page)
        self.close()

    @property
    def text(self) -> str:
        return "\n\n".join(self.blocks)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if not self._depth:
            self._depth = int("entry-content" in found.get("class", "").split())
            return
        self._depth += tag not in self.VOID
        self.tags.append(tag)
        if tag == "p":
            self.blocks.append("")
            self._paragraph = self._depth
        elif tag == "br" and self.blocks:
            self.blocks[-1] += "\r"
        elif tag == "img":
            self.pictures.append((found.get("src", ""), found.get("alt", "")))
        elif tag == "a":
            self.links.append((found.get("href", ""), ""))

    def handle_endtag(self, tag: str) -> None:
        if not self._depth or tag in self.VOID:
            return
        if tag == "p" and self.blocks:
            self.blocks[-1] = self.blocks[-1].replace("\r\n", "\n").replace("\r", "\n")
            self._paragraph = 0
        self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._paragraph:
            self.blocks[-1] += data
            if self.links and self.tags[-1] == "a":
                self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    with wordpress.running(tmp_path_factory.mktemp("wordpress")) as running:
        yield running


@pytest.fixture
def site(process: WordPress) -> WordPress:
    process.reset()
    return process


class TestRealSite(Wired):
    """Is WordPress itself."""

    network = "wordpress"
    visible = r"POST /wp-json/wp/v2/posts/\d+"
    usual = ESSENTIAL

    @pytest.fixture
    def server(self, site: WordPress, tmp_path: Path) -> Iterator[Running]:
        self.site = site
        with line_to(site.address, "") as line:
            yield OnLine(line.address, tmp_path, line)

    def settings(self, server: Running) -> dict[str, str]:
        return {"url": server.address, "user": self.site.user}

    def token(self) -> str:
        return self.site.password

    def shown(self, server: Running) -> list[Shown]:
        del server
        pages = [(row["link"], Page(self.site.page(row["link"]))) for row in self.site.get("posts", per_page="100", order="asc")]
        return [Shown(page.text, tuple(alt for _, alt in page.pictures), link) for link, page in pages]
