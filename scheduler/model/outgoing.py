"""Exactly what is sent: the preview draws it, the publisher sends it, the ledger freezes it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any

from scheduler.model.graphic import Picture, Video
from scheduler.model.outcome import Placed, placed_in
from scheduler.model.poll import Poll


@dataclass(frozen=True, slots=True)
class Facet:
    """Marks a stretch of the text as a ``link``, ``tag`` or ``mention``; positions count code points, ``end`` is exclusive."""

    kind: str
    start: int
    end: int
    value: str


Focus = tuple[float, float]
"""Is the point of a picture that stays in sight where a part of it is shown: from -1 (left, bottom) to 1 (right, top)."""


@dataclass(frozen=True, slots=True)
class Media:
    """Is one picture or film with its alt text; ``focus`` is None where the author names none, or the network takes none."""

    picture: Picture
    alt: str
    focus: Focus | None = None


@dataclass(frozen=True, slots=True)
class LinkCard:
    """Is the card a network shows for the post's link; ``thumbnail`` is its picture, where we have to bring one along."""

    url: str
    title: str = ""
    description: str = ""
    thumbnail: Picture | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Is one further post of a thread, an answer to the one before it; ``language`` is None where it is not known."""

    text: str
    facets: tuple[Facet, ...] = ()
    media: tuple[Media, ...] = ()
    language: str | None = None

    def beneath(self, post: "Outgoing") -> "Outgoing":
        """Returns the answer as a post of its own, with what it shares with ``post``; its language too, where it has no other."""
        return replace(post, text=self.text, facets=self.facets, media=self.media, language=self.language or post.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Is one post as one account will send it; nothing is added to it or taken from it afterwards.

    ``replies`` follow the post as a thread, in their order. ``first_comment`` is written below it by the same account.
    ``story`` asks for the network's short-lived form; ``collaborators`` are handles on this network.
    ``location`` is a place in words, ``location_id`` its number there.
    What the network cannot do is not in it: see :class:`~scheduler.model.network.Abilities`.
    """

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
    first_comment: str = ""
    replies: tuple[Reply, ...] = ()
    story: bool = False
    location: str = ""
    location_id: str = ""
    collaborators: tuple[str, ...] = ()
    poll: Poll | None = None

    @property
    def fingerprint(self) -> str:
        """Returns a digest of what readers would see: account, text and pictures, whatever file they came from."""
        seen = [self.account, self.text, self.content_warning or "", *(item.picture.sha256 for item in self.media)]
        seen += [word for name in _READ if getattr(self, name) for word in (name, _seen(getattr(self, name)))]
        return hashlib.sha256("\x00".join(seen).encode()).hexdigest()

    @property
    def posts(self) -> tuple[str, ...]:
        """Returns a digest of what readers would see of each post of its thread, the first one first."""
        alone = replace(self, replies=(), first_comment="", story=False).fingerprint
        return (alone, *(hashlib.sha256(_seen((reply,)).encode()).hexdigest() for reply in self.replies))

    @property
    def why_not_early(self) -> str:
        """Returns what keeps it from being handed over before its time, as part of a sentence; empty where nothing does."""
        found = (
            (self.story, "it is a story"),
            (bool(self.first_comment), "its first comment can only be written once it is out"),
            (bool(self.replies), "it is a thread"),
            (self.poll is not None, "it has a poll"),
            (self.link_card is not None, "the card of its link is made when it goes out"),
            (any(item.picture.video is not None for item in self.media), "it has a film"),
        )
        return next((why for is_so, why in found if is_so), "")

    def to_json(self) -> str:
        """Returns the frozen form that the ledger keeps; what a post does not use is left out of it."""
        data = {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__ if getattr(self, name) or name not in _ADDED}
        return as_json(data)

    @classmethod
    def from_json(cls, text: str) -> "Outgoing":
        """Returns the record that :meth:`to_json` wrote, also in an earlier release."""
        data: dict[str, Any] = json.loads(text)
        data["facets"] = _facets(data["facets"])
        data["media"] = _media(data["media"])
        card, poll = data["link_card"], data.get("poll")
        data["link_card"] = card_from(card) if card else None
        data["poll"] = Poll(**{**poll, "options": tuple(poll["options"])}) if poll else None
        data["collaborators"] = tuple(data.get("collaborators", ()))
        data["replies"] = tuple(_reply(item) for item in data.get("replies", ()))
        return cls(**data)


as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
"""Returns what is frozen as text: the same words for the same content, whoever writes them."""
_GOES_OUT = "goes-out"
KEPT_AS = "kept-as"
"""Is the name of the id under which a network keeps a post that it sends at its time by itself."""
_READ = ("first_comment", "replies", "story", "poll")
_ADDED = frozenset({*_READ, "location", "location_id", "collaborators"})
"""Are the fields that earlier releases did not know; a post without them is frozen and recognised as it was then."""
_LATER = frozenset({"thumbnail", "video", "frames", "question", "focus", "language"})


def card_from(fields: Mapping[str, Any]) -> LinkCard:
    """Returns the card that was written as JSON, also in an earlier release."""
    thumbnail = fields.get("thumbnail")
    return LinkCard(**{**fields, "thumbnail": _picture(thumbnail) if thumbnail else None})


def _written(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Returns the fields of a record; what not all pictures, films, cards and polls have is left out where it is empty, as before."""
    return {name: value for name, value in fields if name not in _LATER or value}


def _plain(value: object) -> object:
    """Returns a field as JSON has it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return asdict(value, dict_factory=_written) if is_dataclass(value) and not isinstance(value, type) else value


def _facets(items: Iterable[Mapping[str, Any]]) -> tuple[Facet, ...]:
    return tuple(Facet(**item) for item in items)


def _media(items: Iterable[Mapping[str, Any]]) -> tuple[Media, ...]:
    return tuple(Media(_picture(item["picture"]), item["alt"], _point(item.get("focus"))) for item in items)


def _reply(item: Mapping[str, Any]) -> Reply:
    return Reply(item["text"], _facets(item["facets"]), _media(item["media"]), item.get("language"))


def _point(found: Sequence[float] | None) -> Focus | None:
    return (found[0], found[1]) if found else None


def _picture(fields: Mapping[str, Any]) -> Picture:
    video = fields.get("video")
    return Picture(**{**fields, "video": Video(**video) if video else None})


def _seen(value: object) -> str:
    """Returns what a reader sees of a field, in one line; where a picture's file lies is not seen."""
    if isinstance(value, tuple):
        return "\x01".join("\x02".join([reply.text, *(item.picture.sha256 for item in reply.media)]) for reply in value)
    return "\x01".join((*value.options, *value.words[: -len(value.options)])) if isinstance(value, Poll) else str(value)


OFFERED = "hosted-"
"""Is in the names of the ids under which something lies where a network can fetch it, until it is taken away again."""
STANDING = "thread"
"""Is the name of the id under which the posts of a thread that are out are kept until all of them are."""
CALLED = "asked"
"""The id that says that the visible call was about to be made; where it has a value, the post may be out."""

PLACE = "place"
"""Names among the ids what stands for the network and the profile there that it was made for."""
REHEARSED = "rehearsed"
"""The id that says that an envelope was never meant to leave this machine."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Is an outgoing post with the ids chosen for it before the first byte leaves; all of it is in the ledger by then."""

    outgoing: Outgoing
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def goes_out(self) -> datetime | None:
        """Returns when its network was told to send it by itself, aware UTC; None where we send it at its time."""
        told = self.ids.get(_GOES_OUT, "")
        return datetime.fromtimestamp(int(told), UTC) if told else None

    @property
    def is_rehearsed(self) -> bool:
        """Tells whether it was made for an account that was not live, so that no network has heard of it."""
        return REHEARSED in self.ids

    def is_for(self, place: str) -> bool:
        """Tells whether it was made for that place, as far as that is known: its ids mean nothing in another."""
        return self.ids.get(PLACE, place) == place

    @property
    def kept_as(self) -> str:
        """Returns the id under which its network keeps it until then, empty where it does not, or that is not known."""
        return self.ids.get(KEPT_AS, "")

    @property
    def out(self) -> tuple[Placed, ...]:
        """Returns the posts of a thread that are out, where the rest of it is not yet."""
        return placed_in(self.ids.get(STANDING, ""))

    def kept_under(self, remote_id: str) -> "Envelope":
        """Returns the same with the id under which its network keeps it."""
        return Envelope(self.outgoing, {**self.ids, KEPT_AS: remote_id})

    def after(self, earlier: "Envelope | None") -> "Envelope":
        """Returns the same with what an earlier envelope of the delivery left: what it still offers, and its posts that are out."""
        known = earlier.ids if earlier is not None else {}
        left = {name: key for name, key in known.items() if (OFFERED in name or name == STANDING) and key}
        return Envelope(self.outgoing, {**left, **self.ids}) if left else self

    @property
    def from_here(self) -> "Envelope":
        """Returns the same to be sent from here; what the network keeps of it is used."""
        return Envelope(self.outgoing, {name: value for name, value in self.ids.items() if name != _GOES_OUT})

    def going_out(self, at: datetime) -> "Envelope":
        """Returns the same for a network that is to send it by itself then, to the second; ``at`` is aware."""
        return Envelope(self.outgoing, {**self.ids, _GOES_OUT: str(int(at.timestamp()))})
