"""What servers answer, in the words of an outcome: how long to wait, whose mistake it was, and what is left unknown."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from scheduler.model.outcome import Refused
from scheduler.model.plain import line

LONGEST_WAIT = timedelta(hours=24)
_SHORTEST_WAIT = timedelta(seconds=1)
_LONGEST_SAYING = 300
_USED_UP = "/usage-capped"
_AS_SECONDS = re.compile(r"\d{1,18}(?:\.\d+)?")
# Values above are moments in seconds since 1970, as RateLimit-Reset of the AT Protocol has them; below are seconds to wait.
_A_MOMENT = 1_000_000_000
_WAIT_HEADERS = ("retry-after", "ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")
_LEFT_HEADERS = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")
_RENEWED_HEADERS = ("ratelimit-reset", "x-ratelimit-reset-after", "x-ratelimit-reset", "x-rate-limit-reset")


class UnreadableReply(Exception):
    """Is an answer that is not in the form the network documents."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Is a server's whole answer; header names are in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_success(self) -> bool:
        """Tells whether the server did what it was asked to."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    def json(self) -> object:
        """Returns the body as JSON; raises UnreadableReply where it is none."""
        try:
            found = json.loads(self.body, parse_constant=_no_number, parse_float=_finite)
            if b"\\ud" in self.body or b"\\uD" in self.body:
                json.dumps(found, ensure_ascii=False).encode()  # half an emoji can be written in JSON, and nowhere else
        except (ValueError, RecursionError) as error:
            raise UnreadableReply("The answer is not JSON.") from error
        return found

    def table(self) -> dict[str, Any]:
        """Returns the body as a JSON object; raises UnreadableReply where it is none."""
        found = self.json()
        if not isinstance(found, dict):
            raise UnreadableReply("The answer is not a JSON object.")
        return found

    def rows(self) -> list[dict[str, Any]]:
        """Returns the body as a JSON list of objects; raises UnreadableReply where it is none."""
        found = self.json()
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise UnreadableReply("The answer is not a JSON list.")
        return found

    def said(self, *names: str) -> str:
        """Returns the server's own words from the first of the fields that holds any, shortened and on one line."""
        try:
            table = self.table()
        except UnreadableReply:
            return ""
        words = next((table[name] for name in names if isinstance(table.get(name), str) and table[name]), "")
        return line(words, _LONGEST_SAYING)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON's.")


def _finite(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError("The number is too large.")
    return found


def too_busy(title: str, reply: Reply, now: datetime) -> Refused:
    """Returns what too many requests (429) means: a wait, or credits that a person tops up, where its problem type says so (RFC 9457)."""
    if reply.said("type").endswith(_USED_UP):
        told = f"{title} has used up what was paid for: top up its credits before anything more is sent."
        return Refused(told, permanent=False, kind="restricted")
    return Refused(f"{title} asks us to wait: too many requests.", permanent=False, retry_after=waiting_time(reply, now), kind="rate")


def waiting_time(reply: Reply, now: datetime) -> timedelta | None:
    """Returns how long the server asks us to wait, between a second and a day; None where it says nothing sensible.

    It reads ``Retry-After`` in seconds or as an HTTP date (RFC 9110, 10.2.3), the reset headers that networks add, and the
    ``retry_after`` of a body, in seconds, at its top or among its ``parameters``.
    """
    asked = (_duration(text.strip(), now) for text in (*(reply.headers.get(name, "") for name in _WAIT_HEADERS), _wait_of(reply)) if text)
    found = next((wait for wait in asked if wait is not None), None)
    return None if found is None else min(max(found, _SHORTEST_WAIT), LONGEST_WAIT)


def rest_after(reply: Reply, now: datetime) -> timedelta | None:
    """Returns how long an account has nothing left to spend, by the headers that count it down; None while something is left."""
    left = next((reply.headers[name].strip() for name in _LEFT_HEADERS if name in reply.headers), "")
    if not left.isdecimal() or left.strip("0"):
        return None
    asked = next((_duration(reply.headers[name].strip(), now) for name in _RENEWED_HEADERS if name in reply.headers), None)
    return None if asked is None else min(max(asked, _SHORTEST_WAIT), LONGEST_WAIT)


def _wait_of(reply: Reply) -> str:
    """Returns what the body says of waiting, as text; nothing where it says nothing."""
    try:
        table = reply.table()
    except UnreadableReply:
        return ""
    parameters = table.get("parameters")
    found = table.get("retry_after", parameters.get("retry_after") if isinstance(parameters, dict) else None)
    return str(found) if isinstance(found, int | float) and not isinstance(found, bool) else ""


def _duration(text: str, now: datetime) -> timedelta | None:
    if _AS_SECONDS.fullmatch(text):
        seconds = float(text)
        seconds = seconds - now.timestamp() if seconds > _A_MOMENT else seconds
        return timedelta(seconds=min(math.ceil(seconds), LONGEST_WAIT.total_seconds()))
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        moment = _moment(read, text)
        if moment is not None:
            return moment - now
    return None


def _moment(read: Callable[[str], datetime], text: str) -> datetime | None:
    try:
        found = read(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_KINDS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "auth",
    HTTPStatus.FORBIDDEN: "auth",
    HTTPStatus.GONE: "auth",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "media",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "media",
    HTTPStatus.BAD_REQUEST: "content",
    HTTPStatus.UNPROCESSABLE_ENTITY: "content",
}
_PASSING = frozenset({HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.LOCKED, HTTPStatus.TOO_EARLY})
_LEADS: Mapping[str, str] = {
    "auth": "{title} does not accept the account’s secret",
    "media": "{title} does not take a picture of this post",
    "restricted": "{title} has restricted this account",
    "duplicate": "{title} says that this post is out already",
}


def refusal(title: str, status: int, said: str = "", kind: str | None = None) -> Refused:
    """Returns a refusal in words; ``kind`` is what the status alone suggests unless given.

    Trouble with the account (``auth``, ``restricted``) is not the post's: it may be sent once a person has seen to the account.
    A refusal without a word, of the post or of nobody, says nothing that a person could mend: it is tried some more times.
    """
    found = _KINDS.get(status, "") if kind is None else kind
    if not said and status == HTTPStatus.NOT_FOUND and not found:
        return Refused(f"{title} is not at the account’s address, or not for this secret (404).", permanent=False, kind="auth")
    if not said and found not in _LEADS:
        # Whoever stands before a server answers so, too: what is refused for good is refused with a reason.
        return Refused(f"{title} refused this post and does not say why ({status}); it is tried again.", permanent=False)
    if not found and status in _PASSING:
        return Refused(f"{title} was busy with something else: {said.rstrip('.')}.", permanent=False)
    lead = _LEADS.get(found, "{title} refused this post").format(title=title)
    reason = f"{lead}: {said.rstrip('.')}." if said else f"{lead} ({status})."
    return Refused(reason, permanent=found not in {"auth", "restricted"}, kind=found)
