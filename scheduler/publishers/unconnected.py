"""Stands in for an account that lacks something, so that the others go out: it says what, and connects once that is there."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from scheduler.config.secrets import SecretTrouble
from scheduler.model.errors import ConfigurationError, SchedulerError
from scheduler.model.outcome import Outcome, Proof, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import KnowsKeys, Publisher, Remember

LACKING = (SecretTrouble, ConfigurationError)
"""Are the troubles of one account that a person has to mend: its secret cannot be had, or what config.toml says of it cannot be used."""


def out_of_reach(lacking: SchedulerError) -> Refused:
    """Returns the refusal of an account that nothing can be sent for until a person has put in order what it says."""
    return Refused(f"{lacking.message} {lacking.hint}", permanent=False, kind="auth")


class Unconnected:
    """Is a publisher that is connected as soon as there is what it lacks; nothing is sent before that. Threads may share it."""

    def __init__(self, connect: Callable[[], Publisher]) -> None:
        self._connect = connect
        self._publisher: Publisher | None = None

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        """Returns the publisher's ids; raises what is :data:`LACKING` where it still is, since ids of nobody must not be kept."""
        return self._connected().prepare(outgoing, now)

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Publishes; refuses, for the account, where something lacks again."""
        try:
            publisher = self._connected()
        except LACKING as missing:
            return out_of_reach(missing)
        return publisher.publish(envelope, remember)

    def find(self, envelope: Envelope) -> Proof:
        """Returns the publisher's proof; nobody knows anything where nobody can be asked."""
        try:
            publisher = self._connected()
        except LACKING as missing:
            return Uncertain(f"{missing.message} {missing.hint}")
        return publisher.find(envelope)

    def key_life(self) -> timedelta:
        """Returns the publisher's answer; nothing where it cannot be asked, so that no call is repeated on that ground."""
        try:
            publisher = self._connected()
        except LACKING:
            return timedelta(0)
        return publisher.key_life() if isinstance(publisher, KnowsKeys) else timedelta.max

    def _connected(self) -> Publisher:
        if self._publisher is None:
            self._publisher = self._connect()
        return self._publisher
