"""Puts films where LinkedIn keeps them: places are asked for, each part goes to its own, and what answers it names them as one film.

Source: "Videos API" (li-lms-2026-06): initializeUpload, parts of 4 MB with the ETag of each, finalizeUpload, Get a video.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from scheduler.model.graphic import Picture
from scheduler.model.outcome import Refused
from scheduler.publishers import fields
from scheduler.publishers.exchange import Call
from scheduler.publishers.files import Frozen, measured
from scheduler.publishers.linkedin.api import Api
from scheduler.publishers.linkedin.processing import FILM, await_ready, put_bytes
from scheduler.publishers.notes import Notes, still_sending
from scheduler.publishers.steps import Stopped

_LARGEST: Final = 64 * 1024 * 1024
"""Is how many bytes a part may have at most that is held in memory; LinkedIn asks for 4 MB."""
_LONGEST_NAME: Final = 4_096


@dataclass(frozen=True, slots=True)
class _Places:
    """Is the name that a film gets, the token that belongs to its upload, and the address and length of each part."""

    video: str
    token: str
    parts: tuple[tuple[str, int], ...]


def film(api: Api, picture: Picture, name: str, notes: Notes) -> str:
    """Returns the URN of a film; it is committed when LinkedIn has all of it, and it can be used. Raises Stopped or PictureError."""
    beat = still_sending(notes.commit, api.exchange.clock)
    if not notes[name]:
        with measured(picture, beat) as source:
            places = _begun(api, picture)
            parts = [_sent(api, source, address, size) for address, size in places.parts]
        done = {"video": places.video, "uploadToken": places.token, "uploadedPartIds": parts}
        api.ask(_action("finalizeUpload", {"finalizeUploadRequest": done}))
        notes.keep(name, places.video)
    await_ready(api, FILM, notes, name, beat)
    return notes[name]


def _begun(api: Api, picture: Picture) -> _Places:
    asked = {"owner": api.author, "fileSizeBytes": picture.bytes, "uploadCaptions": False, "uploadThumbnail": False}
    value = fields.table(api.table(_action("initializeUpload", {"initializeUploadRequest": asked})), "value")
    video, parts = fields.name(value, "video"), _parts(value, picture.bytes)
    if not video or not parts:
        raise Stopped(Refused(f"{api.title} names no places for a film in a form that is known; it is tried again.", permanent=False))
    return _Places(video, fields.words(value, "uploadToken"), parts)


def _parts(value: Mapping[str, Any], size: int) -> tuple[tuple[str, int], ...]:
    """Returns where each part goes and how long it is; nothing where they are not one film from its first byte to its last."""
    found, begins = [], 0
    for each in fields.tables(value.get("uploadInstructions")):
        first, last = fields.number(each, "firstByte"), fields.number(each, "lastByte")
        if first != begins or last is None or not first <= last < min(size, first + _LARGEST):
            return ()
        found.append((fields.words(each, "uploadUrl"), last + 1 - first))
        begins = last + 1
    return tuple(found) if begins == size else ()


def _sent(api: Api, source: Frozen, address: str, size: int) -> str:
    """Sends the next part of a film and returns what LinkedIn calls it."""
    reply = put_bytes(api, address, source.read(size))
    name = reply.headers.get("etag", "").strip('"')
    if not name or len(name) > _LONGEST_NAME:
        raise Stopped(Refused(f"{api.title} took a part of a film and gave no name for it; it is tried again.", permanent=False))
    return name


def _action(action: str, body: Mapping[str, Any]) -> Call:
    return Call(path="/rest/videos", method="POST", params={"action": action}, json=body)
