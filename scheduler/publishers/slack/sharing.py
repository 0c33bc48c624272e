"""Shares films with a channel, and the pictures beside them: the end of their uploads is the call that makes them visible.

No block shows a film that Slack keeps ("Slack file object": PNG, JPEG, GIF; "Video block": an address elsewhere), so that a post with one
is a message with files. Sources: files.completeUploadExternal (docs.slack.dev, 2026): with ``channel_id`` it shares them, it "can only be
called once", and files whose upload is never ended "will be discarded"; files.info, errors and ``shares`` (slack-ruby/slack-api-ref).
The message may come later than the answer: slackapi/bolt-js#2115.
"""

import json
import threading
from collections.abc import Mapping, Sequence

from scheduler.model.outcome import Refused, Uncertain
from scheduler.model.outgoing import Media, Outgoing
from scheduler.publishers.notes import ASKED, Notes
from scheduler.publishers.slack.api import Api
from scheduler.publishers.slack.pictures import BETWEEN, LOOKS, brought, name_of
from scheduler.publishers.slack.reading import shared_at
from scheduler.publishers.slack.text import block

_GONE = "file_not_found"


def is_shared(outgoing: Outgoing) -> bool:
    """Tells whether a post is a message with files: one with a film is."""
    return any(item.picture.video for item in outgoing.media)


def files_of(outgoing: Outgoing, ids: Mapping[str, str]) -> list[str]:
    """Returns the ids of the files that are at Slack for a message with files."""
    known = (ids.get(_name(number), "") for number in range(len(outgoing.media))) if is_shared(outgoing) else ()
    return [file for file in known if file]


def all_brought(api: Api, outgoing: Outgoing, notes: Notes) -> list[str]:
    """Returns the id of each file, which is committed when its bytes are there; raises Stopped or PictureError."""
    for number, item in enumerate(outgoing.media):
        if not notes[_name(number)]:
            notes.keep(_name(number), brought(api, item, number, notes))
    return files_of(outgoing, notes.ids)


def shared(api: Api, outgoing: Outgoing, files: Sequence[str], notes: Notes) -> Refused | Uncertain | None:
    """Makes the visible call; None where Slack has taken it."""
    again = notes.ask()
    titles = [{"id": file, "title": _title(item, number)} for number, (file, item) in enumerate(zip(files, outgoing.media, strict=True))]
    words = {"blocks": json.dumps([block(outgoing)], ensure_ascii=False)} if outgoing.text else {}
    form = {"files": json.dumps(titles, ensure_ascii=False), "channel_id": api.channel, **words}
    found = api.show("files.completeUploadExternal", form=form, known=frozenset({_GONE}))
    if not isinstance(found, dict):
        return found
    return None if found.get("ok") is True else _gone(api, files, notes, again=again)


def stamp_of(api: Api, files: Sequence[str]) -> tuple[str, bool]:
    """Returns which message of the channel shows the files, after a while if need be, and whether their upload was ended.

    Where there are none, where none was shown, and where this app may not ask about files, there is nothing to return. Raises Stopped.
    """
    for _ in range(LOOKS if files else 0):
        _, found = api.look("files.info", file=files[0])
        if found.get("ok") is not True:
            return "", False
        if stamp := shared_at(found.get("file"), api.channel):
            return stamp, True
        api.exchange.clock.wait(threading.Event(), BETWEEN)
    return "", bool(files)


def _gone(api: Api, files: Sequence[str], notes: Notes, *, again: bool) -> Refused | Uncertain:
    """Returns what it means that there is no upload to end: an earlier call has ended it, or it was thrown away unused."""
    if again and api.look("files.info", file=files[0])[1].get("error") != _GONE:
        return Uncertain(f"{api.title} was given this film before and does not say what became of it; it may be there.")
    notes.forget(ASKED, *(name for name in notes.ids if name.startswith(_name(""))))
    return Refused(f"{api.title} does not keep what was uploaded any more; it is uploaded again.", permanent=False)


def _title(item: Media, number: int) -> str:
    """Returns what stands above a file: a film's description, for which there is no other place."""
    return " ".join(item.alt.split()) if item.picture.video and item.alt.strip() else name_of(item, number)


def _name(number: int | str) -> str:
    return f"brought-{number}"
