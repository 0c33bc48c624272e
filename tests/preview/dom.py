"""Reads an exported page without a browser, strictly enough to see what hostile text would do to it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = frozenset({"meta", "link", "img", "br", "hr", "wbr"})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, tag: str = "", css: str = "") -> list["Element"]:
        found = [self] if tag in {"", self.tag} and (not css or css in self.attributes.get("class", "").split()) else []
        return found + [element for child in self.children if isinstance(child, Element) for element in child.all(tag, css)]

    def only(self, tag: str = "", css: str = "") -> "Element":
        (element,) = self.all(tag, css)
        return element

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"<{self.open[-1].tag}> is closed by </{tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(path: Path) -> Element:
    reader = _Reader()
    reader.feed(path.read_bytes().decode("utf-8"))
    reader.close()
    (root,) = reader.open
    return root
