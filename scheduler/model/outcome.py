"""A network's answer as a value; the type checker makes every caller treat all cases.

The words in it are a server's in part: they are made harmless as they are taken, so that no screen, log or ledger has to.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from scheduler.model import plain


@dataclass(frozen=True, slots=True)
class Placed:
    """Is a post of a thread that is out; ``mark`` is what its network takes beside the id where the next post answers it."""

    remote_id: str
    url: str = ""
    mark: str = ""


def placed_text(out: Sequence[Placed]) -> str:
    """Returns the posts of a thread that are out, the first one first, as the ledger keeps them among the ids."""
    return json.dumps([asdict(post) for post in out], sort_keys=True)


def placed_in(text: str) -> tuple[Placed, ...]:
    """Returns what :func:`placed_text` wrote; nothing of an empty text."""
    return tuple(Placed(**post) for post in json.loads(text)) if text else ()


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
    ``out`` are the posts of a thread that are known to be out; what is open is what follows them.
    """

    reason: str
    retry_after: timedelta | None = None
    out: tuple[Placed, ...] = ()

    def __post_init__(self) -> None:
        """Takes words that can be shown."""
        object.__setattr__(self, "reason", plain.line(self.reason))


@dataclass(frozen=True, slots=True)
class Halted:
    """Says that the posts ``out`` of a thread are out, and that the one after them was refused for good and is not; ``reason`` is why."""

    out: tuple[Placed, ...]
    reason: str

    def __post_init__(self) -> None:
        """Takes words that can be shown."""
        object.__setattr__(self, "reason", plain.line(self.reason))

    @property
    def told(self) -> str:
        """Returns both in sentences, with the addresses of what is out."""
        return f"Post {len(self.out) + 1} of the thread was refused: {self.reason.rstrip('.')}. {out_words(self.out)}"


def out_words(out: Sequence[Placed]) -> str:
    """Returns which posts of a thread are out, in a sentence with their addresses."""
    which = ("Post 1 is", "Posts 1 and 2 are")[len(out) - 1] if len(out) < 3 else f"Posts 1 to {len(out)} are"  # noqa: PLR2004 - two are joined
    return f"{which} out: {' '.join(post.url or 'address unknown' for post in out)}"


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


Outcome = Published | Refused | Uncertain | Halted
Verdict = Published | Absent | Uncertain
Proof = Verdict | Halted
HandingOver = Handed | Refused | Uncertain
Whereabouts = Handed | Verdict
