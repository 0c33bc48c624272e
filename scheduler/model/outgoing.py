"""Exactly what is sent: the preview draws it, the publisher sends it, the ledger freezes it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from scheduler.model.graphic import Picture


@dataclass(frozen=True, slots=True)
class Facet:
    """Marks a stretch of the text as a ``link``, ``tag`` or ``mention``; positions count code points, ``end`` is exclusive."""

    kind: str
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Media:
    """Is one picture with its alt text."""

    picture: Picture
    alt: str


@dataclass(frozen=True, slots=True)
class LinkCard:
    """Is the card a network shows for the post's link."""

    url: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Is one post as one account will send it; nothing is added to it or taken from it afterwards."""

    delivery: str
    account: str
    network: str
    text: str
    part: str | None = None
    facets: tuple[Facet, ...] = ()
    media: tuple[Media, ...] = ()
    content_warning: str | None = None
    language: str | None = None
    link_card: LinkCard | None = None

    @property
    def fingerprint(self) -> str:
        """Returns a digest of what readers would see: account, text and pictures, whatever file they came from."""
        seen = [self.account, self.text, self.content_warning or "", *(item.picture.sha256 for item in self.media)]
        return hashlib.sha256("\x00".join(seen).encode()).hexdigest()

    def to_json(self) -> str:
        """Returns the frozen form that the ledger keeps."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Outgoing":
        """Returns the record that :meth:`to_json` wrote."""
        data: dict[str, Any] = json.loads(text)
        data["facets"] = tuple(Facet(**facet) for facet in data["facets"])
        data["media"] = tuple(Media(Picture(**item["picture"]), item["alt"]) for item in data["media"])
        card = data["link_card"]
        data["link_card"] = LinkCard(**card) if card else None
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Is an outgoing post with the ids chosen for it before the first byte leaves; all of it is in the ledger by then."""

    outgoing: Outgoing
    ids: Mapping[str, str] = field(default_factory=dict)
