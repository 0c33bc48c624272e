"""A publisher that sends over HTTP to the receiver, by the rules that every network's publisher follows."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from scheduler.clock import SystemClock
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import Remember

NOWHERE = "http://network.invalid/"
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
LONGEST = timedelta(days=365)


class HttpPublisher:
    """Sends to the port; with ``lost_names`` that share of the requests goes to a name that does not exist."""

    def __init__(self, port: int, *, lost_names: float = 0.0, timeout: float = 1.0) -> None:
        self._address = f"http://127.0.0.1:{port}/"
        self._lost_names = lost_names
        self._chance = random.Random()
        # One connection for each request, as the proxy wants it, and nothing encrypted: no list of authorities is read each time.
        self._client = httpx.Client(timeout=timeout, trust_env=False, verify=False, limits=httpx.Limits(max_keepalive_connections=0))

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        del now
        return {"key": outgoing.delivery}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        del remember
        post = {"key": envelope.ids["key"], "account": envelope.outgoing.account, "text": envelope.outgoing.text}
        address = NOWHERE if self._chance.random() < self._lost_names else self._address
        try:
            answer = self._client.post(address, json=post)
        except NOT_SENT as error:
            return Refused(f"The network cannot be reached ({type(error).__name__}).", permanent=False)
        except httpx.TransportError as error:
            return Uncertain(f"The answer was lost ({type(error).__name__}).")
        return _outcome(answer)

    def find(self, envelope: Envelope) -> Proof:
        if envelope.outgoing.account.startswith("none"):
            return Uncertain("This network does not tell.")
        try:
            answer = self._client.get(self._address + envelope.ids["key"])
        except httpx.TransportError as error:
            return Uncertain(f"The network does not answer ({type(error).__name__}).")
        if answer.status_code == 200:
            return Published(answer.json()["id"])
        return Absent() if answer.status_code == 404 else Uncertain(f"The network answers {answer.status_code}.")


class YesPublisher:
    """Says yes and takes no time."""

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        del now
        return {"key": outgoing.delivery}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        del remember
        return Published(envelope.ids["key"])

    def find(self, envelope: Envelope) -> Proof:
        del envelope
        return Absent()


def _outcome(answer: httpx.Response) -> Outcome:
    if answer.status_code == 201:
        return Published(answer.json()["id"])
    if answer.status_code == 429:
        return Refused("Too many posts at once.", permanent=False, retry_after=retry_after(answer.headers.get("Retry-After", "")))
    if answer.status_code >= 500:
        return Uncertain(f"The network answers {answer.status_code}.")
    return Refused(f"The network answers {answer.status_code}.")


def retry_after(value: str) -> timedelta | None:
    """Returns the wait that a network asks for, in seconds or until a date; None where the words make no sense."""
    if value.isdigit():
        return timedelta(seconds=min(int(value), LONGEST.total_seconds()))
    try:
        until = parsedate_to_datetime(value).replace(tzinfo=UTC)
    except ValueError:
        return None
    return max(timedelta(0), until - SystemClock().now())
