"""Uploads pictures and waits until the server has made them ready."""

import json
import threading
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Final

from scheduler.model.outcome import Refused
from scheduler.model.outgoing import Media, Outgoing
from scheduler.publishers.answers import Reply, UnreadableReply, refusal
from scheduler.publishers.contract import Remember
from scheduler.publishers.exchange import Body, Call
from scheduler.publishers.fields import name as id_of
from scheduler.publishers.files import PictureError, all_measured, ending, sending_time
from scheduler.publishers.mastodon.server import Server
from scheduler.publishers.notes import still_sending

_UPLOAD_PATIENCE = 120.0
_LONGEST_READYING = 60.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0
_NEWEST = "/api/v2/media"
_OLD_SERVER: Final[frozenset[int]] = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})


def known_media(ids: Mapping[str, str]) -> list[str]:
    """Returns the ids of the pictures that are uploaded already, in their order."""
    found: list[str] = json.loads(ids.get("media") or "[]")
    return found


def uploaded(server: Server, outgoing: Outgoing, ids: Mapping[str, str], remember: Remember) -> list[str] | Refused:
    """Returns the ids of all pictures, uploading those that are missing; each id is committed before the next step."""
    found = known_media(ids)
    try:
        with all_measured((item.picture for item in outgoing.media), still_sending(remember, server.exchange.clock)) as sources:
            for number, (item, source) in enumerate(zip(outgoing.media, sources, strict=True)):
                if number < len(found):
                    continue
                # Some servers name what they keep after the file's name: one that was used before would replace an older post's picture.
                file_name = f"{ids['key'][:16]}-{number + 1}-{item.picture.sha256[:12]}{ending(item.picture)}"
                name = _begun(server, ids, number) or _upload(server, item, (file_name, source), partial(_note_begun, remember, number))
                if isinstance(name, Refused):
                    return name
                found.append(name)
                remember("media", json.dumps(found))
    except PictureError as error:
        return Refused(error.reason, permanent=error.permanent, kind="media")
    return found


def _begun(server: Server, ids: Mapping[str, str], number: int) -> str | Refused | None:
    """Returns the id of what an earlier try uploaded and the server was still working on; None where there is none, or it is lost."""
    which, _, name = ids.get("readying", "").partition(" ")
    if which != str(number) or not name:
        return None
    found = _ready(server, name)
    return None if isinstance(found, Refused) and found.permanent else found


def _note_begun(remember: Remember, number: int, name: str) -> None:
    remember("readying", f"{number} {name}")


def _upload(server: Server, item: Media, named: tuple[str, Body], begun: Callable[[str], None]) -> str | Refused:
    reply = _sent(server, item, named, _NEWEST)
    if isinstance(reply, Reply) and reply.status in _OLD_SERVER:
        older = _sent(server, item, named, "/api/v1/media")
        reply = reply if isinstance(older, Reply) and older.status in _OLD_SERVER else older  # there is neither
    if isinstance(reply, Reply):
        reply = server.exchange.judged(reply)
    if isinstance(reply, Refused):
        return reply
    if not reply.is_success:
        return _refused(server, reply)
    name = _name(reply)
    if not name:
        return Refused(f"{server.title} took a picture and gave no number for it.", permanent=False)
    if reply.status != HTTPStatus.ACCEPTED:
        return name
    begun(name)
    return _ready(server, name) or Refused(f"{server.title} has lost a picture of this post; it is uploaded again.", permanent=False)


def _refused(server: Server, reply: Reply) -> Refused:
    kind = None if reply.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} else "media"
    return refusal(server.title, reply.status, reply.said("error_description", "error", "message"), kind)


def _sent(server: Server, item: Media, named: tuple[str, Body], path: str) -> Reply | Refused:
    file = (*named, item.picture.mime)
    form = {"description": item.alt, **({"focus": "{:g},{:g}".format(*item.focus)} if item.focus is not None else {})}
    patience = _UPLOAD_PATIENCE + sending_time([item.picture])
    call = Call(method="POST", path=path, files={"file": file}, form=form, patience=patience, may_lack=path == _NEWEST)
    return server.ask(call)


def _ready(server: Server, name: str) -> str | Refused | None:
    """Returns the id once the picture or film can be attached, None where the server knows none of it.

    206 says that it is still being worked on, and 422 that it cannot be: ``processing_error`` of Mastodon's media_controller.rb.
    """
    clock, never = server.exchange.clock, threading.Event()
    until, pause = clock.monotonic() + _LONGEST_READYING, _FIRST_PAUSE
    while clock.monotonic() < until:
        clock.wait(never, pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
        reply = server.ask(Call(path=f"/api/v1/media/{name}"))
        if isinstance(reply, Refused):
            return reply
        if reply.status == HTTPStatus.OK:
            return name
        if reply.status == HTTPStatus.NOT_FOUND:
            return None
        if reply.status != HTTPStatus.PARTIAL_CONTENT:
            return _refused(server, reply)
    return Refused(f"{server.title} is still working on what the post shows.", permanent=False)


def _name(reply: Reply) -> str:
    try:
        return id_of(reply.table(), "id")
    except UnreadableReply:
        return ""
