"""Calls to Slack's Web API: how they are signed, and what its refusals mean.

Source: "Methods" of docs.slack.dev with their errors (slack-ruby/slack-api-ref, 2026-08-20).
Answers are ``{"ok", "error"}`` with the status 200, whatever went wrong.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from scheduler.model.outcome import Refused, Uncertain
from scheduler.publishers import fields
from scheduler.publishers.answers import Reply, UnreadableReply, refusal
from scheduler.publishers.error_form import ErrorForm
from scheduler.publishers.exchange import Call, Exchange, bearer
from scheduler.publishers.steps import Stopped

_RIGHTS: Mapping[str, str] = {
    "account_inactive": "the bot or its workspace was removed",
    "app_access_restricted": "this app may not be used",
    "channel_not_found": "the bot does not know the channel: invite it there",
    "ekm_access_denied": "an administrator has forbidden messages there",
    "invalid_auth": "the token is none",
    "is_archived": "the channel is archived",
    "missing_scope": "the app lacks a scope that this needs",
    "not_in_channel": "the bot is not in the channel: invite it there",
    "posting_to_channel_denied": "the bot may not write in the channel",
    "restricted_action": "the workspace does not let the bot write",
    "restricted_action_read_only_channel": "nobody may write in the channel",
    "restricted_action_thread_only_channel": "the channel takes answers alone",
    "channel_is_limited_access": "the bot may not see the channel",
    "storage_limit_reached": "the workspace has no room for files left",
    "file_uploads_disabled": "the workspace takes no files",
    "token_expired": "the token has expired",
    "token_revoked": "the token was revoked",
}
_OTHER_RIGHTS = frozenset(
    [
        "access_denied",
        "accesslimited",
        "enterprise_is_restricted",
        "duplicate_channel_not_found",
        "method_not_supported_for_channel_type",
        "team_access_not_granted",
        "unknown_method",
        "invalid_channel",
        "is_bot",
        "messages_tab_disabled",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_not_found",
        "two_factor_setup_required",
    ]
)
_MEDIA = frozenset(
    [
        "alt_txt_too_large",
        "file_type_not_allowed",
        "file_uploads_except_images_disabled",
        "file_update_failed",
        "file_upload_size_restricted",
        "missing_file_data",
        "slack_connect_file_upload_sharing_blocked",
        "slack_connect_file_link_sharing_blocked",
    ]
)
_CODE = re.compile(r"[a-z_]{3,60}")
_SCOPE = re.compile(r"[a-z.]{2,30}:[a-z.]{2,30}")
_RATE = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# "It's possible some aspect of the operation succeeded before the error was raised."
_OPEN = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})
_LATER = frozenset({"team_added_to_org", "file_not_found"})
_NOT_READY = "invalid slack file"
_A_MOMENT = timedelta(seconds=15)
ERRORS = ErrorForm(fields=("ok",))


@dataclass(frozen=True, slots=True)
class Api:
    """Is one bot's door to its workspace; ``channel`` is where it writes, by its id."""

    exchange: Exchange
    token: str
    channel: str

    @property
    def title(self) -> str:
        """Returns the network's name in sentences."""
        return self.exchange.title

    def table(self, method: str, **form: str) -> dict[str, Any]:
        """Returns the answer to a method that readers see nothing of; raises Stopped where it refuses, or makes no sense."""
        found = self.look(method, **form)[1]
        if found.get("ok") is not True:
            raise Stopped(self.refusal(found))
        return found

    def look(self, method: str, **form: str) -> tuple[Mapping[str, str], dict[str, Any]]:
        """Returns the headers and the answer, whatever it is; raises Stopped where there is none that can be read."""
        reply = self.exchange.ask(bearer(Call(path=f"/api/{method}", method="POST", form=form), self.token))
        if isinstance(reply, Refused):
            raise Stopped(reply)
        try:
            return reply.headers, reply.table()
        except UnreadableReply as error:
            raise Stopped(self._unreadable(reply)) from error

    def show(
        self,
        method: str,
        body: Mapping[str, Any] | None = None,
        *,
        form: Mapping[str, str] | None = None,
        known: AbstractSet[str] = frozenset(),
    ) -> dict[str, Any] | Refused | Uncertain:
        """Returns the answer to the call that readers see something of, where it says that it was done, or names a ``known`` error."""
        call = Call(path=f"/api/{method}", method="POST", json=body, form=form, patience=60.0)
        reply = self.exchange.show(bearer(call, self.token))
        if not isinstance(reply, Reply):
            return reply
        try:
            found = reply.table()
        except UnreadableReply:
            doubt = Uncertain(f"{self.title} answered with something that is not an answer of its API; the message may be there.")
            return doubt if reply.is_success else self._unreadable(reply)
        if found.get("ok") is True or fields.words(found, "error") in known:
            return found
        code = found.get("error")
        if not isinstance(code, str) and not reply.is_success:
            return self._unreadable(reply)
        if not isinstance(code, str) or code in _OPEN:
            return Uncertain(f"{self.title} answered with an error of its own; the message may be there.")
        return self.refusal(found)

    def refusal(self, found: Mapping[str, Any]) -> Refused:
        """Returns what an error means."""
        told = found.get("error")
        code = told if isinstance(told, str) and _CODE.fullmatch(told) else ""
        if not code:
            return Refused(f"{self.title} refused this and does not say why; it is tried again.", permanent=False)
        if code in _RATE:
            return Refused(f"{self.title} asks us to wait: too many messages.", permanent=False, retry_after=_A_MOMENT, kind="rate")
        if code in _OPEN | _LATER or (code == "invalid_blocks" and _NOT_READY in str(found.get("errors"))):
            return Refused(f"{self.title} was not ready: {code}.", permanent=False, retry_after=_A_MOMENT)
        if code in _RIGHTS or code in _OTHER_RIGHTS:
            return refusal(self.title, 0, f"{_RIGHTS.get(code, code)}{_needed(found)}", "auth")
        return refusal(self.title, 0, code, "media" if code in _MEDIA else "content")

    def _unreadable(self, reply: Reply) -> Refused:
        if reply.is_success:
            return Refused(f"{self.title} answered with something that is not an answer of its API.", permanent=False)
        return refusal(self.title, reply.status)


def _needed(found: Mapping[str, Any]) -> str:
    """Returns the scope that lacks, where it is told."""
    needed = found.get("needed")
    return f" ({needed})" if isinstance(needed, str) and _SCOPE.fullmatch(needed) else ""
