"""Looks after the secrets of live accounts: renews those that can be renewed, and notices how long the others last.

A new secret replaces the old one only after the network has taken it; one that is given by the environment or by systemd cannot be
rewritten from here, and a person is told in time.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from scheduler.clock import Clock
from scheduler.model.errors import SchedulerError
from scheduler.model.network import Account
from scheduler.model.outcome import Refused
from scheduler.publishers.contract import Lasts, Publisher, Renewed, Renews, TellsEnd, Verifies
from scheduler.publishers.standing import Standing, Standings, instant, mark_of

LOG = logging.getLogger(__name__)

WARN_DAYS = (14, 7, 3, 1)
_EVERY, _AGAIN, _OLD_ENOUGH = timedelta(days=7), timedelta(days=1), timedelta(hours=25)
_AHEAD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Keys:
    """Is where secrets come from and go to.

    ``find`` returns an account's, ``elsewhere`` names what gives it where we cannot write (empty where the keyring or our own file
    decides), ``replace`` puts a new one where the old one came from, and tells whether the old one still was there.
    """

    find: Callable[[str], str]
    elsewhere: Callable[[str], str]
    replace: Callable[[str, str, str], bool]


Connect = Callable[[Account, Callable[[], str]], Publisher]
"""Returns the publisher of an account with the secret that is to be used."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """Looks after the live accounts of a project; to be called every hour or so, it does what is due."""

    accounts: tuple[Account, ...]
    connect: Connect
    standings: Standings
    keys: Keys
    clock: Clock
    zone: tzinfo

    def look_after(self) -> None:
        """Renews and asks what is due today; trouble with one account is told in the log and stops no other."""
        for account in self.accounts:
            try:
                self._look_after(account)
            except SchedulerError as error:
                LOG.warning("The secret of %s cannot be looked after: %s %s", account.name, error.message, error.hint)

    def _look_after(self, account: Account) -> None:
        secret, now = self.keys.find(account.name), self.clock.now()
        publisher = self.connect(account, lambda: secret)
        known = self.standings.of(account.name)
        if known is None or known.mark != mark_of(secret) or (not known.token_expires and isinstance(publisher, Lasts)):
            known = self.standings.connected(account.name, secret, publisher, None)
        tried = instant(known.looked_at)
        if tried is not None and _is_within(tried, _AGAIN, now):
            return
        elsewhere = self.keys.elsewhere(account.name)
        renews = isinstance(publisher, Renews) and not elsewhere
        known = self.standings.note(account.name, looked_at=now.isoformat(), renews=renews)
        if isinstance(publisher, Renews) and not elsewhere:
            if self._is_time(known, now):
                self._renew(account, publisher, known, secret)
        elif isinstance(publisher, TellsEnd) and (ends := publisher.ends()) is not None:
            self.standings.note(account.name, token_expires=ends.isoformat(), is_about=False)
        self._warn(account.name, elsewhere)

    def _is_time(self, known: Standing, now: datetime) -> bool:
        since, renewed, ends = instant(known.since), instant(known.renewed_at), instant(known.token_expires)
        if renewed is None:
            return since is None or not _is_within(since, _OLD_ENOUGH, now)
        return not _is_within(renewed, _EVERY, now) or (ends is not None and ends - now < timedelta(days=WARN_DAYS[0]))

    def _renew(self, account: Account, publisher: Renews, known: Standing, old: str) -> None:
        found = publisher.renew()
        if self.keys.find(account.name) != old:
            self._left_alone(account.name)
            return
        trouble = found.reason if isinstance(found, Refused) else self._replaced(account, old, found)
        if trouble:
            self.standings.note(account.name, renewal_trouble=trouble)
            LOG.warning("The access token of %s was not renewed, the old one stays: %s", account.name, trouble)
            if isinstance(found, Refused) and found.of_account and known.ok:
                self.standings.noticed(account.name, ok=False, reason=trouble)

    def _replaced(self, account: Account, old: str, found: Renewed) -> str:
        """Tries the new secret and puts it in the place of the old one; returns why not, or nothing where it did."""
        trial = self.connect(account, lambda: found.secret)
        checked = trial.verify() if isinstance(trial, Verifies) else None
        if checked is not None and not checked.ok:
            return f"the new one does not work: {checked.reason}"
        try:
            is_kept = self.keys.replace(account.name, old, found.secret)
        except SchedulerError as error:
            return f"the new one cannot be kept: {error.message}"
        if not is_kept:
            self._left_alone(account.name)
            return ""
        self.standings.connected(account.name, found.secret, trial, found.expires)
        self.standings.note(account.name, renews=True, renewed_at=self.clock.now().isoformat(), looked_at=self.clock.now().isoformat())
        ends = f" until {found.expires:%Y-%m-%d}" if found.expires else ""
        LOG.info("renewed the access token of %s; it works%s", account.name, ends)
        return ""

    def _left_alone(self, name: str) -> None:
        LOG.info("%s was connected anew while its access token was being renewed; the one that was given then stays", name)

    def _warn(self, name: str, elsewhere: str) -> None:
        known = self.standings.of(name)
        days = days_left(known, self.clock.now()) if known else None
        reached = next((limit for limit in reversed(WARN_DAYS) if days is not None and days <= limit), 0)
        if known is None or not reached or known.warned == reached:
            return
        self.standings.note(name, warned=reached)
        why = f" It is given by {elsewhere}, which cannot be rewritten from here." if elsewhere else ""
        LOG.warning("%s%s Connect it again:  scheduler accounts add %s", ending(name, known, self.clock.now(), self.zone), why, name)


def _is_within(begin: datetime, length: timedelta, now: datetime) -> bool:
    """Tells whether now is so soon after; a begin that is far ahead was written by a clock that was wrong."""
    return begin - _AHEAD < now < begin + length


def end_of(known: Standing) -> datetime | None:
    """Returns when the secret ends; None where it has no end or nobody knows it.

    One that was only counted is wrong where the network took the secret after it.
    """
    ends, asked = instant(known.token_expires), instant(known.asked_at)
    is_wrong = known.is_about and known.ok and ends is not None and asked is not None and asked >= ends
    return None if is_wrong else ends


def days_left(known: Standing, now: datetime) -> int | None:
    """Returns the whole days until the secret ends, below 0 where it has; None where it has no end or nobody knows it."""
    ends = end_of(known)
    return None if ends is None else (ends - now) // timedelta(days=1)


def ending(name: str, known: Standing, now: datetime, zone: tzinfo) -> str:
    """Returns in a sentence when the secret of an account ends, by the calendar of the zone."""
    ends = end_of(known)
    if ends is None:
        return ""
    told = f"The access token of {name} {_day_of(known, ends, now, zone)}"
    if ends <= now:
        return f"{told}."
    days = (ends.astimezone(zone).date() - now.astimezone(zone).date()).days
    return f"{told}, {'today' if days == 0 else 'tomorrow' if days == 1 else f'in {days} days'}."


def _day_of(known: Standing, ends: datetime, now: datetime, zone: tzinfo) -> str:
    day = ends.astimezone(zone)
    return f"{'ended' if ends <= now else 'ends'} {'about' if known.is_about else 'on'} {day:%B} {day.day}, {day:%Y}"


def needs_a_person(known: Standing, now: datetime) -> bool:
    """Tells whether the secret ends and is not going to be renewed without anybody."""
    days = days_left(known, now)
    if days is None:
        return False
    return not known.renews or bool(known.renewal_trouble) or days <= WARN_DAYS[1]


def ends_by_account(names: Iterable[str], standings: Standings, now: datetime, zone: tzinfo) -> Iterator[tuple[str, datetime, str]]:
    """Yields the accounts whose secret ends and needs a person, with when that is, also in words such as “ends on May 3, 2027”."""
    for name in names:
        known = standings.of(name)
        ends = end_of(known) if known else None
        if known is not None and ends is not None and needs_a_person(known, now):
            yield name, ends, _day_of(known, ends, now, zone)
