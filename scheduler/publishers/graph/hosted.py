"""Pictures of a post on their way: offered by address before a network fetches them, taken away afterwards."""

import logging
from collections.abc import Mapping

from scheduler.model.graphic import Picture
from scheduler.model.outgoing import OFFERED
from scheduler.publishers.hosting.host import HostingError, MediaHost
from scheduler.publishers.notes import Notes

LOG = logging.getLogger(__name__)
_LEFT = f"{OFFERED}left-"


def offer(host: MediaHost, picture: Picture, number: int, notes: Notes) -> str:
    """Returns where a picture can be fetched, having committed how to take it away again; what an earlier attempt left there is taken away.

    What cannot be taken away now is kept in mind under another name.

    Raises:
        HostingError: The picture is gone, or the place does not take it.
    """
    name = f"{OFFERED}{number}"
    if notes[name] and not withdraw(host, {name: notes[name]}):
        notes.keep(_free(notes), notes[name])
    return host.offer(picture, lambda key: _note(notes, name, key)).address


def _free(notes: Notes) -> str:
    """Returns a name under which nothing is kept in mind."""
    return next(name for number in range(len(notes.ids) + 1) if not notes[name := f"{_LEFT}{number}"])


def _note(notes: Notes, name: str, key: str) -> None:
    notes.keep(name, key)


def withdraw(host: MediaHost | None, ids: Mapping[str, str]) -> tuple[str, ...]:
    """Takes away what was offered and returns the names of what is gone; what cannot be reached now is told in the log and swept later."""
    gone = []
    for name, key in ids.items():
        if host is None or not name.startswith(OFFERED) or not key:
            continue
        try:
            host.withdraw(key)
            gone.append(name)
        except HostingError as error:
            LOG.warning("A picture that is no longer needed was not taken away: %s", error.reason)
            gone += [name] if error.permanent else []
    return tuple(gone)
