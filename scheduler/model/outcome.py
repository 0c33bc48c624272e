"""A network's answer as a value; the type checker makes every caller treat all cases.

The words in it are a server's in part: they are made harmless as they are taken, so that no screen, log or ledger has to.
"""

from dataclasses import dataclass
from datetime import timedelta

from scheduler.model import plain


@dataclass(frozen=True, slots=True)
class Published:
    """Says that the post is out.

    ``rest`` is how long the account must send nothing more, where its network has said that its budget is used up. ``lacks`` is what
    readers do not see although it should be there, and what a person does about it; nothing is tried again on this ground.
    """

    remote_id: str
    url: str = ""
    rest: timedelta | None = None
    lacks: str = ""

    def __post_init__(self) -> None:
        """Takes no id and no address that could not be shown."""
        object.__setattr__(self, "remote_id", plain.line(self.remote_id, plain.MOST_NAME))
        object.__setattr__(self, "url", plain.line(self.url, plain.MOST_ADDRESS))
        object.__setattr__(self, "lacks", plain.line(self.lacks))


@dataclass(frozen=True, slots=True)
class Refused:
    """Says that the post is not out. ``permanent`` means that sending the same again is useless.

    ``retry_after`` is the least time the network asks us to wait. ``kind`` is whose matter it is: ``auth`` and ``restricted`` are the
    account's, ``content`` and ``media`` the post's, ``rate`` time's, ``duplicate`` a post that stands already; empty is anything else.
    """

    reason: str
    permanent: bool = True
    retry_after: timedelta | None = None
    kind: str = ""

    def __post_init__(self) -> None:
        """Takes words that can be shown."""
        object.__setattr__(self, "reason", plain.line(self.reason))

    @property
    def of_account(self) -> bool:
        """Tells whether the account is refused and not this post: it is paused, the post waits, and a person is told once."""
        return self.kind in {"auth", "restricted"}


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Says that nobody knows whether the post, or all of it, is out; it is never sent again on this ground.

    ``retry_after`` is the least time the network asks the account to wait, and the look at what became of the post with it.
    """

    reason: str
    retry_after: timedelta | None = None

    def __post_init__(self) -> None:
        """Takes words that can be shown."""
        object.__setattr__(self, "reason", plain.line(self.reason))


@dataclass(frozen=True, slots=True)
class Handed:
    """Says that the network keeps the post and sends it at its time by itself; a person sees it at ``url`` and can remove it there."""

    remote_id: str
    url: str = ""

    def __post_init__(self) -> None:
        """Takes no id and no address that could not be shown."""
        object.__setattr__(self, "remote_id", plain.line(self.remote_id, plain.MOST_NAME))
        object.__setattr__(self, "url", plain.line(self.url, plain.MOST_ADDRESS))


@dataclass(frozen=True, slots=True)
class Absent:
    """Is the network's proof that the post is not out.

    ``is_uncalled`` says that it is our own proof, from the ids: the call that would have made it visible was never begun.
    """

    is_uncalled: bool = False


Outcome = Published | Refused | Uncertain
Proof = Published | Absent | Uncertain
HandingOver = Handed | Refused | Uncertain
Whereabouts = Handed | Proof
