"""Sends films by the network's video service, which makes them playable and lays them into the account's own server.

Sources: lexicons app.bsky.video.* and com.atproto.server.getServiceAuth (bluesky-social/atproto, 2026-08-20).
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from scheduler.model.graphic import Picture
from scheduler.model.outcome import Refused
from scheduler.model.plain import line
from scheduler.publishers import fields
from scheduler.publishers.answers import Reply, UnreadableReply, refusal
from scheduler.publishers.bluesky.record import Blob, as_blob
from scheduler.publishers.bluesky.session import TITLE, Session
from scheduler.publishers.exchange import Body, Call, Exchange, bearer
from scheduler.publishers.files import sending_time

_HALF_AN_HOUR: Final = 1_800
_LONGEST_WAIT: Final = 150.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 8.0
_LONGEST_SAYING: Final = 300
_PATIENCE: Final = 120.0


@dataclass(frozen=True, slots=True)
class Films:
    """Sends films of the account that is signed in, by ``service``."""

    session: Session
    service: Exchange

    def upload(self, film: Picture, source: Body) -> Blob | Refused:
        """Returns the reference to a film once it can be shown; one that is there already is not worked on again."""
        tokens = self.session.tokens()
        pass_ = self._pass()
        if isinstance(tokens, Refused):
            return tokens
        if isinstance(pass_, Refused):
            return pass_
        call = Call(
            method="POST",
            path="/xrpc/app.bsky.video.uploadVideo",
            params={"did": tokens.did, "name": f"{film.sha256[:24]}.mp4"},
            content=source,
            headers={"Content-Type": film.mime},
            patience=_PATIENCE + sending_time([film]),
        )
        reply = self.service.ask(bearer(call, pass_))
        return reply if isinstance(reply, Refused) else self._done(reply)

    def _pass(self) -> str | Refused:
        """Returns what lets the service lay the film into the account's server, and do nothing else, for half an hour."""
        described = self.session.ask(Call(path="/xrpc/com.atproto.server.describeServer"))
        if isinstance(described, Refused):
            return described
        until = int(self.service.clock.now().timestamp()) + _HALF_AN_HOUR
        asked = {"aud": described.said("did"), "lxm": "com.atproto.repo.uploadBlob", "exp": str(until)}
        reply = self.session.ask(Call(path="/xrpc/com.atproto.server.getServiceAuth", params=asked, brings_secret=True))
        if isinstance(reply, Refused):
            return reply
        try:
            found = fields.words(reply.table(), "token") if reply.is_success else ""
        except UnreadableReply:
            found = ""
        if not found:
            said = reply.said("message", "error") or f"it answers {reply.status}"
            return Refused(
                f"{TITLE} sends no films for this account, as its server lets nobody lay them in: {said.rstrip('.')}.", kind="media"
            )
        return self.service.secrets.add(found)

    def _done(self, reply: Reply) -> Blob | Refused:
        """Returns the reference once the service has finished; 409 says that it knows the film."""
        state = _state(reply)
        if not state and not (reply.is_success or reply.status == HTTPStatus.CONFLICT):
            kind = "auth" if reply.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} else "media"
            return refusal(TITLE, reply.status, reply.said("message", "error"), kind)
        clock, never, pause = self.service.clock, threading.Event(), _FIRST_PAUSE
        until = clock.monotonic() + _LONGEST_WAIT
        while not (ended := _ended(state)) and clock.monotonic() < until:
            job = fields.name(state, "jobId")
            if not job:
                return Refused(f"{TITLE} took a film and gave no number for it.", permanent=False)
            clock.wait(never, pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            asked = self.service.ask(Call(path="/xrpc/app.bsky.video.getJobStatus", params={"jobId": job}))
            if isinstance(asked, Refused):
                return asked
            state = _state(asked)
        return ended or Refused(f"{TITLE} is still working on a film.", permanent=False)


def _ended(state: Mapping[str, Any]) -> Blob | Refused | None:
    """Returns what came of a film; None while it is being worked on."""
    if blob := as_blob(state.get("blob")):
        return blob
    if state.get("state") == "JOB_STATE_FAILED":
        said = line(fields.words(state, "message") or fields.words(state, "error"), _LONGEST_SAYING) or "it does not say why"
        return Refused(f"{TITLE} cannot make this film playable: {said.rstrip('.')}.", kind="media")
    return None


def _state(reply: Reply) -> Mapping[str, Any]:
    """Returns what the service says of a film; the answer to an upload says it bare, later ones within ``jobStatus``."""
    try:
        table = reply.table()
    except UnreadableReply:
        return {}
    found = table.get("jobStatus", table)
    return found if isinstance(found, dict) and (found.get("jobId") or found.get("blob")) else {}
