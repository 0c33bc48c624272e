"""Puts pictures where LinkedIn keeps them: a place is asked for, the bytes go there in one piece, and their processing is waited for.

Source: "Images API" (li-lms-2026-01).
"""

import threading
from datetime import timedelta
from urllib.parse import quote

from scheduler.model.graphic import Picture
from scheduler.model.outcome import Refused
from scheduler.model.outgoing import LinkCard, Outgoing
from scheduler.publishers import fields
from scheduler.publishers.answers import Reply, refusal
from scheduler.publishers.exchange import Call
from scheduler.publishers.files import picture_bytes
from scheduler.publishers.linkedin.api import FORBIDDEN, Api
from scheduler.publishers.notes import Notes
from scheduler.publishers.places import is_kin, put
from scheduler.publishers.steps import Stopped

_LOOKS, _BETWEEN = 8, 2.0


def uploaded(api: Api, outgoing: Outgoing, notes: Notes) -> list[str]:
    """Returns the URN of each picture; it is committed when the bytes are there. Raises Stopped or PictureError."""
    return [_image(api, item.picture, f"image-{number}", notes) for number, item in enumerate(outgoing.media)]


def thumbnail(api: Api, card: LinkCard, notes: Notes) -> str:
    """Returns the URN of a card's picture, nothing where it has none; raises Stopped or PictureError."""
    return _image(api, card.thumbnail, "thumbnail", notes) if card.thumbnail else ""


def _image(api: Api, picture: Picture, name: str, notes: Notes) -> str:
    if not notes[name]:
        data = picture_bytes(picture)
        body = {"initializeUploadRequest": {"owner": api.author}}
        answer = api.table(Call(path="/rest/images", method="POST", params={"action": "initializeUpload"}, json=body))
        value = fields.table(answer, "value")
        image = fields.name(value, "image")
        if not image:
            raise Stopped(Refused(f"{api.title} named a place for a picture and no name for it; it is tried again.", permanent=False))
        _put(api, fields.words(value, "uploadUrl"), data)
        notes.keep(name, image)
    _await(api, notes, name)
    return notes[name]


def _put(api: Api, address: str, data: bytes) -> None:
    def refused(reply: Reply) -> Refused:
        return refusal(api.title, reply.status, kind="auth" if reply.status in {401, FORBIDDEN} else "media")

    ours = {"Authorization": f"Bearer {api.token}"} if is_kin(address, api.exchange.address) else {}
    put(api.exchange, address, data, "PUT", ours, refused)


def _await(api: Api, notes: Notes, name: str) -> None:
    """Waits until a picture can be used; where this app may not ask, it goes on after the usual time."""
    may_ask = True
    for _ in range(_LOOKS):
        reply = api.look(Call(path=f"/rest/images/{quote(notes[name], safe='')}"))
        if isinstance(reply, Refused):
            raise Stopped(reply)
        status = reply.said("status")
        if status == "AVAILABLE":
            return
        if status == "PROCESSING_FAILED":
            notes.forget(name)
            raise Stopped(Refused(f"{api.title} could not take a picture.", kind="media"))
        may_ask = reply.status != FORBIDDEN
        api.exchange.clock.wait(threading.Event(), _BETWEEN)
    if may_ask:
        told = f"{api.title} is still working on the pictures."
        raise Stopped(Refused(told, permanent=False, retry_after=timedelta(seconds=30)))
