"""Reads pages of a site as a browser does: text content, attributes, nothing of ours."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path


@dataclass
class Article:
    """Is a post as it stands on a page; ``url`` is relative to the site's folder."""

    url: str = ""
    text: str = ""
    language: str | None = None
    alts: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    warning: str | None = None


@dataclass
class _Open:
    tags: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.articles: list[Article] = []
        self.open: list[tuple[str, str]] = []
        self.elements: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.elements.append(tag)
        if tag == "article":
            self.articles.append(Article())
        if tag not in {"meta", "link", "img", "br"}:
            self.open.append((tag, values.get("class", "")))
        if self.articles and ("article", "") in self.open:
            self._within(self.articles[-1], tag, values)

    def _within(self, article: Article, tag: str, values: dict[str, str]) -> None:
        if tag == "img":
            article.alts += (values["alt"],)
            article.images += (values["src"].removeprefix("../"),)
        elif tag == "video":
            article.alts += (values.get("aria-label", ""),)
            article.images += (values["src"].removeprefix("../"),)
        elif tag == "a" and self._in("when"):
            article.url = values["href"].removeprefix("../")
        elif tag == "a" and self._in("text"):
            article.links += ((values["href"], ""),)
        elif tag == "div" and values.get("class") == "text":
            article.language = values["lang"]
        elif tag == "summary":
            article.warning = ""

    def _in(self, name: str) -> bool:
        return any(each == name for _, each in self.open)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1][0] == tag, f"</{tag}> closes <{self.open[-1][0]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.articles or not self.open:
            return
        article = self.articles[-1]
        if self._in("text"):
            article.text += data
            if self.open[-1][0] == "a":
                href, words = article.links[-1]
                article.links = (*article.links[:-1], (href, words + data))
        if any(tag == "summary" for tag, _ in self.open):
            article.warning = (article.warning or "") + data


def read(path: Path) -> _Reader:
    """Returns the reader after a page; every element must be closed in order."""
    reader = _Reader()
    reader.feed(path.read_bytes().decode())
    reader.close()
    assert not reader.open
    return reader


def articles(path: Path) -> list[Article]:
    """Returns the posts of a page in their order."""
    return read(path).articles
