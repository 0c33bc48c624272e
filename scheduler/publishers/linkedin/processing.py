"""Puts bytes where LinkedIn keeps them, and waits until it has worked on them. Sources: "Images API", "Videos API" (li-lms-2026-01)."""

import threading
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from scheduler.model.outcome import Refused
from scheduler.publishers.answers import Reply, refusal
from scheduler.publishers.exchange import Call
from scheduler.publishers.files import Beat, no_beat
from scheduler.publishers.linkedin.api import FORBIDDEN, Api
from scheduler.publishers.notes import Notes
from scheduler.publishers.places import is_kin, put
from scheduler.publishers.steps import Stopped

_UNSEEN: Final = 8
"""Is how often an app asks that may not, which is how long it waits, before it goes on."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Is what is waited for: its collection of the API, what people call it, how often it is asked for and how many seconds apart."""

    collection: str
    word: str
    looks: int
    between: float


PICTURE: Final = Kind("images", "picture", 8, 2.0)
FILM: Final = Kind("videos", "film", 15, 10.0)


def put_bytes(api: Api, address: str, data: bytes) -> Reply:
    """Sends bytes to the place that LinkedIn named for them and returns its answer; raises Stopped."""

    def refused(reply: Reply) -> Refused:
        return refusal(api.title, reply.status, kind="auth" if reply.status in {401, FORBIDDEN} else "media")

    ours = {"Authorization": f"Bearer {api.token}"} if is_kin(address, api.exchange.address) else {}
    return put(api.exchange, address, data, "PUT", ours, refused)


def await_ready(api: Api, kind: Kind, notes: Notes, name: str, beat: Beat = no_beat) -> None:
    """Waits until what is noted under ``name`` can be used; where this app may not ask, it goes on after the usual time.

    Raises Stopped where it is not ready yet, where LinkedIn refuses to say, and where it cannot use it or has it no more: then it is
    noted no longer.
    """
    unseen = 0
    for _ in range(kind.looks):
        reply = api.look(Call(path=f"/rest/{kind.collection}/{quote(notes[name], safe='')}"))
        if isinstance(reply, Refused):
            raise Stopped(reply)
        status = reply.said("status")
        if status == "AVAILABLE":
            return
        if status == "PROCESSING_FAILED" or reply.status == HTTPStatus.NOT_FOUND:
            notes.forget(name)
            raise Stopped(_failed(api, kind, reply))
        if not reply.is_success and reply.status != FORBIDDEN:
            raise Stopped(api.refusal(reply))
        unseen += reply.status == FORBIDDEN
        api.exchange.clock.wait(threading.Event(), kind.between)
        beat()
        if unseen == _UNSEEN:
            return
    later = timedelta(seconds=max(30.0, 6 * kind.between))
    raise Stopped(Refused(f"{api.title} is still working on the {kind.word}s.", permanent=False, retry_after=later))


def _failed(api: Api, kind: Kind, reply: Reply) -> Refused:
    if reply.status == HTTPStatus.NOT_FOUND:
        return Refused(f"{api.title} has lost a {kind.word} of this post; it is uploaded again.", permanent=False)
    said = api.exchange.secrets.removed(reply.said("processingFailureReason", "message")).rstrip(".")
    return Refused(f"{api.title} could not take a {kind.word}{f': {said}' if said else ''}.", kind="media")
