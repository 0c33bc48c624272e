"""Asks the network of each connected account once a day whether it may publish, and which limits hold for it now.

A refusal of what a post is, or of its pictures, makes the network be asked again at once: its limits may be others by now.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.clock import Clock
from scheduler.config.secrets import SecretMissing
from scheduler.model.errors import SchedulerError
from scheduler.model.network import Account
from scheduler.publishers.contract import Publisher, Verifies
from scheduler.publishers.standing import Standing, Standings, instant

LOG = logging.getLogger(__name__)

EVERY = timedelta(days=1)
AGAIN = timedelta(minutes=50)
"""After that long an account is asked again that could not be asked, or was turned away, so at the next round of an hour."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks for the accounts that are live, and for those that were connected once; to be called every hour, it does what is due."""

    accounts: tuple[Account, ...]
    connect: Callable[[Account], Publisher]
    standings: Standings
    clock: Clock

    def look_after(self) -> None:
        """Asks whom it is time to ask; trouble with one account is told in the log and stops no other."""
        for account in self.due():
            try:
                self._ask(account)
            except SecretMissing:
                # Where it is live, its first post says so and waits.
                LOG.debug("%s has no secret, so its network is not asked", account.name)
            except SchedulerError as error:
                LOG.warning("%s cannot be looked after: %s %s", account.name, error.message, error.hint)

    def due(self) -> Iterable[Account]:
        """Returns the accounts that were not asked for a day, or could not be asked an hour ago."""
        now = self.clock.now()
        return tuple(account for account in self.accounts if self._is_due(account, self.standings.of(account.name), now))

    def _is_due(self, account: Account, known: Standing | None, now: datetime) -> bool:
        if known is None:
            return account.live
        asked = instant(known.asked_at)
        return asked is None or not asked <= now < asked + (EVERY if known.ok else AGAIN)

    def _ask(self, account: Account) -> None:
        publisher = self.connect(account)
        before = self.standings.of(account.name) or Standing()
        self.standings.note(account.name, asked_at=self.clock.now().isoformat())
        if not isinstance(publisher, Verifies):
            return
        try:
            checked = publisher.verify()
        except SchedulerError:
            raise
        except Exception:  # the boundary of an adapter: its mistake must not keep the other accounts from being asked
            LOG.exception("asking for %s failed", account.name)
            return
        after = self.standings.keep(account.name, checked)
        if before.handle not in {"", after.handle}:
            LOG.warning(
                "%s publishes as %s now, and was %s so far; see that its secret is the right one", account.name, after.handle, before.handle
            )
        if not checked.ok and (before.ok or before.reason != checked.reason):
            LOG.warning("%s: %s", account.name, checked.reason)
        elif checked.ok and before.limits and after.limits != before.limits:
            LOG.info("the server of %s takes other lengths or sizes than before; posts are held to them from now on", account.name)
