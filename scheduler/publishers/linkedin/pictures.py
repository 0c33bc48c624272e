"""Puts pictures where LinkedIn keeps them: a place is asked for, the bytes go there in one piece, and their processing is waited for.

Source: "Images API" (li-lms-2026-01).
"""

from scheduler.model.graphic import Picture
from scheduler.model.outcome import Refused
from scheduler.model.outgoing import LinkCard, Outgoing
from scheduler.publishers import fields
from scheduler.publishers.exchange import Call
from scheduler.publishers.files import picture_bytes
from scheduler.publishers.linkedin.api import Api
from scheduler.publishers.linkedin.films import film
from scheduler.publishers.linkedin.processing import PICTURE, await_ready, put_bytes
from scheduler.publishers.notes import Notes
from scheduler.publishers.steps import Stopped


def uploaded(api: Api, outgoing: Outgoing, notes: Notes) -> list[str]:
    """Returns the URN of each picture and film; it is committed when the bytes are there. Raises Stopped or PictureError."""
    return [
        _image(api, item.picture, f"image-{number}", notes)
        if item.picture.video is None
        else film(api, item.picture, f"video-{number}", notes)
        for number, item in enumerate(outgoing.media)
    ]


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
        put_bytes(api, fields.words(value, "uploadUrl"), data)
        notes.keep(name, image)
    await_ready(api, PICTURE, notes, name)
    return notes[name]
