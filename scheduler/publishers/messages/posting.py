"""What chats have in common: one call makes the message visible, and nothing can prove afterwards whether it is there."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from scheduler.model.errors import ConfigurationError
from scheduler.model.network import Network
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.addresses import UnsafeAddress, configured_address
from scheduler.publishers.answers import Reply
from scheduler.publishers.contract import Checked, Connection, Remember
from scheduler.publishers.error_form import ErrorForm
from scheduler.publishers.exchange import Body, Call, Exchange, Secrets
from scheduler.publishers.files import PictureError, all_measured
from scheduler.publishers.notes import ASKED, Notes, still_sending
from scheduler.publishers.steps import published_in_steps

_NUMBERS = re.compile(r"\d+(?:,\d+)*")
MakeCall = Callable[[Outgoing, Sequence[Body]], Call]
"""Makes the one visible call of a post with the open files of its pictures and films, in their order."""


@dataclass(frozen=True, slots=True)
class Chat:
    """Sends messages; ``call`` makes the one visible call of a post, ``read`` what its answer means.

    ``look`` tells a person where to look when an answer was lost; ``hello`` asks about the account.
    """

    facts: Network
    exchange: Exchange
    call: MakeCall
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

        def steps(notes: Notes) -> Outcome:
            shown = (item.picture for item in envelope.outgoing.media)
            with all_measured(shown, still_sending(notes.keep, self.exchange.clock)) as sources:
                call = self.call(envelope.outgoing, sources)
                notes.ask()
                reply = self._shown(call, notes)
            return notes.answered(self.read(reply) if isinstance(reply, Reply) else reply)

        return published_in_steps(envelope, remember, self.facts, self.exchange, steps)

    def _shown(self, call: Call, notes: Notes) -> Reply | Refused | Uncertain:
        """Makes the visible call; what ended because a file of it was changed meanwhile never arrived as a whole."""
        try:
            return self.exchange.show(call)
        except PictureError:
            notes.forget(ASKED)
            raise

    def find(self, envelope: Envelope) -> Proof:
        """Returns absent where the call was never made; otherwise nobody but a person can tell."""
        if not envelope.ids.get(ASKED):
            return Absent(is_uncalled=True)
        return Uncertain(f"{self.facts.title} cannot be asked what became of a message: {self.look}")


@dataclass(frozen=True, slots=True)
class MendableChat(Chat):
    """Is a chat whose messages can be mended and taken back by their number; ``mend`` and ``erase`` make those calls.

    ``gone`` tells of an answer that there is no such message any more, ``unchanged`` that it has those words already.
    """

    mend: Callable[[str, Outgoing], Call]
    erase: Callable[[str], Call]
    gone: Callable[[Reply], bool]
    unchanged: Callable[[Reply], bool] = lambda _reply: False

    def edit(self, remote_id: str, outgoing: Outgoing) -> Outcome:
        """Gives a message other words; its pictures stay."""
        if not _is_numbered(remote_id):
            return self._nameless()
        if outgoing.poll:
            return Refused(f"{self.facts.title} changes no message with a poll; take it back and send it anew.")
        with closing(self.exchange):
            reply = self.exchange.show(self.mend(remote_id, outgoing))
            if not isinstance(reply, Reply):
                return reply
            outcome = Published(remote_id) if self.unchanged(reply) else self.read(reply)
            return Published(remote_id, outcome.url) if isinstance(outcome, Published) else outcome

    def delete(self, remote_id: str) -> Refused | None:
        """Takes a message back; one that is gone already is no trouble."""
        if not _is_numbered(remote_id):
            return self._nameless()
        with closing(self.exchange):
            reply = self.exchange.ask(self.erase(remote_id))
            if isinstance(reply, Refused):
                return reply
            if reply.is_success or self.gone(reply):
                return None
            found = self.read(reply)
        return found if isinstance(found, Refused) else None

    def _nameless(self) -> Refused:
        return Refused(f"{self.facts.title} never said which message it is; change it there by hand.")


def _is_numbered(remote_id: str) -> bool:
    return bool(_NUMBERS.fullmatch(remote_id.rpartition("/")[2]))


class NoWebhook(ConfigurationError):
    """Is an account whose secret is no address of a webhook."""


def webhook(connection: Connection, title: str, errors: ErrorForm) -> tuple[Exchange, str, Mapping[str, str]]:
    """Returns the door to the server of a webhook, the path of the webhook, which is its secret, and what its address asks for.

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
    return Exchange(address, title, connection.clock, secrets, errors), parts.path.rstrip("/"), dict(parse_qsl(parts.query))
