"""The project's configuration as records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum

from scheduler.model.network import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Is whose posts these are; ``timezone`` is an IANA name, the first of ``languages`` is the default."""

    name: str
    timezone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    link_in_bio: str = ""
    website: str = ""


class Kind(StrEnum):
    """Is what kind of post a delivery is, where it is late: one for an event, one that comes again, or any other."""

    POST = "post"
    EVENT = "event"
    EVERGREEN = "evergreen"


@dataclass(frozen=True, slots=True)
class Lateness:
    """Is from how long after its time a post is late, and what becomes of it then: ``hold``, ``skip`` or ``publish``."""

    after: timedelta
    late: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Is how fast an account may post: the least time between two posts, the most in an hour (0 for no limit), and when nothing goes out.

    ``quiet_hours`` are wall-clock times in the post's zone, from and until; they may span midnight.
    """

    minimum_gap: timedelta = timedelta(0)
    most_per_hour: int = 0
    quiet_hours: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Is how careful the engine is about time.

    ``late`` says what becomes of a post that is later than ``late_after``: ``hold`` (shown as missed, a person decides), ``skip`` or
    ``publish``; ``by_kind`` says both for kinds of posts that have rules of their own, so ask :meth:`lateness` and not these two.
    What goes out late keeps ``catch_up_gap`` between two posts of an account.
    ``minimum_gap``, ``most_per_hour`` and ``quiet_hours`` are those of accounts that have no ``paces`` of their own, so ask :meth:`pace`.
    """

    late_after: timedelta = timedelta(minutes=30)
    late: str = "hold"
    catch_up_gap: timedelta = timedelta(minutes=5)
    most_per_hour: int = 0
    minimum_gap: timedelta = timedelta(0)
    quiet_hours: tuple[time, time] | None = None
    approval: str = "none"
    settle: timedelta = timedelta(seconds=2)
    quiet_before_publish: timedelta = timedelta(minutes=2)
    by_kind: Mapping[Kind, Lateness] = field(default_factory=dict)
    paces: Mapping[str, Pace] = field(default_factory=dict)

    def pace(self, account: str) -> Pace:
        """Returns how fast the account of that name may post."""
        own = self.paces.get(account)
        return own or Pace(minimum_gap=self.minimum_gap, most_per_hour=self.most_per_hour, quiet_hours=self.quiet_hours)

    def lateness(self, kind: Kind) -> Lateness:
        """Returns when a post of that kind is late, and what becomes of it."""
        return self.by_kind.get(kind) or Lateness(self.late_after, self.late)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """Is how the organisation looks; colours are ``#rrggbb``, ``logo`` is a path below the project folder."""

    primary: str = "#7a1420"
    dark: str = "#1d070b"
    accent: str = "#ffd400"
    light: str = "#ffffff"
    font: str = "Inter"
    logo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Is all of ``config.toml``; ``folder`` is the absolute path of the project folder.

    ``slots`` maps a name to wall-clock times by weekday, 0 for Monday.
    ``database`` is an SQLAlchemy address or empty for the file in ``.scheduler/``; with ``fleet``, workers send what the daemon hands out.
    """

    folder: str
    organisation: Organisation
    accounts: Mapping[str, Account] = field(default_factory=dict)
    slots: Mapping[str, Mapping[int, tuple[time, ...]]] = field(default_factory=dict)
    policy: Policy = Policy()
    brand: Brand = Brand()
    media: Mapping[str, str] = field(default_factory=dict)
    preview: Mapping[str, str] = field(default_factory=dict)
    archive: Mapping[str, str] = field(default_factory=dict)
    database: str = ""
    fleet: bool = False
