"""What every network does for us, in words and types.

*Outgoing* is what is sent, an *envelope* is the same with the ids we chose for it. *Prepare* chooses those ids and touches no network.
*Publish* makes the post visible. *Find* is the network's own proof of what became of an envelope.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from scheduler.clock import Clock, SystemClock
from scheduler.model import plain
from scheduler.model.network import Account, Network
from scheduler.model.outcome import HandingOver, Outcome, Proof, Refused, Verdict, Whereabouts
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.model.settings import Organisation
from scheduler.publishers.hosting.host import MediaHost

Remember = Callable[[str, str], None]
"""Commits an id that the network gave in an invisible step (a container, an uploaded picture) before the next step is made."""


class Publisher(Protocol):
    """Sends to one account. No method raises for anything the network does; programming errors do raise."""

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        """Returns the ids chosen by us (record key, idempotency key, slug, time stamp); they are committed before ``publish``."""
        ...

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        """Makes the post visible, once; publishing the same envelope again never makes a second post where the network can tell."""
        ...

    def find(self, envelope: Envelope) -> Proof:
        """Returns what became of an envelope whose answer was lost: out, proven absent, or still uncertain.

        ``Absent(is_uncalled=True)`` is for ids that prove it by themselves: those that ``publish`` remembers right before its visible
        call, every time, and which are not there. It needs no network and is believed at once.
        """
        ...


FORMAT = "format "
"""Begins the names among the limits that a server tells that stand for the MIME types it takes; their numbers mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Is what a network says of an account when it is asked, without anything being published.

    ``limits`` are fields of ``Limits`` that this account's own server tells, in their units, and the MIME types that it takes, each
    with :data:`FORMAT` before it. ``token_expires`` is aware UTC,
    None where the secret has no end, or the network does not say it. ``notes`` are sentences that a person should read.
    ``open`` are sentences on what nobody could find out: the account is not called fine without them.
    ``of_media`` says that the account is fine and the place for pictures is not.
    """

    ok: bool
    reason: str = ""
    handle: str = ""
    token_expires: datetime | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    of_media: bool = False

    def __post_init__(self) -> None:
        """Takes words that can be shown."""
        object.__setattr__(self, "reason", plain.line(self.reason))
        object.__setattr__(self, "handle", plain.line(self.handle, plain.MOST_NAME))
        object.__setattr__(self, "notes", tuple(plain.line(note) for note in self.notes))
        object.__setattr__(self, "open", tuple(plain.line(question) for question in self.open))


@dataclass(frozen=True, slots=True)
class Renewed:
    """Is a new secret in the place of one that would have ended; ``expires`` is aware UTC, None where the network does not say it."""

    secret: str
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """Is a post as the network gives it back; ``published`` is aware UTC, ``pictures`` are pairs of address and alt text.

    ``poll`` is the answers that people can choose from.
    """

    remote_id: str
    url: str
    text: str
    published: datetime | None = None
    pictures: tuple[tuple[str, str], ...] = ()
    language: str | None = None
    content_warning: str | None = None
    poll: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Takes words that can be shown; an address that is none is left out."""
        object.__setattr__(self, "remote_id", plain.line(self.remote_id, plain.MOST_NAME))
        object.__setattr__(self, "url", plain.address(self.url))
        object.__setattr__(self, "text", plain.block(self.text))
        pictures = tuple((plain.line(place, plain.MOST_ADDRESS), plain.block(alt)) for place, alt in self.pictures)
        object.__setattr__(self, "pictures", pictures)
        object.__setattr__(self, "language", self.language and plain.line(self.language, plain.MOST_NAME))
        object.__setattr__(self, "content_warning", self.content_warning and plain.block(self.content_warning))
        object.__setattr__(self, "poll", tuple(plain.line(option) for option in self.poll))


@runtime_checkable
class Verifies(Protocol):
    """Is a publisher that can ask its network whether the account may publish."""

    def verify(self) -> Checked:
        """Returns what the network says; it signs in anew, so that the secret itself is tested."""
        ...


@runtime_checkable
class Lasts(Protocol):
    """Is a publisher whose secret ends so long after it was made, whether its network says when or not."""

    @property
    def lasts(self) -> timedelta:
        """Returns how long a new secret works."""
        ...


@runtime_checkable
class Renews(Lasts, Protocol):
    """Is a publisher whose secret ends, and can be exchanged for a new one without a person as long as it has not."""

    def renew(self) -> Renewed | Refused:
        """Asks the network for a new secret; the old one goes on working until its end."""
        ...


@runtime_checkable
class TellsEnd(Protocol):
    """Is a publisher whose network says when a secret ends that nobody can renew from here."""

    def ends(self) -> datetime | None:
        """Returns when the secret ends, aware UTC; None where it has no end, or the network does not say it now."""
        ...


@runtime_checkable
class KnowsKeys(Protocol):
    """Is a publisher of a network with idempotency keys whose servers differ in how long they remember one."""

    def key_life(self) -> timedelta:
        """Returns how long after the first call this account's own server answers the same call with the same post; zero for never."""
        ...


@runtime_checkable
class ReadsFeed(Protocol):
    """Is a publisher that can read its account's posts back."""

    def feed(self, most: int) -> tuple[FeedItem, ...] | Refused:
        """Returns the newest posts, at most that many, newest first."""
        ...


@runtime_checkable
class Deletes(Protocol):
    """Is a publisher that can take a post back."""

    def delete(self, remote_id: str) -> Refused | None:
        """Deletes a post; one that is gone already is no trouble."""
        ...


@runtime_checkable
class Edits(Protocol):
    """Is a publisher whose network lets the words of a post be mended."""

    def edit(self, remote_id: str, outgoing: Outgoing) -> Outcome:
        """Gives a post the text, warning and language of ``outgoing``; its pictures stay."""
        ...


@runtime_checkable
class HandsOver(Protocol):
    """Is a publisher whose network keeps a post and sends it at its time by itself: see ``goes_out`` of an envelope."""

    def hand_over(self, envelope: Envelope, remember: Remember) -> HandingOver:
        """Gives the network a post to send then; it is asked for once and never again in doubt.

        The id that the network gives is in the answer alone: whoever has lost the claim by then must still hear of it.
        """
        ...

    def where_is(self, envelope: Envelope) -> Whereabouts:
        """Returns whether the network keeps it, has sent it, or knows nothing of it: by its id, else by its words and time."""
        ...

    def take_back(self, envelope: Envelope) -> Verdict:
        """Makes the network forget what it keeps: absent is the proof that it does, published that it was too late."""
        ...


@dataclass(frozen=True, slots=True)
class Connection:
    """Is what a network needs to connect an account.

    ``folder`` is the project folder, or the rehearsal's: a local network writes there, others keep sessions in its ``.scheduler``.
    ``secret`` fetches the account's secret when it is needed.
    ``organisation`` gives a local network its name, language and time zone.
    ``facts`` are the network's with the limits that this account's own server told, where it did.
    ``media`` is where networks can fetch pictures by their address; None where config.toml has no ``[media]``.
    """

    account: Account
    folder: Path
    secret: Callable[[], str]
    organisation: Organisation = field(default_factory=lambda: Organisation(name=""))
    clock: Clock = field(default_factory=SystemClock)
    facts: Network | None = None
    media: MediaHost | None = None


@dataclass(frozen=True, slots=True)
class Adapter:
    """Is what a network's file exports as ``NETWORK``; ``connect`` is None where we know the limits and cannot send yet.

    ``own_facts`` are for a network that takes other things from some of its accounts, by their settings.
    """

    facts: Network
    connect: Callable[[Connection], Publisher] | None
    own_facts: Callable[[Account], Network] | None = None

    def facts_of(self, account: Account) -> Network:
        """Returns what the network takes from this account, as far as its settings tell."""
        return self.own_facts(account) if self.own_facts is not None else self.facts
