"""Pictures of a post on their way: offered by address before a network fetches them, taken away afterwards."""

import logging
from collections.abc import Mapping

from scheduler.model.graphic import Picture
from scheduler.publishers.hosting.host import HostingError, MediaHost
from scheduler.publishers.notes import Notes

LOG = logging.getLogger(__name__)
PREFIX = "hosted-"


def offer(host: MediaHost, picture: Picture, number: int, notes: Notes) -> str:
    """Returns where a picture can be fetched, having committed how to take it away again; what an earlier attempt left there is taken away.

    Raises:
        HostingError: The picture is gone, or the place does not take it.
    """
    name = f"{PREFIX}{number}"
    withdraw(host, {name: notes[name]})
    return host.offer(picture, lambda key: _note(notes, name, key)).address


def _note(notes: Notes, name: str, key: str) -> None:
    notes.keep(name, key)


def withdraw(host: MediaHost | None, ids: Mapping[str, str]) -> None:
    """Takes away what was offered; what cannot be reached now expires by itself, or stays and is told in the log."""
    for name, key in ids.items():
        if host is None or not name.startswith(PREFIX) or not key:
            continue
        try:
            host.withdraw(key)
        except HostingError as error:
            LOG.warning("A picture that is no longer needed was not taken away: %s", error.reason)
