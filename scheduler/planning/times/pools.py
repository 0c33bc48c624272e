"""Pools of evergreen posts: each free slot takes the one that was not seen for the longest time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

from scheduler.model.delivery import Delivery, Fact, Moment, State
from scheduler.planning.asking import Ask
from scheduler.planning.context import Context
from scheduler.planning.holding import standing_reasons, timed_reasons
from scheduler.planning.identity import History
from scheduler.planning.present import Present
from scheduler.planning.times.lateness import lateness_of
from scheduler.planning.times.repeating import reach
from scheduler.planning.times.slots import Calendar, week_of
from scheduler.planning.times.walltime import at_instant

AHEAD = timedelta(days=14)
"""How far ahead the slots of a pool are filled where nobody asks for more."""

_PROMISED = frozenset({State.QUEUED, State.HANDED, State.HELD})
_WENT_BY = frozenset({State.MISSED, State.SKIPPED, State.CANCELLED, State.HELD})
_NEVER = datetime.min.replace(tzinfo=UTC)

Renew = Callable[[Ask, int], Ask]
"""Returns the ask with the text whose turn it is."""


def draw(asks: Iterable[Ask], placed: Sequence[Delivery], history: History, around: tuple[Context, Present, Renew]) -> Iterator[Delivery]:
    """Yields the deliveries of all pools; ``placed`` is everything else, which goes before.

    A slot that the ledger has queued for a post stays with it as long as it is free of others.
    """
    for _, pool in groupby(sorted(asks, key=_order), key=lambda ask: (ask.account.name, ask.post.pool)):
        yield from _Pool(list(pool), placed, history, around).draw()


def _order(ask: Ask) -> tuple[str, str, str, int]:
    return (ask.account.name, ask.post.pool, ask.post.id, ask.post.parts.index(ask.part))


class _Pool:
    def __init__(self, asks: list[Ask], placed: Sequence[Delivery], history: History, around: tuple[Context, Present, Renew]) -> None:
        self._context, self._now, self._renew = around
        self._ready = [ask for ask in asks if not any(standing_reasons(ask, self._context))]
        self._asks = asks
        self._history = {id(ask): list(history.of(ask)) for ask in asks}
        self._seen = {id(ask): [fact.due for fact in self._history[id(ask)] if fact.state not in _WENT_BY] for ask in asks}
        account = asks[0].account
        week = week_of(account, self._context.config, asks[0].post.pool)
        taken = (delivery.due.utc for delivery in placed if delivery.account.name == account.name)
        self._calendar = Calendar(week, self._context, account.name, taken) if week is not None else None

    def draw(self) -> Iterator[Delivery]:
        if self._calendar is None:
            return
        yield from (self._again(ask, fact) for ask in self._asks for fact in self._history[id(ask)] if self._is_past(fact, ask))
        yield from self._kept(self._calendar)
        drawn = list(self._fill(self._calendar))
        yield from drawn
        yield from self._waiting(self._calendar)

    def _is_past(self, fact: Fact, ask: Ask) -> bool:
        late = self._now > fact.due + lateness_of(ask.post, self._context.config.policy).after
        return not fact.state.is_open or fact.state is State.MISSED or (late and fact.state in _PROMISED)

    def _kept(self, calendar: Calendar) -> Iterator[Delivery]:
        promised = ((fact, ask) for ask in self._ready for fact in self._history[id(ask)] if fact.state in _PROMISED)
        for fact, ask in sorted(promised, key=lambda item: item[0].due):
            if not self._is_past(fact, ask) and calendar.holds(fact.due) and calendar.is_free(fact.due):
                calendar.take(fact.due)
                self._seen[id(ask)].append(fact.due)
                yield self._again(ask, fact)

    def _fill(self, calendar: Calendar) -> Iterator[Delivery]:
        for slot in calendar.after(self._now, self._ahead()):
            chosen = self._next(slot)
            if chosen is not None:
                ask, delivery = chosen
                calendar.take(slot.utc)
                self._seen[id(ask)].append(slot.utc)
                yield delivery

    def _ahead(self) -> timedelta:
        until = self._context.until
        return max(AHEAD, reach(self._now.itself(), until)) if until is not None else AHEAD

    def _next(self, slot: Moment) -> tuple[Ask, Delivery] | None:
        for ask in sorted(self._ready, key=lambda ask: (max(self._seen[id(ask)], default=_NEVER), ask.post.id)):
            delivery = self._at(ask, slot, slot.local.replace(tzinfo=None).isoformat(timespec="minutes"))
            if not any(timed_reasons(delivery, self._context, self._now)):
                return ask, delivery
        return None

    def _again(self, ask: Ask, fact: Fact) -> Delivery:
        return self._at(ask, at_instant(fact.due, fact.zone), fact.occurrence)

    def _at(self, ask: Ask, slot: Moment, occurrence: str) -> Delivery:
        number = sum(due < slot.utc for due in set(self._seen[id(ask)]))
        return self._renew(ask, number).at(slot, occurrence, number)

    def _waiting(self, calendar: Calendar) -> Iterator[Delivery]:
        """Yields what gets no slot at all, at the first that there is, so that its reason is seen."""
        slot = next(calendar.after(self._now), None)
        for ask in self._asks:
            idle = not self._history[id(ask)] and not self._seen[id(ask)]
            stale = slot is not None and any(timed_reasons(ask.at(slot), self._context, self._now))
            if slot is not None and (ask not in self._ready or (idle and stale)):
                yield ask.at(slot)
