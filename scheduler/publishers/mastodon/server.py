"""One server that speaks Mastodon's language: its door, the account's token, and what kind of server it is."""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from scheduler.config.secrets import SecretTrouble
from scheduler.model.outcome import Refused, Uncertain
from scheduler.model.plain import line
from scheduler.publishers.answers import Reply, UnreadableReply
from scheduler.publishers.contract import FORMAT, NO_POLLS
from scheduler.publishers.error_form import ErrorForm
from scheduler.publishers.exchange import Call, Exchange, bearer
from scheduler.publishers.fields import name as id_of
from scheduler.publishers.fields import number, words
from scheduler.publishers.unconnected import out_of_reach

# The key's life is an hour (app/services/post_status_service.rb, glitch-soc/mastodon 4.7.0-alpha.2, 2026-08-08); less is relied upon.
KEY_LIFE: Final = timedelta(minutes=55)
ERRORS: Final = ErrorForm(fields=("error", "errors"))
# GoToSocial is at 0.x and need not name itself; Mastodon has been past 1.0 since 2016.
_PLAIN_VERSION = re.compile(r"[1-9]\d*\.\d+\.\d+\S*")
# Servers that say they are 4.x and are not: how each names itself in its version or in its source's address.
_LONGEST_VERSION = 100
_TYPE, _MOST_TYPES = re.compile(r"(?:image|video)/[a-z0-9.+-]{1,40}"), 100
_OTHERS = ("snac", "pixelfed", "gotosocial", "pleroma", "akkoma", "friendica", "compatible", "takahe", "iceshrimp", "sharkey")

_UNKNOWN = "unknown"
_PECULIAR: Mapping[str, Mapping[str, int]] = {"pixelfed": {"picture_required": 1}, "snac": {NO_POLLS: 1}}


@dataclass(frozen=True, slots=True)
class Instance:
    """Is what a server says of itself; ``keeps_keys`` tells whether it answers a repeated key with the first post.

    ``markup`` tells that it reads a status as Markdown and HTML, and shows something else than what was typed.
    """

    software: str
    keeps_keys: bool
    limits: Mapping[str, int] = field(default_factory=dict)
    markup: bool = False

    @property
    def polls(self) -> bool:
        """Tells whether people can vote there."""
        return NO_POLLS not in self.limits


class Server:
    """Makes calls as one account of the server."""

    def __init__(self, exchange: Exchange, token: Callable[[], str]) -> None:
        self.exchange = exchange
        self.title = exchange.title
        self._token = token
        self._instance: Instance | None = None
        self._account: str = ""
        self._lock = threading.Lock()

    def ask(self, call: Call) -> Reply | Refused:
        """Makes an invisible call as the account."""
        signed = self._signed(call)
        return signed if isinstance(signed, Refused) else self.exchange.ask(signed)

    def show(self, call: Call) -> Reply | Refused | Uncertain:
        """Makes the visible call as the account."""
        signed = self._signed(call)
        return signed if isinstance(signed, Refused) else self.exchange.show(signed)

    def instance(self) -> Instance | Refused:
        """Returns what the server says of itself, asked until it has said what it is, and then no more while the program runs."""
        with self._lock:
            if self._instance is None:
                found = self._ask_instance()
                if isinstance(found, Refused) or found.software == _UNKNOWN:
                    return found
                self._instance = found
            return self._instance

    def account(self) -> str | Refused:
        """Returns the account's id on the server, asked once."""
        with self._lock:
            if not self._account:
                found = self.credentials()
                if isinstance(found, Refused):
                    return found
                self._account = id_of(found, "id")
            return self._account or Refused(f"{self.title} does not say which account this is.", permanent=False)

    def credentials(self) -> dict[str, Any] | Refused:
        """Returns the account as the server describes it to its owner."""
        reply = self.ask(Call(path="/api/v1/accounts/verify_credentials", may_lack=True))
        if isinstance(reply, Refused):
            return reply
        try:
            if reply.is_success:
                return reply.table()
        except UnreadableReply:
            return Refused(f"{self.exchange.address.host} does not answer as a Mastodon server does.", permanent=False)
        if reply.status == HTTPStatus.NOT_FOUND:
            return Refused(f"{self.exchange.address.host} is no Mastodon server.", permanent=False)
        said = reply.said("error_description", "error")
        detail = f" ({said.rstrip('.')})" if said else ""
        return Refused(f"{self.title} does not accept the account’s token{detail}.", permanent=False, kind="auth")

    def _signed(self, call: Call) -> Call | Refused:
        """Returns the call with the account's token as it is now; refused where that cannot be had any more, so that nothing was sent."""
        try:
            return bearer(call, self.exchange.secrets.add(self._token()))
        except SecretTrouble as lacking:
            return out_of_reach(lacking)

    def _ask_instance(self) -> Instance | Refused:
        strange = False
        for path in ("/api/v2/instance", "/api/v1/instance"):
            reply = self.ask(Call(path=path, may_lack=True))
            if isinstance(reply, Refused):
                return reply
            if reply.is_success:
                try:
                    return described(reply.table())
                except UnreadableReply:
                    strange = True
        if strange:
            return Refused(f"{self.exchange.address.host} does not answer as a Mastodon server does.", permanent=False)
        return Instance(_UNKNOWN, keeps_keys=False)


def described(table: Mapping[str, Any]) -> Instance:
    """Returns what ``/api/v2/instance`` or ``/api/v1/instance`` tells; what it leaves out stays as the network has it."""
    version, source = line(words(table, "version"), _LONGEST_VERSION), words(table, "source_url")
    told = f"{version} {source}".lower()
    other = next((name for name in _OTHERS if name in told), None)
    is_mastodon = other is None and _PLAIN_VERSION.fullmatch(version) is not None
    # Pixelfed shows pictures: "Empty statuses are not allowed" (pixelfed/pixelfed, ApiV1Controller, 2024-03-10).
    # snac2 2.75 answers a poll with “poll: null” and shows the words alone, as Markdown (tried on the server itself).
    limits = {**_limits(table), **_PECULIAR.get(other or "", {})}
    return Instance(f"Mastodon {version}" if is_mastodon else version or _UNKNOWN, is_mastodon, limits, markup=other == "snac")


# entities/V2_Instance of mastodon/documentation (2026-07-02): where each of our limits stands.
_PLACES: Mapping[str, tuple[str, str]] = {
    "text": ("statuses", "max_characters"),
    "link_length": ("statuses", "characters_reserved_per_url"),
    "pictures": ("statuses", "max_media_attachments"),
    "picture_bytes": ("media_attachments", "image_size_limit"),
    "picture_pixels": ("media_attachments", "image_matrix_limit"),
    "alt": ("media_attachments", "description_limit"),
    "video.bytes": ("media_attachments", "video_size_limit"),
    "video.pixels": ("media_attachments", "video_matrix_limit"),
    "poll.options": ("polls", "max_options"),
    "poll.characters": ("polls", "max_characters_per_option"),
}


def _limits(table: Mapping[str, Any]) -> dict[str, int]:
    configuration = table.get("configuration")
    found = {}
    for name, (group, key) in _PLACES.items():
        values = configuration.get(group) if isinstance(configuration, dict) else None
        value = number(values, key)
        if value is not None and value > 0:
            found[name] = value
    polls = configuration.get("polls") if isinstance(configuration, dict) else None
    shortest, longest = number(polls, "min_expiration"), number(polls, "max_expiration")
    found |= {"poll.shortest": -(-shortest // 60)} if shortest and shortest > 0 else {}  # seconds there, whole minutes here
    found |= {"poll.longest": longest // 60} if longest and longest >= 60 * found.get("poll.shortest", 1) else {}
    media = configuration.get("media_attachments") if isinstance(configuration, dict) else None
    types = media.get("supported_mime_types") if isinstance(media, dict) else None
    for kind in types[:_MOST_TYPES] if isinstance(types, list) else ():
        if isinstance(kind, str) and _TYPE.fullmatch(kind):
            found[f"{FORMAT}{kind}"] = 1
    return found
