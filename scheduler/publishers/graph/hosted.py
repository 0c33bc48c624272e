"""Pictures of a post on their way: offered by address before a network fetches them, taken away afterwards."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.model.graphic import Picture
from scheduler.publishers.contract import Remember
from scheduler.publishers.hosting.host import HostingError, MediaHost

LOG = logging.getLogger(__name__)
PREFIX = "hosted-"


@dataclass(frozen=True, slots=True)
class Notes:
    """Is the ids of a delivery as they are committed one by one; an empty value is an id that is of no use any more."""

    ids: dict[str, str]
    commit: Remember

    def __getitem__(self, name: str) -> str:
        return self.ids.get(name, "")

    def keep(self, name: str, value: str) -> str:
        """Commits an id before the next step and returns it."""
        self.commit(name, value)
        self.ids[name] = value
        return value

    def forget(self, *names: str) -> None:
        """Commits that ids are of no use any more."""
        for name in names:
            if self.ids.get(name):
                self.keep(name, "")


def offer(host: MediaHost, picture: Picture, number: int, notes: Notes) -> str:
    """Returns where a picture can be fetched, having committed how to take it away again.

    Raises:
        HostingError: The picture is gone, or the place does not take it.
    """
    hosted = host.offer(picture)
    notes.keep(f"{PREFIX}{number}", hosted.key)
    return hosted.address


def withdraw(host: MediaHost | None, ids: Mapping[str, str]) -> None:
    """Takes away what was offered; what cannot be reached now expires by itself, or stays and is told in the log."""
    for name, key in ids.items():
        if host is None or not name.startswith(PREFIX) or not key:
            continue
        try:
            host.withdraw(key)
        except HostingError as error:
            LOG.warning("A picture that is no longer needed was not taken away: %s", error.reason)
