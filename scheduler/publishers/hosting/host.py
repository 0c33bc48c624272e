"""What a place for pictures does for us: the daemon itself behind a proxy, a bucket, or the library of a website."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from scheduler.model.graphic import Picture
from scheduler.model.outcome import Refused

LIFETIME = timedelta(hours=6)
"""How long an address works; networks fetch within minutes of being asked."""


Chosen = Callable[[str], None]
"""Takes note of a key: before anything is there, and at once after where it is another one then.

Where a place gives numbers of its own, the name that we chose is the key until its number is known. While a long film is sent it is
told again and again.
"""


def unnoted(_key: str) -> None:
    """Takes no note of a key."""


class HostingError(Exception):
    """Says in a sentence why a picture cannot be offered; ``permanent`` means that waiting does not help, ``fix`` is what does."""

    def __init__(self, reason: str, *, permanent: bool = False, fix: str = "Correct [media] in config.toml, or its secret.") -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix
        self.permanent = permanent

    @property
    def refusal(self) -> Refused:
        """Returns what this means for the post: nothing was sent."""
        return Refused(self.reason, permanent=self.permanent)


def away(host: str) -> str:
    """Returns what to do about a place that does not answer, or has trouble of its own."""
    return f"Look whether {host} is up and can be reached from this machine; pictures wait until then."


def strange(key: str) -> HostingError:
    """Returns that a key is none of this place's, since ``[media]`` named another one when a picture was offered."""
    told = f"It lies at a place that [media] named before, as {key}: take it away there by hand."
    return HostingError(told, permanent=True)


@dataclass(frozen=True, slots=True)
class Hosted:
    """Is a picture that anybody can fetch at ``address`` for a while; ``key`` takes it away again."""

    address: str
    key: str


@dataclass(frozen=True, slots=True)
class Check:
    """Is one part of the way from this machine to a network, and whether it works; ``fix`` says what to do where it does not."""

    part: str
    works: bool
    sentence: str
    fix: str = ""


class MediaHost(Protocol):
    """Offers pictures by address."""

    def offer(self, picture: Picture, chosen: Chosen = unnoted) -> Hosted:
        """Returns where the picture can be fetched from now on; ``chosen`` is told the key, so that a crash leaves nothing behind.

        Raises:
            HostingError: The picture is gone or the place does not take it.
        """
        ...

    def withdraw(self, key: str) -> None:
        """Takes a picture away; one that is gone already is fine.

        Raises:
            HostingError: The place cannot be reached; the picture stays until it expires. Permanent where it lies at another place.
        """
        ...

    def test(self) -> tuple[Check, ...]:
        """Offers a picture of one pixel, fetches it as a network would and takes it away; returns each part with what was found."""
        ...


@dataclass(frozen=True, slots=True)
class Untried:
    """Is a place that is relied upon: asked whether it works, it offers nobody anything."""

    host: MediaHost

    def offer(self, picture: Picture, chosen: Chosen = unnoted) -> Hosted:
        """Returns the place's own answer."""
        return self.host.offer(picture, chosen)

    def withdraw(self, key: str) -> None:
        """Takes a picture away, as the place does."""
        self.host.withdraw(key)

    def test(self) -> tuple[Check, ...]:
        """Returns nothing that was found."""
        return ()
