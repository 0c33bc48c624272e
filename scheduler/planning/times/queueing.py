"""Gives ``when: next slot`` its times: what a person has seen stays where it is, what is new takes the first free slots."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from scheduler.model.delivery import Delivery, Fact, State
from scheduler.model.finding import Finding
from scheduler.planning.asking import Ask, timeless
from scheduler.planning.context import Context
from scheduler.planning.holding import standing_reasons
from scheduler.planning.present import Present
from scheduler.planning.times.lateness import lateness_of
from scheduler.planning.times.slots import Calendar, week_of
from scheduler.planning.times.timing import fold
from scheduler.planning.times.walltime import at_instant

_ANY_TIME = at_instant(datetime(2000, 1, 1, tzinfo=UTC), "UTC")
"""The name of a delivery does not depend on when it is due."""
_SEEN = frozenset({State.QUEUED, State.HANDED, State.HELD})


def queue(asks: Iterable[Ask], fixed: Sequence[Delivery], context: Context, now: Present) -> Iterator[Delivery | Finding]:
    """Yields a delivery for each ask, or the finding why it has no slot; ``fixed`` is what has a time of its own.

    A slot that the ledger has queued is kept unless it vanished or a fixed post took it. Then come those that are ready,
    in order of their files, and at last those that are held: they show where they would stand and keep nobody out.
    What is on an account without slots gets nothing here: see :func:`scheduler.planning.times.slots.slotless`.
    """
    for _, of_account in groupby(sorted(asks, key=lambda ask: ask.account.name), key=lambda ask: ask.account.name):
        yield from _of_account(list(of_account), fixed, context, now)


def _of_account(asks: list[Ask], fixed: Sequence[Delivery], context: Context, now: Present) -> Iterator[Delivery | Finding]:
    account = asks[0].account
    week = week_of(account, context.config)
    if week is None:
        return
    taken = (delivery.due.utc for delivery in fixed if delivery.account.name == account.name)
    queue_ = _Queue(Calendar(week, context, account.name, taken), context, now)
    groups = [list(group) for _, group in groupby(sorted(asks, key=_place), key=_unit)]
    held = [group for group in groups if any(standing_reasons(group[0], context))]
    ready = [group for group in groups if group not in held]
    for waiting in (ready, held):
        yield from queue_.place(waiting)


def _unit(ask: Ask) -> tuple[str, int]:
    """Returns what shares one slot: a part and its story."""
    return (ask.post.id, ask.post.parts.index(ask.part))


def _place(ask: Ask) -> tuple[str, int, bool]:
    return (*_unit(ask), ask.story)


class _Queue:
    def __init__(self, calendar: Calendar, context: Context, now: Present) -> None:
        self._calendar = calendar
        self._context = context
        self._now = now
        # One walk for all: what is taken never becomes free again.
        self._free = calendar.after(now)

    def place(self, groups: list[list[Ask]]) -> Iterator[Delivery | Finding]:
        zone = self._context.config.organisation.timezone
        known = [(fact, group) for group in groups if (fact := self._known(group[0])) is not None and self._stays(fact, group[0])]
        placed = []
        for fact, group in sorted(known, key=lambda item: (item[0].state.is_open, item[0].due)):
            if not fact.state.is_open or self._calendar.is_free(fact.due):
                self._calendar.take(fact.due)
                placed.append(group)
                yield from (ask.at(at_instant(fact.due, zone)) for ask in group)
        for group in groups:
            if group not in placed:
                yield from self._first_free(group)

    def _first_free(self, group: list[Ask]) -> Iterator[Delivery | Finding]:
        slot = next(self._free, None)
        if slot is None:
            yield _all_taken(group[0])
            return
        self._calendar.take(slot.utc)
        yield from fold(group[0].post, group[0].part, slot)
        yield from (ask.at(slot) for ask in group)

    def _known(self, ask: Ask) -> Fact | None:
        return self._context.facts.deliveries.get(ask.at(_ANY_TIME).id)

    def _stays(self, fact: Fact, ask: Ask) -> bool:
        if not fact.state.is_open:
            return True
        soon = self._now <= fact.due + lateness_of(ask.post, self._context.config.policy).after
        return fact.state in _SEEN and soon and self._calendar.holds(fact.due)


def _all_taken(ask: Ask) -> Finding:
    message = f"every slot of “{ask.account.name}” is taken for a year"
    fix = f"add times to [slots.{ask.account.name}] in config.toml"
    return replace(timeless(ask.post, ask.part, "no-slot", message, fix=fix), account=ask.account.name)
