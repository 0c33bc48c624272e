"""Puts pictures and films where Slack keeps files: a place is asked for, and the bytes go there.

Sources: files.getUploadURLExternal, files.completeUploadExternal, files.info (docs.slack.dev, 2026); that a file can be shown once its
type is known: slackapi/node-slack-sdk#1865 and #2040. A file that is shared with no channel is seen by nobody until a message shows it.
"""

import json
import threading

from scheduler.model.outcome import Refused
from scheduler.model.outgoing import Media, Outgoing
from scheduler.publishers import fields
from scheduler.publishers.answers import refusal
from scheduler.publishers.exchange import Body
from scheduler.publishers.files import ending, measured
from scheduler.publishers.notes import Notes, still_sending
from scheduler.publishers.places import put
from scheduler.publishers.slack.api import Api
from scheduler.publishers.steps import Stopped

LOOKS, BETWEEN = 8, 2.0


def uploaded(api: Api, outgoing: Outgoing, notes: Notes) -> list[str]:
    """Returns the id of each picture's file; it is committed when the upload is ended. Raises Stopped or PictureError."""
    return [_ended(api, item, number, notes) for number, item in enumerate(outgoing.media)]


def name_of(item: Media, number: int) -> str:
    """Returns the name of a file, which says nothing of where it lay before."""
    return f"{'film' if item.picture.video else 'picture'}-{number + 1}{ending(item.picture)}"


def brought(api: Api, item: Media, number: int, notes: Notes) -> str:
    """Returns the id of a file whose bytes are at Slack, and whose upload is not ended yet; raises Stopped or PictureError."""
    # "Description of image for screen-reader": of films nothing is said.
    described = {"alt_txt": item.alt} if item.alt and not item.picture.video else {}
    with measured(item.picture, still_sending(notes.keep, api.exchange.clock)) as source:
        place = api.table("files.getUploadURLExternal", filename=name_of(item, number), length=str(item.picture.bytes), **described)
        file = fields.name(place, "file_id")
        if not file:
            raise Stopped(Refused(f"{api.title} named a place for a file and no number for it; it is tried again.", permanent=False))
        _put(api, fields.words(place, "upload_url"), source)
    return file


def _ended(api: Api, item: Media, number: int, notes: Notes) -> str:
    name = f"file-{number}"
    if not notes[name]:
        file = brought(api, item, number, notes)
        api.table("files.completeUploadExternal", files=json.dumps([{"id": file, "title": name_of(item, number)}]))
        notes.keep(name, file)
    _await(api, notes[name])
    return notes[name]


def _put(api: Api, address: str, source: Body) -> None:
    """Sends the bytes; the address itself is what allows it, and the token stays here."""
    put(api.exchange, address, source, "POST", {}, lambda reply: refusal(api.title, reply.status, kind="media"))


def _await(api: Api, file: str) -> None:
    """Waits until Slack knows what a file is; where this app may not ask, it goes on: what is too early is refused and comes again."""
    for _ in range(LOOKS):
        _, found = api.look("files.info", file=file)
        shown = found.get("file")
        if found.get("ok") is not True or fields.words(shown, "mimetype"):
            return
        api.exchange.clock.wait(threading.Event(), BETWEEN)
