"""The REST API of a WP site, with an application password.

Sources: "REST API Handbook" (WP-API/docs, 2025-06-04): posts, media, authentication.
Errors are ``{"code", "message", "data": {"status"}}``; their codes stand in wp-includes/rest-api of the server’s own source.
"""

import base64
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from scheduler.checks.objection import file_name, sizes
from scheduler.model.errors import ConfigurationError
from scheduler.model.graphic import Picture
from scheduler.model.network import Account
from scheduler.model.outcome import Refused, Uncertain
from scheduler.publishers import fields
from scheduler.publishers.addresses import Address, configured_address
from scheduler.publishers.answers import Reply, UnreadableReply, refusal
from scheduler.publishers.error_form import ErrorForm
from scheduler.publishers.exchange import Body, Call, Exchange, Secrets

_TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)
_GONE = frozenset({404, 410})
ERRORS = ErrorForm(fields=("code",), hint="look at its address in config.toml and at the site’s permalinks")
# Codes of the REST API that say something else than their status does.
_KINDS: Mapping[str, str] = {
    "incorrect_password": "auth",
    "invalid_username": "auth",
    "rest_cannot_create": "auth",
    "rest_disabled": "auth",  # as plugins say it that switch the REST API off
    "rest_cannot_edit": "auth",
    "rest_cannot_publish": "auth",
    "rest_forbidden": "auth",
    "rest_no_route": "auth",  # the REST API is switched off, or a plugin hides it
    "rest_not_logged_in": "auth",
    "rest_upload_unknown_error": "",
    "rest_upload_file_too_big": "media",
    "rest_upload_limited_space": "media",
    "rest_upload_no_content_disposition": "media",
    "rest_upload_image_type_not_supported": "media",
    "rest_upload_invalid_disposition": "media",
    "rest_upload_no_data": "media",
    "rest_upload_user_quota_exceeded": "media",
    "rest_invalid_param": "content",
}

# wp_handle_sideload and wp_check_filetype_and_ext: other messages of this code are the server's disk.
_NOT_SAVED, _NOT_ALLOWED = frozenset({"rest_upload_sideload_error", "rest_upload_unknown_error"}), "not allowed to upload this file type"
# PHP hands on nothing of a form above its ``post_max_size``: the site finds no file in it, and asks for its name (real 6.8.7). Of one
# above ``upload_max_filesize`` it hands on this reason.
_EMPTY_FORM, _LARGER_THAN = "rest_upload_no_content_disposition", "exceeds the upload_max_filesize"
_NOBODY = "there is no such user with this application password; if both are right, its web server withholds them from the site"
_SLOWEST = 100_000
"""Is how many bytes a second an upload must at least make; films are large and lines are slow."""


class SiteTrouble(Exception):
    """Is a call that did not do what it should; ``doubtful`` means that it may have taken effect all the same.

    ``twin`` is the number of what is there already in the place of what was to be made.
    """

    def __init__(self, refusal: Refused, *, doubtful: bool = False, gone: bool = False, twin: int = 0) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal
        self.doubtful = doubtful
        self.gone = gone
        self.twin = twin


class SiteSettingMissing(ConfigurationError):
    """Is an account of a site without its address or its user."""


@dataclass(frozen=True, slots=True)
class Site:
    """Is one site, seen by one of its users."""

    exchange: Exchange
    authorization: str

    def ask(self, call: Call) -> list[dict[str, Any]]:
        """Returns what a call answers with that readers see nothing of, an object as a list of one; raises SiteTrouble."""
        reply = self.exchange.look(self._signed(call))
        if isinstance(reply, Reply) and not self._is_elsewhere(reply):
            reply = self.exchange.judged(reply)
        return self._taken(reply, visible=False)

    def show(self, call: Call) -> list[dict[str, Any]]:
        """Returns the answer to the call after which readers see the post; raises SiteTrouble."""
        reply = self.exchange.show(self._signed(call))
        if isinstance(reply, Uncertain):
            raise SiteTrouble(Refused(reply.reason, permanent=False), doubtful=True)
        return self._taken(reply, visible=True)

    def one(self, call: Call) -> dict[str, Any]:
        """Returns the one object that such a call answers with; raises SiteTrouble."""
        return self._only(self.ask(call), visible=False)

    def show_one(self, call: Call) -> dict[str, Any]:
        """Returns the one object of a call after which readers see the post; raises SiteTrouble."""
        return self._only(self.show(call), visible=True)

    def upload(self, source: Body, picture: Picture, name: str) -> tuple[str, str]:
        """Puts a picture or film into the media library; returns its number and its address. Raises SiteTrouble.

        A film goes in a form, which PHP writes to its disk: of a bare file, the site holds twice the size in its memory (real 6.8.7).
        """
        call = Call(path="/wp-json/wp/v2/media", method="POST", patience=60.0 + picture.bytes / _SLOWEST, once=True)
        if picture.video is None:
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Type": picture.mime}
            call = replace(call, content=source, headers=headers)
        else:
            call = replace(call, files={"file": (name, source, picture.mime)})
        reply = self.exchange.look(self._signed(call))
        if isinstance(reply, Reply):
            reply = self._too_large(reply, picture) or self._unsaved(reply) or self.exchange.judged(reply)
        answer = self._only(self._taken(reply, visible=False), visible=False)
        return self.numbered(answer), fields.address(answer, "source_url")

    def uploaded(self, slug: str) -> tuple[str, str] | None:
        """Returns number and address of what is in the library under a name, whose upload's answer was lost. Raises SiteTrouble."""
        row = next(iter(self.ask(Call(path="/wp-json/wp/v2/media", params={"slug": slug}))), {})
        number, address = fields.number(row, "id"), fields.address(row, "source_url")
        return (str(number), address) if number and address else None

    def numbered(self, answer: Mapping[str, Any]) -> str:
        """Returns the number of what was made without readers seeing it; raises SiteTrouble where it has none."""
        number = fields.number(answer, "id")
        if number is None or number <= 0:
            raise SiteTrouble(self._unreadable())
        return str(number)

    def _too_large(self, reply: Reply, picture: Picture) -> Refused | None:
        """Returns that a file is larger than the site or the server before it lets through; how large one may be, neither tells before."""
        codes = {"rest_upload_file_too_big", *([_EMPTY_FORM] if picture.video else [])}
        is_told = reply.said("code") in codes or _LARGER_THAN in _said(reply)
        if reply.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE and not is_told:
            return None
        size, _ = sizes(picture.bytes, 0)
        told = f"{self.exchange.title} takes no file as large as “{file_name(picture)}” ({size})."
        more = "Make it smaller, or have the site’s limits raised (PHP’s upload_max_filesize and post_max_size)."
        return Refused(f"{told} {more}", kind="media")

    def _unsaved(self, reply: Reply) -> Refused | None:
        """Returns what is wrong with a file that the server does not take, which it tells with the status of its own trouble (500)."""
        said = _said(reply)
        if reply.said("code") not in _NOT_SAVED or _NOT_ALLOWED not in said:
            return None
        return refusal(self.exchange.title, reply.status, said, "media")

    def remove(self, number: str) -> None:
        """Deletes a picture from the media library for good; one that is gone is fine. Raises SiteTrouble."""
        try:
            self.ask(Call(path=f"/wp-json/wp/v2/media/{number}", method="DELETE", params={"force": "true"}))
        except SiteTrouble as trouble:
            if not trouble.gone:
                raise

    def media_named(self, name: str) -> tuple[str, ...]:
        """Returns the numbers of what was uploaded as a file of this name, which is its slug; raises SiteTrouble."""
        rows = self.ask(Call(path="/wp-json/wp/v2/media", params={"slug": name, "per_page": "10"}))
        return tuple(self.numbered(row) for row in rows if row.get("slug") == name)

    def _only(self, rows: list[dict[str, Any]], *, visible: bool) -> dict[str, Any]:
        if len(rows) == 1:
            return rows[0]
        raise SiteTrouble(self._unreadable(), doubtful=visible)

    def _unreadable(self) -> Refused:
        return Refused(f"{self.exchange.title} answered with something that is not an answer of its REST API.", permanent=False)

    def _signed(self, call: Call) -> Call:
        return replace(call, headers={**call.headers, "Authorization": self.authorization})

    def _taken(self, reply: Reply | Refused, *, visible: bool) -> list[dict[str, Any]]:
        if isinstance(reply, Refused):
            raise SiteTrouble(reply)
        if self._is_elsewhere(reply):
            told = f"{self.exchange.title} answered with a page instead of its API ({reply.status}). If that lasts, {ERRORS.hint}."
            raise SiteTrouble(Refused(told, permanent=False))
        if not reply.is_success:
            raise self._trouble(reply)
        try:
            return reply.rows() if reply.body.lstrip().startswith(b"[") else [reply.table()]
        except UnreadableReply as error:
            raise SiteTrouble(self._unreadable(), doubtful=visible) from error

    def _is_elsewhere(self, reply: Reply) -> bool:
        """Tells whether the site itself sends us to one of its pages: with “plain” permalinks it has no REST API where others have it."""
        if not HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
            return False
        target = reply.headers.get("location", "")
        return target.startswith(("/", f"{self.exchange.address.base}/"))

    def _trouble(self, reply: Reply) -> SiteTrouble:
        """Returns what an error of the REST API means."""
        code, hidden = reply.said("code"), _hidden(reply)
        if code == "rest_not_logged_in" or hidden == HTTPStatus.UNAUTHORIZED:
            return SiteTrouble(refusal(self.exchange.title, reply.status, _NOBODY, "auth"))
        twin = fields.number(fields.table(reply.table(), "data"), "term_id") if code == "term_exists" else None
        kind = "auth" if hidden else _KINDS.get(code)
        told = refusal(self.exchange.title, reply.status, _said(reply), kind)
        return SiteTrouble(told, gone=reply.status in _GONE, twin=twin or 0)


def _said(reply: Reply) -> str:
    """Returns the site's own words, without the markup that some of them have."""
    return html.unescape(_TAG.sub("", reply.said("message")))


def _hidden(reply: Reply) -> int:
    """Returns the status within an answer to those who may not see drafts: the right stands within a parameter that is called invalid.

    It is 401 for somebody who is not signed in, and 403 for a user without that right; 0 in any other answer.
    """
    if reply.said("code") != "rest_invalid_param":
        return 0
    data = fields.table(reply.table(), "data")
    if "status" not in fields.table(data, "params"):
        return 0
    return fields.number(fields.table(data, "details", "status", "data"), "status") or HTTPStatus.FORBIDDEN


def open_site(account: Account, secret: Callable[[], str], make: Callable[[Address, Secrets], Exchange]) -> Site:
    """Returns the site of an account; ``make`` opens the exchange from an address and the secrets.

    ``secret`` is called once all else is known to be right; what it raises goes through.

    Raises:
        SiteSettingMissing: ``url`` or ``user`` is not in config.toml.
        UnsafeAddress: ``url`` is no address to send a password to.
    """
    name, settings = account.name, account.settings
    for key in ("url", "user"):
        if not settings.get(key):
            raise SiteSettingMissing(f"The account {name} has no {key}.", f"Add it to [accounts.{name}].")
    address = configured_address(settings["url"], f"url of [accounts.{name}]")
    secrets = Secrets()
    word = base64.b64encode(f"{settings['user']}:{secrets.add(secret())}".encode()).decode()
    return Site(make(address, secrets), f"Basic {secrets.add(word)}")
