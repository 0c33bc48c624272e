"""What planning and composing need to know besides the posts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.model.delivery import Facts
from scheduler.model.graphic import Graphic, GraphicRequest, Picture
from scheduler.model.house import HashtagSet, Partner, Quiet
from scheduler.model.network import Account, Network
from scheduler.model.page import Page
from scheduler.model.post import Post
from scheduler.model.settings import Config
from scheduler.planning.composing.people import People


@dataclass(frozen=True, slots=True)
class Problem:
    """Says in a sentence why a picture cannot be used, and what to do about it.

    ``saved`` (aware UTC) is when its file was written last: one that was saved just now may not have come as a whole yet.
    """

    reason: str
    fix: str | None = None
    saved: datetime | None = None


PictureRequest = str | GraphicRequest
"""Is a picture's absolute path, or a graphic to be drawn."""

Pictures = Mapping[PictureRequest, Picture | Graphic | Problem]


@dataclass(frozen=True, slots=True)
class Context:
    """Is the project around the posts; ``networks`` are the facts by name, ``accounts`` those of accounts whose server told its own.

    ``page`` tells what is known of a linked page; None where it was never read. ``until`` (aware UTC) asks for a plan at least up to then.
    ``people`` are those whom texts mention, ``quiet`` is when the house wants nothing to go out.
    ``templates`` are the names of those that can be drawn; empty asks nobody.
    ``turns`` maps a delivery to the hashtags whose turn it is, as :func:`scheduler.planning.composing.hashtags.turns` decides.
    """

    config: Config
    networks: Mapping[str, Network]
    hashtag_sets: Mapping[str, HashtagSet] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    partners: Mapping[str, Partner] = field(default_factory=dict)
    turns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    accounts: Mapping[str, Network] = field(default_factory=dict)
    page: Callable[[str], Page | None] = lambda _: None
    until: datetime | None = None
    templates: frozenset[str] = frozenset()
    people: People = field(default_factory=People)
    quiet: tuple[Quiet, ...] = ()

    def network(self, account: Account) -> Network:
        """Returns the facts of the network that the account is on."""
        return self.accounts.get(account.name) or self.networks[account.network]

    def zone(self, post: Post) -> str:
        """Returns the time zone in which the times of a post are meant."""
        return post.timezone or self.config.organisation.timezone
