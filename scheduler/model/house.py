"""What the house says once for all its posts: hashtag sets, partners, the people it mentions, and its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class HashtagSet:
    """Is a named list of hashtags, written without ``#``; ``networks`` narrows it for a network of that name.

    ``place`` is ``end``, ``inline`` or ``first-comment``; ``rotate`` above 0 takes that many, the least lately used first.
    """

    name: str
    tags: tuple[str, ...]
    networks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    place: str = "end"
    rotate: int = 0
    until: datetime | None = None
    never_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Is an organisation that posts with us; ``handles`` maps a network to its name there, ``accounts`` are those we may post for.

    ``logo`` and ``logo_dark`` are paths below the project folder; ``minimum_width`` and ``clear_space`` are pixels of a picture 1080 wide.
    ``kit`` asks for a folder of texts and pictures to hand over.
    """

    name: str
    title: str = ""
    handles: Mapping[str, str] = field(default_factory=dict)
    accounts: tuple[str, ...] = ()
    logo: str = ""
    logo_dark: str = ""
    minimum_width: int = 0
    clear_space: int = 0
    language: str | None = None
    contact: str = ""
    kit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Is a person or an organisation whom texts mention: ``title`` is its name in words, ``handles`` maps a network to its name there."""

    name: str
    title: str = ""
    handles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Is a time in which the house wants nothing to go out; ``name`` says why, or is empty.

    ``first`` and ``last`` are days, both included; of those that come ``yearly`` the year means nothing, and they may span a new year.
    ``weekdays`` count from 0 for Monday. Where there are neither, each day is meant. ``hours`` are wall-clock times, from and until; those
    that span midnight belong to the day on which they begin. None is the whole day.
    """

    name: str = ""
    first: date | None = None
    last: date | None = None
    yearly: bool = False
    weekdays: frozenset[int] = frozenset()
    hours: tuple[time, time] | None = None

    def holds(self, local: datetime) -> bool:
        """Tells whether a wall-clock time falls into it."""
        day, clock = local.date(), local.time()
        if self.hours is None:
            return self._is_on(day)
        start, end = self.hours
        if start < end:
            return start <= clock < end and self._is_on(day)
        return (clock >= start and self._is_on(day)) or (clock < end and self._is_on(day - timedelta(days=1)))

    def _is_on(self, day: date) -> bool:
        if self.weekdays and day.weekday() not in self.weekdays:
            return False
        if self.first is None or self.last is None:
            return True
        if not self.yearly:
            return self.first <= day <= self.last
        first, last, this = ((one.month, one.day) for one in (self.first, self.last, day))
        return first <= this <= last if first <= last else this >= first or this <= last


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Is the house's own spelling: what to write instead of ``avoid``, and for each of ``names`` the wrong spellings of it.

    ``handles`` tells by name who is called what on which network, ``approved_links`` to which hosts or addresses posts may lead; empty
    allows all. ``quiet`` is when nothing should go out.
    """

    avoid: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    handles: Mapping[str, Person] = field(default_factory=dict)
    approved_links: tuple[str, ...] = ()
    quiet: tuple[Quiet, ...] = ()
