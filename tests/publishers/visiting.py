"""What visitors of a website see of an article: its words, pictures, films and links, taken out of the page as a browser builds it."""

from html.parser import HTMLParser
from typing import ClassVar


class Page(HTMLParser):
    """Reads the words and the pictures of an article out of the page that visitors get, as a browser builds them."""

    VOID: ClassVar[frozenset[str]] = frozenset({"br", "img", "hr", "input", "meta", "link"})

    def __init__(self, page: str, within: str = "entry-content") -> None:
        """Reads what is in the first element of the class ``within``; all of it where none is named."""
        super().__init__(convert_charrefs=True)
        self._within = within
        self.blocks: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self.films: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self._paragraph = self._link = self._caption = 0
        self._depth = int(not within)
        self.feed(page)
        self.close()

    @property
    def text(self) -> str:
        return "\n\n".join(self.blocks)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if not self._depth:
            self._depth = int(self._within in found.get("class", "").split())
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
        elif tag == "video":
            self.films.append((found.get("src", ""), ""))
        elif tag == "figcaption":
            self._caption = len(self.films)
        elif tag == "a":
            self.links.append((found.get("href", ""), ""))
            self._link = self._depth

    def handle_endtag(self, tag: str) -> None:
        if not self._depth or tag in self.VOID:
            return
        if tag == "p" and self.blocks:
            self.blocks[-1] = self.blocks[-1].replace("\r\n", "\n").replace("\r", "\n")
            self._paragraph = 0
        elif tag == "a":
            self._link = 0
        elif tag == "figcaption":
            self._caption = 0
        self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._caption:
            self.films[-1] = (self.films[-1][0], self.films[-1][1] + data)
        if self._paragraph:
            self.blocks[-1] += data
            if self._link:
                self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)
