"""Publishes by containers on a network that also takes posts back."""

from scheduler.model.outcome import Refused
from scheduler.publishers.graph import feeds
from scheduler.publishers.graph.containers import Containers


class Removable(Containers):
    """Publishes, and deletes by the post's id."""

    __slots__ = ()

    def delete(self, remote_id: str) -> Refused | None:
        """Deletes a post; the network takes a hundred of these a day."""
        return feeds.delete(self.graph, remote_id)
