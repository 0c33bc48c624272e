"""Pages of the web on this machine, for cards: as they should be, and as they are."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.serving import Answering, serving


@dataclass
class Web:
    """Is the server; ``pages`` gives each path its status, headers and body, ``asked`` is what was asked for."""

    address: str = ""
    pages: dict[str, tuple[int, Mapping[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def page(self, path: str, head: str, **headers: str) -> str:
        """Puts up a page with this head and returns its address."""
        body = f"<!doctype html><html><head>{head}</head><body>Words</body></html>".encode()
        self.pages[path] = (200, {"Content-Type": "text/html; charset=utf-8", **headers}, body)
        return self.address + path

    def picture(self, path: str, data: bytes, kind: str = "image/png") -> str:
        """Puts up a picture and returns its address."""
        self.pages[path] = (200, {"Content-Type": kind}, data)
        return self.address + path

    def leads(self, path: str, target: str) -> str:
        """Puts up a redirect and returns its address."""
        self.pages[path] = (302, {"Location": target}, b"")
        return self.address + path


@contextmanager
def web() -> Iterator[Web]:
    """Runs the server until the block ends."""
    found = Web()
    with serving(_Handler, web=found) as found.address:
        yield found


class _Handler(Answering):
    web: Web

    def get(self) -> None:
        self.web.asked.append(self.path)
        status, headers, body = self.web.pages.get(self.path, (404, {}, b""))
        self.say(status, body, headers)
