"""The times that ``[slots]`` gives an account, and which of them are free."""

import bisect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from scheduler.model.delivery import Moment
from scheduler.model.finding import Finding
from scheduler.model.network import Account
from scheduler.model.settings import Config
from scheduler.planning.asking import Ask, timeless
from scheduler.planning.context import Context
from scheduler.planning.present import Present
from scheduler.planning.times.lateness import is_quiet
from scheduler.planning.times.timing import nearest

Week = Mapping[int, tuple[time, ...]]

AHEAD = timedelta(days=366)
"""How far ahead a free slot is looked for."""

DEFAULT = "default"


def week_of(account: Account, config: Config, pool: str = "") -> Week | None:
    """Returns the slots of a pool, else of the account, else of its network, else everyone's; None where there are none."""
    for name in (pool, account.name, account.network, DEFAULT):
        week = config.slots.get(name) if name else None
        if week is not None and any(week.values()):
            return week
    return None


class Calendar:
    """Is the slots of one account with what stands in them. Two posts are never closer than its ``minimum_gap``, nor at one time.

    Slots are wall-clock times of the organisation; those in the quiet hours of the account, or on quiet days of the house,
    are left out.
    """

    def __init__(self, week: Week, context: Context, account: str, taken: Iterable[datetime]) -> None:
        self._week = week
        self._zone = context.config.organisation.timezone
        pace = context.config.policy.pace(account)
        self._quiet = pace.quiet_hours
        self._gap = pace.minimum_gap
        self._house = context.quiet
        self._taken = sorted(taken)

    def take(self, due: datetime) -> None:
        """Makes a time unfree; ``due`` is aware UTC."""
        bisect.insort(self._taken, due)

    def is_free(self, due: datetime) -> bool:
        """Tells whether nothing of this account is at that time, or too near to it."""
        place = bisect.bisect_left(self._taken, due)
        near = self._taken[max(place - 1, 0) : place + 1]
        return all(other != due and abs(other - due) >= self._gap for other in near)

    def holds(self, due: datetime) -> bool:
        """Tells whether that instant still is a slot."""
        around = due.date()
        days = (around + timedelta(days=step) for step in (-1, 0, 1))
        return any(slot.utc == due for day in days for slot in self._on(day))

    def after(self, now: Present, ahead: timedelta = AHEAD) -> Iterator[Moment]:
        """Yields the free slots after now, the earliest first; what is taken meanwhile is left out."""
        first = now.day("UTC") - timedelta(days=1)
        for step in range(ahead.days + 3):
            for slot in self._on(first + timedelta(days=step)):
                if now < slot.utc and now >= slot.utc - ahead and self.is_free(slot.utc):
                    yield slot

    def _on(self, day: date) -> list[Moment]:
        slots = {nearest(datetime.combine(day, clock), self._zone)[0] for clock in self._week.get(day.weekday(), ())}
        return sorted((slot for slot in slots if not self._is_quiet(slot)), key=lambda slot: slot.utc)

    def _is_quiet(self, slot: Moment) -> bool:
        if self._quiet is not None and is_quiet(slot.local.time(), self._quiet):
            return True
        return any(quiet.holds(slot.local.replace(tzinfo=None)) for quiet in self._house)


def slotless(asks: Iterable[Ask], config: Config) -> Iterator[Finding]:
    """Yields for each part that waits for a slot the finding that there is none: one for all accounts, or one for each that has none."""
    by_part: dict[tuple[str, int], list[Ask]] = {}
    for ask in asks:
        by_part.setdefault((ask.post.id, ask.post.parts.index(ask.part)), []).append(ask)
    for waiting in by_part.values():
        bare = [ask for ask in waiting if week_of(ask.account, config, ask.post.pool) is None]
        if len(bare) == len(waiting):
            yield _no_slots(waiting[0], DEFAULT, "there are none")
        else:
            for ask in bare:
                yield replace(_no_slots(ask, ask.account.name, f"“{ask.account.name}” has none"), account=ask.account.name)


def _no_slots(ask: Ask, table: str, lack: str) -> Finding:
    fix = f'add to config.toml:\n[slots.{table}]\ntuesday = ["12:00"]\nthursday = ["12:00", "18:00"]'
    return timeless(ask.post, ask.part, "no-slot", f"“next slot” needs times to choose from, and {lack}", fix=fix)
