"""Puts pictures where Slack keeps files: a place is asked for, the bytes go there, the upload is ended, and Slack's look at it waited for.

Sources: files.getUploadURLExternal, files.completeUploadExternal, files.info (docs.slack.dev, 2026); that a file can be shown once its
type is known: slackapi/node-slack-sdk#1865 and #2040. A file that is shared with no channel is seen by nobody until a message shows it.
"""

import json
import threading

from scheduler.model.outcome import Refused
from scheduler.model.outgoing import Media, Outgoing
from scheduler.publishers import fields
from scheduler.publishers.answers import refusal
from scheduler.publishers.files import ending, picture_bytes
from scheduler.publishers.notes import Notes
from scheduler.publishers.places import put
from scheduler.publishers.slack.api import Api
from scheduler.publishers.steps import Stopped

_LOOKS, _BETWEEN = 8, 2.0


def uploaded(api: Api, outgoing: Outgoing, notes: Notes) -> list[str]:
    """Returns the id of each picture's file; it is committed when the bytes are there. Raises Stopped or PictureError."""
    return [_file(api, item, number, notes) for number, item in enumerate(outgoing.media)]


def name_of(item: Media, number: int) -> str:
    """Returns the name of a picture's file, which says nothing of where it lay before."""
    return f"picture-{number + 1}{ending(item.picture)}"


def _file(api: Api, item: Media, number: int, notes: Notes) -> str:
    name = f"file-{number}"
    if not notes[name]:
        data = picture_bytes(item.picture)
        described = {"alt_txt": item.alt} if item.alt else {}
        place = api.table("files.getUploadURLExternal", filename=name_of(item, number), length=str(len(data)), **described)
        file = fields.name(place, "file_id")
        if not file:
            raise Stopped(Refused(f"{api.title} named a place for a picture and no number for it; it is tried again.", permanent=False))
        _put(api, fields.words(place, "upload_url"), data)
        api.table("files.completeUploadExternal", files=json.dumps([{"id": file, "title": name_of(item, number)}]))
        notes.keep(name, file)
    _await(api, notes[name])
    return notes[name]


def _put(api: Api, address: str, data: bytes) -> None:
    """Sends the bytes; the address itself is what allows it, and the token stays here."""
    put(api.exchange, address, data, "POST", {}, lambda reply: refusal(api.title, reply.status, kind="media"))


def _await(api: Api, file: str) -> None:
    """Waits until Slack knows what a file is; where this app may not ask, it goes on: what is too early is refused and comes again."""
    for _ in range(_LOOKS):
        _, found = api.look("files.info", file=file)
        shown = found.get("file")
        if found.get("ok") is not True or fields.words(shown, "mimetype"):
            return
        api.exchange.clock.wait(threading.Event(), _BETWEEN)
