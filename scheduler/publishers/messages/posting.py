"""What chats have in common: one call makes the message visible, and nothing can prove afterwards whether it is there."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from scheduler.model.errors import ConfigurationError
from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Outcome, Proof, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.addresses import UnsafeAddress, configured_address
from scheduler.publishers.answers import Reply
from scheduler.publishers.contract import Checked, Connection, Remember
from scheduler.publishers.exchange import Call, Exchange, Secrets
from scheduler.publishers.files import PictureError
from scheduler.publishers.notes import ASKED, Notes
from scheduler.publishers.rehearsal import objections


@dataclass(frozen=True, slots=True)
class Chat:
    """Sends messages; ``call`` makes the one visible call of a post, ``read`` what its answer means.

    ``look`` tells a person where to look when an answer was lost; ``hello`` asks about the account.
    """

    facts: Network
    exchange: Exchange
    call: Callable[[Outgoing], Call]
    read: Callable[[Reply], Outcome]
    look: str
    hello: Callable[[], Checked]

    def verify(self) -> Checked:
        """Asks whether the secret is one, without a message."""
        with closing(self.exchange):
            return self.hello()

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:  # noqa: ARG002 - the contract hands both to every publisher
        """Returns nothing: the network takes no id of ours."""
        return {}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Sends the message once; an answer that is lost leaves a doubt that only a person can settle."""
        if found := objections(envelope.outgoing, self.facts):
            return Refused(" ".join(objection.sentence for objection in found), kind="content")
        try:
            call = self.call(envelope.outgoing)
        except PictureError as error:
            return Refused(error.reason, permanent=error.permanent, kind="media")
        notes = Notes(dict(envelope.ids), remember)
        notes.ask()
        with closing(self.exchange):
            reply = self.exchange.show(call)
            return notes.answered(self.read(reply) if isinstance(reply, Reply) else reply)

    def find(self, envelope: Envelope) -> Proof:
        """Returns absent where the call was never made; otherwise nobody but a person can tell."""
        if not envelope.ids.get(ASKED):
            return Absent()
        return Uncertain(f"{self.facts.title} cannot be asked what became of a message: {self.look}")


class NoWebhook(ConfigurationError):
    """Is an account whose secret is no address of a webhook."""


def webhook(connection: Connection, title: str) -> tuple[Exchange, str]:
    """Returns the door to the server of a webhook and the path of the webhook, which is its secret.

    Raises:
        NoWebhook: The secret is no web address, or not an encrypted one; it is not shown.
    """
    secret = connection.secret()
    try:
        parts = urlsplit(secret)
        address = configured_address(f"{parts.scheme}://{parts.netloc}", "the webhook's server")
    except (ValueError, UnsafeAddress) as error:
        name = connection.account.name
        raise NoWebhook(f"The secret of {name} is not the address of a webhook.", f"Copy the whole address that {title} shows.") from error
    secrets = Secrets()
    for word in (secret, parts.path, *parts.path.split("/")):
        if len(word) > len("webhooks"):
            secrets.add(word)
    return Exchange(address, title, connection.clock, secrets), parts.path.rstrip("/")
