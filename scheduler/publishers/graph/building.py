"""Makes containers: pictures and films are offered by address, and the network fetches them."""

from dataclasses import dataclass

from scheduler.model.network import Network
from scheduler.publishers.graph.api import Graph
from scheduler.publishers.graph.dialect import Dialect, Piece
from scheduler.publishers.graph.hosted import offer
from scheduler.publishers.hosting.host import HostingError, MediaHost
from scheduler.publishers.notes import Notes

_FILM_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes the containers of one account."""

    facts: Network
    dialect: Dialect
    graph: Graph
    host: MediaHost | None

    def build(self, piece: Piece, notes: Notes) -> str:
        """Returns the container that is published, having committed it and what it is made of.

        Raises:
            GraphTrouble: The network refuses a part of it.
            HostingError: A picture cannot be offered.
        """
        outgoing = piece.outgoing
        above = {"reply_to_id": piece.above} if piece.above else {}
        if len(outgoing.media) < 2:  # noqa: PLR2004 - a carousel begins with two
            address = self._offered(piece, 0, notes) if outgoing.media else ""
            return self._made("container", {**self.dialect.single(outgoing, address), **self.dialect.more(outgoing), **above}, notes)
        children = [notes[f"child-{number}"] or self._child(piece, number, notes) for number in range(len(outgoing.media))]
        whole = {"media_type": "CAROUSEL", "children": ",".join(children), self.dialect.words: outgoing.text}
        return self._made("container", {**whole, **self.dialect.more(outgoing), **above}, notes)

    def _child(self, piece: Piece, number: int, notes: Notes) -> str:
        form = self.dialect.child(piece.outgoing.media[number], self._offered(piece, number, notes))
        return self._made(f"child-{number}", dict(form), notes)

    def _made(self, name: str, form: dict[str, str], notes: Notes) -> str:
        patience = _FILM_SECONDS if "video_url" in form else 60.0
        return notes.keep(name, self.graph.make(f"{self.graph.user}/{self.dialect.making}", form, patience=patience))

    def _offered(self, piece: Piece, number: int, notes: Notes) -> str:
        if self.host is None:
            raise HostingError(
                f"{self.facts.title} fetches pictures by their address, and config.toml has no [media] that says where.", permanent=True
            )
        return offer(self.host, piece.outgoing.media[number].picture, number, notes)
