"""Stands in for an account without a secret, so that the others go out: it says what lacks, and connects once that is there."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from scheduler.config.secrets import SecretMissing
from scheduler.model.outcome import Outcome, Proof, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import KnowsKeys, Publisher, Remember


class Unconnected:
    """Is a publisher that is connected as soon as there is a secret; nothing is sent before that. Threads may share it."""

    def __init__(self, connect: Callable[[], Publisher]) -> None:
        self._connect = connect
        self._publisher: Publisher | None = None

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        """Returns the publisher's ids; raises SecretMissing where there is still none, since ids of nobody must not be kept."""
        return self._connected().prepare(outgoing, now)

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Publishes; refuses, for the account, where the secret is gone again."""
        try:
            publisher = self._connected()
        except SecretMissing as missing:
            return Refused(f"{missing.message} {missing.hint}", permanent=False, kind="auth")
        return publisher.publish(envelope, remember)

    def find(self, envelope: Envelope) -> Proof:
        """Returns the publisher's proof; nobody knows anything without a secret to ask with."""
        try:
            publisher = self._connected()
        except SecretMissing as missing:
            return Uncertain(f"{missing.message} {missing.hint}")
        return publisher.find(envelope)

    def key_life(self) -> timedelta:
        """Returns the publisher's answer; nothing where it cannot be asked, so that no call is repeated on that ground."""
        try:
            publisher = self._connected()
        except SecretMissing:
            return timedelta(0)
        return publisher.key_life() if isinstance(publisher, KnowsKeys) else timedelta.max

    def _connected(self) -> Publisher:
        if self._publisher is None:
            self._publisher = self._connect()
        return self._publisher
