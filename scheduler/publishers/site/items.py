"""The facts of a site: one file for each published post, from which every page and feed can be drawn again."""

import dataclasses
import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scheduler.disk import replace_file
from scheduler.model.outgoing import Envelope, Facet, LinkCard, Media, Outgoing, Reply, card_from
from scheduler.publishers.files import ending, measured, safe_name

_SCHEMA = "scheduler.site-item/1"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """Is a picture or a film of the site; ``file`` is its name in ``media/``, made from its content.

    ``language`` is that of its description where it is another one than the post's.
    """

    file: str
    mime: str
    width: int
    height: int
    bytes: int
    alt: str
    language: str | None = None

    @property
    def is_film(self) -> bool:
        """Tells whether it is a film."""
        return self.mime.startswith("video/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Is where an answer of a thread begins in the text of the whole, in code points, and the language that it is in."""

    start: int
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Is one published post; ``published`` is RFC 3339 in UTC, ``id`` is the feeds' name for it and never changes.

    ``answers`` are those of a thread in which not all is in the post's language.
    """

    delivery: str
    id: str
    slug: str
    published: str
    text: str
    facets: tuple[Facet, ...] = ()
    images: tuple[Image, ...] = ()
    content_warning: str | None = None
    language: str | None = None
    answers: tuple[Answer, ...] = ()
    link_card: LinkCard | None = None

    @property
    def page(self) -> str:
        """Returns the path of the post's own page below the site's folder."""
        return f"posts/{self.slug}.html"

    @property
    def cover(self) -> Image | None:
        """Returns the picture that stands for the post where there is room for one: the first that is no film."""
        return next((image for image in self.images if not image.is_film), None)

    @property
    def film(self) -> Image | None:
        """Returns the first film."""
        return next((image for image in self.images if image.is_film), None)

    @property
    def tags(self) -> tuple[str, ...]:
        """Returns the hashtags without their sign, each once, in the order of the text."""
        return tuple(dict.fromkeys(facet.value.removeprefix("#") for facet in self.facets if facet.kind == "tag"))


def as_one(outgoing: Outgoing) -> Outgoing:
    """Returns the post with the answers of its thread below its text: a page has room for all of it."""
    text, facets, media = outgoing.text, list(outgoing.facets), list(outgoing.media)
    for start, reply in _placed(outgoing):
        text = f"{text}\n\n{reply.text}" if text else reply.text
        facets += [dataclasses.replace(facet, start=facet.start + start, end=facet.end + start) for facet in reply.facets]
        media += reply.media
    return dataclasses.replace(outgoing, text=text, facets=tuple(facets), media=tuple(media), replies=())


def _placed(outgoing: Outgoing) -> Iterator[tuple[int, Reply]]:
    """Yields the answers of a thread, each with where it begins in the text of the whole."""
    end = len(outgoing.text)
    for reply in outgoing.replies:
        start = end + 2 if end else 0
        yield start, reply
        end = start + len(reply.text)


def _answers(outgoing: Outgoing) -> tuple[Answer, ...]:
    """Returns where the answers begin, in which language; nothing where all of them are in the post's."""
    found = tuple(Answer(start=start, language=reply.language or outgoing.language) for start, reply in _placed(outgoing))
    return found if any(each.language != outgoing.language for each in found) else ()


def _image(media: Media, language: str | None) -> Image:
    picture = media.picture
    return Image(
        file=picture.sha256 + ending(picture),
        mime=picture.mime,
        width=picture.width,
        height=picture.height,
        bytes=picture.bytes,
        alt=media.alt,
        language=language,
    )


def _images(outgoing: Outgoing) -> Iterator[Image]:
    yield from (_image(media, None) for media in outgoing.media)
    for reply in outgoing.replies:
        other = reply.language if reply.language != outgoing.language else None
        yield from (_image(media, other) for media in reply.media)


def item_of(envelope: Envelope) -> Item:
    """Returns the facts that the site keeps of an envelope; no path of this machine is among them."""
    outgoing, ids = as_one(envelope.outgoing), envelope.ids
    return Item(
        delivery=outgoing.delivery,
        id=ids["id"],
        slug=safe_name(ids["slug"]),
        published=ids["published"],
        text=outgoing.text,
        facets=outgoing.facets,
        images=tuple(_images(envelope.outgoing)),
        content_warning=outgoing.content_warning,
        language=outgoing.language,
        answers=_answers(envelope.outgoing),
        link_card=outgoing.link_card,
    )


def mended(item: Item, outgoing: Outgoing) -> Item:
    """Returns the item with the words, the warning and the language of ``outgoing``."""
    whole = as_one(outgoing)
    told = dataclasses.replace(item, content_warning=whole.content_warning, language=whole.language)
    return dataclasses.replace(told, text=whole.text, facets=whole.facets, answers=_answers(outgoing))


class Shelf:
    """Keeps the items of one site in ``.items/`` and their pictures in ``media/``.

    Whoever writes holds the site's lock; reading needs none, for every file appears whole.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts = folder / ".items"
        self.media = folder / "media"
        self.temporary = self.facts / ".writing"
        self._read: dict[str, tuple[tuple[int, int], Item]] = {}

    def read(self, delivery: str) -> Item | None:
        """Returns the item of a delivery, or None unless it is there with all of its pictures."""
        item = self._parsed(self._path(delivery))
        return item if item and all(self._holds(image) for image in item.images) else None

    def every(self) -> tuple[Item, ...]:
        """Returns all items, the newest first; a damaged file is passed over and logged."""
        with os.scandir(self.facts) as entries:
            names = [entry.name for entry in entries if entry.name.endswith(".json")]
        items = (self._parsed(self.facts / name) for name in names)
        return tuple(sorted((item for item in items if item), key=lambda item: (item.published, item.delivery), reverse=True))

    def add(self, envelope: Envelope) -> None:
        """Puts a post on the shelf: its pictures first, and at last the item, whose appearing is the publication.

        An item that is there already keeps its id, page and time.

        Raises:
            PictureError: A picture is not the one that was composed.
            OSError: The folder cannot be written to; the item is then not there, or it is whole.
        """
        outgoing = as_one(envelope.outgoing)
        item = self._parsed(self._path(outgoing.delivery)) or item_of(envelope)
        self.media.mkdir(exist_ok=True)
        for media in outgoing.media:
            target = self.media / (media.picture.sha256 + ending(media.picture))
            if not (target.is_file() and target.stat().st_size == media.picture.bytes):
                with measured(media.picture) as source:
                    replace_file(target, source, by_way_of=self.temporary)
        self.put(item)

    def put(self, item: Item) -> None:
        """Writes an item in the place of the one of the same delivery; raises OSError."""
        text = json.dumps({"schema": _SCHEMA, **asdict(item)}, indent=1, sort_keys=True)
        replace_file(self._path(item.delivery), text.encode(), by_way_of=self.temporary)

    def drop(self, item: Item) -> None:
        """Takes an item off the shelf, and those of its pictures that no other item shows; raises OSError."""
        self._path(item.delivery).unlink(missing_ok=True)
        shown = {image.file for other in self.every() for image in other.images}
        for image in item.images:
            if image.file not in shown:
                (self.media / image.file).unlink(missing_ok=True)

    def _path(self, delivery: str) -> Path:
        return self.facts / f"{safe_name(delivery)}.json"

    def _holds(self, image: Image) -> bool:
        path = self.media / image.file
        return path.is_file() and path.stat().st_size == image.bytes

    def _parsed(self, path: Path) -> Item | None:
        """Returns the item of a file, remembered for as long as the file stays the same."""
        try:
            stamp = path.stat()
            known = self._read.get(path.name)
            if known and known[0] == (stamp.st_mtime_ns, stamp.st_ino):
                return known[1]
            item = _from_json(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            _log.warning("The site's item %s is damaged and left out: %s", path.name, error)
            return None
        self._read[path.name] = ((stamp.st_mtime_ns, stamp.st_ino), item)
        return item


def _from_json(text: str) -> Item:
    data: Mapping[str, Any] = json.loads(text)
    if data["schema"] != _SCHEMA:
        raise ValueError(f"unknown schema {data['schema']}")
    if datetime.fromisoformat(data["published"]).tzinfo is None:
        raise ValueError("its time has no zone")
    card = data["link_card"]
    return Item(
        delivery=str(data["delivery"]),
        id=str(data["id"]),
        slug=safe_name(str(data["slug"])),
        published=str(data["published"]),
        text=str(data["text"]),
        facets=tuple(Facet(**facet) for facet in data["facets"]),
        images=tuple(Image(**image) for image in data["images"]),
        content_warning=data["content_warning"],
        language=data["language"],
        answers=tuple(Answer(**answer) for answer in data.get("answers", ())),
        link_card=card_from(card) if card else None,
    )
