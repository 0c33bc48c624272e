"""How the networks of containers word the same steps, and the pieces that a thread is published in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from scheduler.model.outgoing import Media, Outgoing
from scheduler.publishers.contract import Remember
from scheduler.publishers.graph.api import Form


def _nothing_more(_outgoing: Outgoing) -> Form:
    return {}


@dataclass(frozen=True, slots=True)
class Dialect:
    """Is how one network words the same steps.

    ``making``, ``showing``, ``quota``, ``listing`` and ``answers`` are the ends of paths; ``status``, ``reason`` and ``words`` are fields,
    ``fields`` those that a post is read back with.
    ``single`` are the fields of a post that is one container, from the post and the picture's address, if there is one; ``more`` are
    those of the container that is published, whichever it is. ``alt_of_films`` tells whether a film may be described,
    ``grant`` names the way in which a token is renewed, ``rights`` the permissions without which nothing can be published,
    ``comments`` those that first comments take. ``tick`` is where a person sees to the permissions of a token that the network
    tells nothing of.
    """

    making: str
    showing: str
    quota: str
    listing: str
    status: str
    reason: str
    words: str
    fields: str
    single: Callable[[Outgoing, str], Form]
    more: Callable[[Outgoing], Form] = _nothing_more
    answers: str = ""
    grant: str = ""
    rights: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    tick: str = ""
    alt_of_films: bool = False

    def child(self, item: Media, address: str) -> Form:
        """Returns the fields of one item of a carousel."""
        film = item.picture.video is not None
        kind = {"media_type": "VIDEO", "video_url": address} if film else {"media_type": "IMAGE", "image_url": address}
        alt = {"alt_text": item.alt} if item.alt and (self.alt_of_films or not film) else {}
        return {**kind, "is_carousel_item": "true", **alt}


@dataclass(frozen=True, slots=True)
class Piece:
    """Is one post of a thread: what it says, how the names of its ids begin, and the post that it answers."""

    outgoing: Outgoing
    prefix: str = ""
    above: str = ""

    def ids(self, ids: Mapping[str, str]) -> dict[str, str]:
        """Returns the ids of this piece under their own names."""
        return {name.removeprefix(self.prefix): value for name, value in ids.items() if name.startswith(self.prefix)}

    def remembering(self, remember: Remember) -> Remember:
        """Returns what commits an id of this piece."""
        return lambda name, value: remember(f"{self.prefix}{name}", value)


def first_piece(outgoing: Outgoing) -> Piece:
    """Returns the post itself."""
    return Piece(outgoing)


def answers_of(outgoing: Outgoing) -> Iterator[Piece]:
    """Yields the answers of a thread in their order; whom each one answers is known once the one before it is out."""
    bare = replace(outgoing, replies=(), first_comment="", link_card=None, poll=None, collaborators=(), content_warning=None)
    for number, reply in enumerate(outgoing.replies, start=1):
        yield Piece(reply.beneath(bare), prefix=f"answer-{number}/")
