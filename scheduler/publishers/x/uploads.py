"""Brings pictures and films to X: stills in one piece, what moves piece by piece, so that X can make of it what plays in its app.

Sources: xdevplatform/docs (2026-08-22), the requests below ``/2/media/upload`` of openapi.json, "Chunked Media Upload", "Best practices".
"""

import base64
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from scheduler.model.animations import Animations
from scheduler.model.graphic import Picture
from scheduler.model.outcome import Refused
from scheduler.model.plain import line
from scheduler.publishers import fields
from scheduler.publishers.exchange import Call
from scheduler.publishers.files import Beat, measured, picture_bytes
from scheduler.publishers.notes import Notes, still_sending
from scheduler.publishers.steps import Stopped, table_of
from scheduler.publishers.x.api import Api
from scheduler.publishers.x.reading import number_of

_PIECE = 1024 * 1024
_SHORTEST, _LONGEST = 1.0, 600.0
_AT_ONCE = 180.0
_PATIENCE = 90.0
_LONGEST_SAYING = 300
_UNKNOWN = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""Are the answers to a question after an upload that X does not know, or whose days are over; no page says which of them it is."""


def uploaded(api: Api, picture: Picture, animations: Animations, notes: Notes, name: str) -> str:
    """Returns the number of a picture or film once it can be shown; raises Stopped or PictureError.

    What X works on for a while is committed under :func:`begun_name` as soon as X has all of it: a later try waits on.
    """
    if picture.video is not None:
        return _worked_on(api, picture, _Kind("tweet_video", "film"), notes, begun_name(name))
    if animations.moves(picture):
        return _worked_on(api, picture, _Kind("tweet_gif", "picture that moves"), notes, begun_name(name))
    body = {"media": base64.b64encode(picture_bytes(picture)).decode(), "media_category": "tweet_image"}
    answer = api.table(Call(path="/2/media/upload", method="POST", json=body, patience=_PATIENCE))
    return _number(api, fields.table(answer, "data"), "picture")


def begun_name(name: str) -> str:
    """Returns the name under which it is committed that X has all of what gets a number under ``name``."""
    return f"{name}-begun"


@dataclass(frozen=True, slots=True)
class _Kind:
    """Is what X calls such an upload, and what people do."""

    category: str
    word: str


def _worked_on(api: Api, picture: Picture, kind: _Kind, notes: Notes, begun: str) -> str:
    beat = still_sending(notes.commit, api.exchange.clock)
    told = _known(api, notes[begun]) if notes[begun] else None
    if told is None:
        told = _in_pieces(api, picture, kind, beat)
        notes.keep(begun, _number(api, fields.table(told, "data"), kind.word))
    try:
        _await(api, notes[begun], told, kind, beat)
    except _Unusable as error:
        notes.forget(begun)
        raise Stopped(error.refused) from error
    return notes[begun]


def _in_pieces(api: Api, picture: Picture, kind: _Kind, beat: Beat) -> Mapping[str, Any]:
    """Sends all of it, read from the disk piece by piece, and returns what X says of the whole."""
    with measured(picture, beat) as source:
        asked = {"media_category": kind.category, "media_type": picture.mime, "total_bytes": picture.bytes}
        number = _number(api, fields.table(_told(api, "initialize", asked), "data"), kind.word)
        place = 0
        while piece := source.read(_PIECE):
            body = {"media": base64.b64encode(piece).decode(), "segment_index": place}
            api.ask(Call(path=f"/2/media/upload/{number}/append", method="POST", json=body, patience=_PATIENCE))
            place += 1
    return _told(api, f"{number}/finalize", None)


def _told(api: Api, step: str, body: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return api.table(Call(path=f"/2/media/upload/{step}", method="POST", json=body, patience=_PATIENCE))


def _known(api: Api, number: str) -> Mapping[str, Any] | None:
    """Returns what X says of what it was brought before; None where it knows none of it any more. Raises Stopped."""
    reply = api.look(_status(number))
    if isinstance(reply, Refused):
        raise Stopped(reply)
    if reply.status in _UNKNOWN:
        return None
    if not reply.is_success:
        raise Stopped(api.refusal(reply))
    told = table_of(api.exchange, reply)
    return told if fields.table(told, "data") else None  # what is not found stands among the errors of a success, too


def _status(number: str) -> Call:
    return Call(path="/2/media/upload", params={"command": "STATUS", "media_id": number})


class _Unusable(Exception):
    """Ends the waiting for what X cannot make anything of, or has no more."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


def _await(api: Api, number: str, told: Mapping[str, Any], kind: _Kind, beat: Beat) -> None:
    """Waits as X asks for until it has worked on it; where X says nothing of that, there is nothing to wait for."""
    clock, never = api.exchange.clock, threading.Event()
    until = clock.monotonic() + _AT_ONCE
    while True:
        work = fields.table(told, "data", "processing_info")
        state = fields.words(work, "state")
        if state in {"", "succeeded"}:
            return
        if state == "failed":
            raise _Unusable(_unusable(api, told, kind))
        wait = min(max(float(fields.number(work, "check_after_secs") or 0), _SHORTEST), _LONGEST)
        if clock.monotonic() + wait > until:
            later = timedelta(seconds=max(wait, 60.0))
            raise Stopped(Refused(f"{api.title} is still working on a {kind.word}.", permanent=False, retry_after=later))
        clock.wait(never, wait)
        beat()
        found = _known(api, number)
        if found is None:
            raise _Unusable(Refused(f"{api.title} has lost a {kind.word} of this post; it is uploaded again.", permanent=False))
        told = found


def _unusable(api: Api, told: Mapping[str, Any], kind: _Kind) -> Refused:
    """Returns what is wrong in X's own words: a problem beside the state in v2, an error within it as version 1.1 had it."""
    problem = next(iter(fields.tables(told.get("errors"))), {})
    older = fields.table(told, "data", "processing_info", "error")
    said = fields.words(problem, "detail") or fields.words(older, "message") or fields.words(problem, "title")
    said = line(api.exchange.secrets.removed(said), _LONGEST_SAYING).rstrip(".")
    if said:
        return Refused(f"{api.title} cannot use the {kind.word} of this post: {said}.", kind="media")
    hint = "export it again as MP4: H.264, with AAC sound" if kind.word == "film" else "save it with fewer pixels or fewer frames"
    return Refused(f"{api.title} cannot use the {kind.word} of this post and does not say why: {hint}.", kind="media")


def _number(api: Api, told: Mapping[str, Any], word: str) -> str:
    found = number_of(told)
    if not found:
        raise Stopped(Refused(f"{api.title} took a {word} and gave no number for it; it is tried again.", permanent=False))
    return found
