"""What a source of published posts does for us, in words and types.

A *source* reads the feed of one account, as its network shows it now. A *record* is one version of one published post; the archive
keeps every version it has seen.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scheduler.model.errors import SchedulerError
from scheduler.model.network import Account


class FeedError(SchedulerError):
    """Is a feed that cannot be read; what the archive has stays as it is."""


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """Is a picture of a published post: where it can be read, its MIME type and its description."""

    url: str
    mime: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Is one published post as the network shows it; ``id`` is the network's own, ``published`` is aware UTC."""

    account: str
    network: str
    id: str
    url: str
    published: datetime
    text: str
    language: str | None = None
    pictures: tuple[KeptPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Is what a source's file exports as ``SOURCE``.

    ``read`` is given the account and the project folder and yields the records, newest first; it raises FeedError where it cannot.
    """

    name: str
    read: Callable[[Account, Path], Iterable[Record]]
