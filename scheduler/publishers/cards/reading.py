"""Reads a page of the web for its card, as a stranger would: without secrets, and nowhere into our own network."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin, urlsplit

from scheduler.clock import Clock
from scheduler.model.outcome import Refused
from scheduler.model.page import Link
from scheduler.publishers.addresses import Address, UnsafeAddress, is_loopback, learnt_address
from scheduler.publishers.answers import Reply
from scheduler.publishers.cards.markup import Told, told_by
from scheduler.publishers.exchange import Call, Exchange

_MOST_HOPS: Final = 5
_PATIENCE: Final = 8.0
_AT_ALL: Final = 20.0
_ACCEPT: Final[Mapping[str, str]] = {"page": "text/html,application/xhtml+xml", "picture": "image/jpeg,image/png,image/webp,image/gif"}
_PAGES: Final = ("text/html", "application/xhtml+xml", "")


class UnreadablePage(Exception):
    """Says in a sentence why a page, or its picture, cannot be read."""


@dataclass(frozen=True, slots=True)
class Found:
    """Is a page that was read; ``picture`` is the bytes of its picture, ``no_picture`` says why there are none."""

    told: Told
    picture: bytes
    no_picture: str


def read_page(link: Link, clock: Clock) -> Found:
    """Returns what the page tells of itself, with its picture; one without a title is called by the name of its server.

    Raises:
        UnreadablePage: It is not there, not to be reached, no page, or at an address that is not asked.
    """
    visitor = _Visitor(clock, clock.monotonic() + _AT_ALL, local=link.local)
    place, reply = visitor.get(link.url, "the link", "page")
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _PAGES:
        raise UnreadablePage(f"What is at {_host(place)} is no page ({kind}).")
    told = told_by(reply)
    told = replace(told, title=told.title or _host(place))
    if not told.picture:
        return Found(told, b"", f"{_host(place)} names no picture of its page.")
    try:
        _, picture = visitor.get(_from(place, told), _host(place), "picture")
    except UnreadablePage as error:
        return Found(told, b"", f"The picture of that page cannot be had: {error}")
    return Found(told, picture.body, "")


def _from(place: str, told: Told) -> str:
    """Returns the whole address of the picture of a page at this place."""
    return _joined(_joined(place, told.base), told.picture)


def _joined(place: str, target: str) -> str:
    """Returns the whole address of what is named at this place."""
    try:
        return urljoin(place, target)
    except ValueError as error:
        raise UnreadablePage("what the page names is no web address.") from error


@dataclass(frozen=True, slots=True)
class _Visitor:
    clock: Clock
    until: float
    local: bool

    def get(self, url: str, teacher: str, what: str) -> tuple[str, Reply]:
        """Returns where something is in the end, and the answer there; each step on the way is held to the same rules as the first."""
        for _ in range(_MOST_HOPS):
            reply = self._asked(url, teacher, what)
            target = reply.headers.get("location", "") if reply.status in {301, 302, 303, 307, 308} else ""
            if not target:
                break
            url, teacher = _joined(url, target), _host(url)
        else:
            raise UnreadablePage(f"{teacher} sends us on again and again.")
        if not reply.is_success:
            raise UnreadablePage(f"{_host(url)} answers that it is not there ({reply.status}).")
        return url, reply

    def _asked(self, url: str, teacher: str, what: str) -> Reply:
        left = self.until - self.clock.monotonic()
        if left <= 0:
            raise UnreadablePage(f"{teacher} takes too long.")
        address, path = self._place(url, teacher)
        exchange = Exchange(address, address.host, self.clock)
        try:
            found = exchange.look(Call(path=path, headers={"Accept": _ACCEPT[what]}, patience=min(left, _PATIENCE)))
        finally:
            exchange.close()
        if isinstance(found, Refused):
            raise UnreadablePage(found.reason)
        return found

    def _place(self, url: str, teacher: str) -> tuple[Address, str]:
        """Returns the server and what is asked of it; a page that is not encrypted is asked for encrypted."""
        try:
            parts = urlsplit(url)
            encrypted = "https" if parts.scheme == "http" and not is_loopback(parts.hostname or "") else parts.scheme
            # A person may look at a server of this machine while its account is on one too; any other page may not lead here.
            guide = Address("", "localhost" if self.local else teacher)
            address = learnt_address(f"{encrypted}://{parts.netloc}", guide)
        except (UnsafeAddress, ValueError) as error:
            raise UnreadablePage(getattr(error, "message", f"{teacher} is no web address.")) from error
        return address, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _host(url: str) -> str:
    return urlsplit(url).hostname or "it"
