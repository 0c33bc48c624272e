"""Brings pictures to X: in one piece, or, where they move, piece by piece, so that X can make of them what plays in its app.

Sources: xdevplatform/docs (2026-08-22), the requests below ``/2/media/upload`` of openapi.json, "Chunked Media Upload", "Best practices".
"""

import base64
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from scheduler.model.animations import Animations
from scheduler.model.graphic import Picture
from scheduler.model.outcome import Refused
from scheduler.publishers import fields
from scheduler.publishers.exchange import Call
from scheduler.publishers.files import picture_bytes
from scheduler.publishers.steps import Stopped
from scheduler.publishers.x.api import Api
from scheduler.publishers.x.reading import number_of

_PIECE = 1024 * 1024
_LOOKS, _SHORTEST, _LONGEST = 30, 1.0, 10.0
_PATIENCE = 90.0


def uploaded(api: Api, picture: Picture, animations: Animations) -> str:
    """Returns the number of a picture once it can be shown; raises Stopped or PictureError."""
    data = picture_bytes(picture)
    if animations.moves(picture):
        return _in_pieces(api, picture.mime, data)
    body = {"media": base64.b64encode(data).decode(), "media_category": "tweet_image"}
    return _number(api, fields.table(api.table(Call(path="/2/media/upload", method="POST", json=body, patience=_PATIENCE)), "data"))


def _in_pieces(api: Api, mime: str, data: bytes) -> str:
    begun = {"media_category": "tweet_gif", "media_type": mime, "total_bytes": len(data)}
    number = _number(api, _told(api, "initialize", begun))
    for place, start in enumerate(range(0, len(data), _PIECE)):
        piece = base64.b64encode(data[start : start + _PIECE]).decode()
        body = {"media": piece, "segment_index": place}
        api.ask(Call(path=f"/2/media/upload/{number}/append", method="POST", json=body, patience=_PATIENCE))
    _await(api, number, _told(api, f"{number}/finalize", None))
    return number


def _told(api: Api, step: str, body: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return fields.table(api.table(Call(path=f"/2/media/upload/{step}", method="POST", json=body, patience=_PATIENCE)), "data")


def _await(api: Api, number: str, told: Mapping[str, Any]) -> None:
    """Waits until X has worked on a picture; where it says nothing of that, there is nothing to wait for."""
    for _ in range(_LOOKS):
        work = fields.table(told, "processing_info")
        state = fields.words(work, "state")
        if state in {"", "succeeded"}:
            return
        if state == "failed":
            told_so = f"{api.title} cannot make a picture of this post move: save it with fewer pixels or fewer frames."
            raise Stopped(Refused(told_so, kind="media"))
        wait = fields.number(work, "check_after_secs") or 0
        api.exchange.clock.wait(threading.Event(), min(max(float(wait), _SHORTEST), _LONGEST))
        asked = Call(path="/2/media/upload", params={"command": "STATUS", "media_id": number})
        told = fields.table(api.table(asked), "data")
    raise Stopped(Refused(f"{api.title} is still working on a picture that moves.", permanent=False, retry_after=timedelta(minutes=1)))


def _number(api: Api, told: Mapping[str, Any]) -> str:
    found = number_of(told)
    if not found:
        raise Stopped(Refused(f"{api.title} took a picture and gave no number for it; it is tried again.", permanent=False))
    return found
