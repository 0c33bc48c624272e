"""Working by config.toml as it is now: a change is taken over, and nothing goes out by what it said before."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, Self, TypeVar

from scheduler.clock import Clock
from scheduler.config.mistakes import FILE
from scheduler.config.reading import ConfigInvalid
from scheduler.daemon.looking import MakeAgenda
from scheduler.daemon.report import Settings
from scheduler.model.errors import ConfigurationError, SchedulerError
from scheduler.model.settings import Config
from scheduler.postfiles.lines.settling import Settling
from scheduler.publishers.contract import Publisher

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outfit:
    """Is all that an engine takes from a configuration: what sends for each account, what makes agendas, and how it works."""

    publishers: Mapping[str, Publisher]
    agenda: MakeAgenda
    settings: Settings


class Follows(Protocol):
    """Watches a configuration for an engine. Threads may share it."""

    def look(self) -> Outfit | None:
        """Returns what to work with from now on; None where nothing changed.

        Raises:
            SchedulerError: nothing can be worked by now, so nothing may be sent.
        """
        ...

    def holds(self) -> bool:
        """Tells whether the configuration still is the one that was looked at last."""
        ...


class Unchanging:
    """Is a configuration that never changes."""

    def look(self) -> Outfit | None:
        """Returns None."""
        return None

    def holds(self) -> bool:
        """Returns True."""
        return True


class BeingSaved(SchedulerError):
    """Says that config.toml was saved a moment ago; in another moment it is taken over."""


class Broken(ConfigurationError):
    """Says what is wrong with config.toml while a daemon runs."""


class NeedsRestart(ConfigurationError):
    """Says that config.toml names another ledger, which a process that runs cannot change to."""


class Setup(Protocol):
    """Is an opened project folder, as far as a daemon follows its configuration."""

    config: Config

    def again(self) -> Self:
        """Returns the folder opened anew; raises SchedulerError where that cannot be."""
        ...

    def outfit(self, owner: str) -> Outfit:
        """Returns what an engine of that name works with."""
        ...

    def serve(self) -> AbstractContextManager[None]:
        """Returns what shows pictures to networks while it lasts."""
        ...

    def told(self) -> Mapping[str, object]:
        """Returns by account the limits that its own server told, and which secret it has; other ones make another outfit."""
        ...


Opened = TypeVar("Opened", bound=Setup)


class Following(Generic[Opened]):
    """Follows the config.toml of a project folder.

    It is compared letter by letter at each look, and before each call to a network. What was changed is taken over as a post file is:
    once it has been left alone for as long as ``settle`` says. Until then, and while it is broken, nothing may be sent.
    """

    def __init__(self, setup: Opened, owner: str, clock: Clock) -> None:
        self.setup = setup
        self._owner = owner
        self._clock = clock
        self._path = Path(setup.config.folder) / FILE
        self._settle = setup.config.policy.settle
        self._settling = Settling(self._settle)
        self._taken: bytes | None = None
        self._told = setup.told()
        self._lock = threading.Lock()
        self._server = ExitStack()
        self._served: Mapping[str, str] | None = None

    @contextmanager
    def serving(self) -> Iterator[Outfit]:
        """Gives the first outfit, and shows pictures to networks as long as the block lasts, where the configuration asks for that."""
        with self._server:
            self._serve(self.setup)
            yield self.setup.outfit(self._owner)

    def look(self) -> Outfit | None:
        """Returns what to work with from now on; None where nothing changed.

        Raises:
            BeingSaved: it was saved a moment ago.
            SchedulerError: it is broken or cannot be worked by.
        """
        with self._lock:
            seen = self._read()
            if seen is not None and seen == self._taken and self._served == self.setup.config.media:
                return self._with_other_facts()
            if self._taken is not None and seen is not None and not self._is_settled():
                raise BeingSaved(f"{FILE} was saved a moment ago.", "Nothing is sent until it has been taken over.")
            outfit = self._taken_over()
            self._taken = seen
            return outfit

    def holds(self) -> bool:
        """Tells whether config.toml still is, letter by letter, the one that was taken over."""
        seen = self._read()
        return seen is not None and seen == self._taken

    def _read(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except OSError:
            return None

    def _is_settled(self) -> bool:
        try:
            found = self._path.stat()
        except OSError:
            return False
        return self._settling.is_settled(FILE, (found.st_size, found.st_mtime_ns, found.st_ino), self._clock.now() - self._settle)

    def _with_other_facts(self) -> Outfit | None:
        """Returns an outfit that knows what the accounts' own servers told since, and secrets that were given since."""
        if self.setup.told() == self._told:
            return None
        self._told = self.setup.told()
        return self.setup.outfit(self._owner)

    def _taken_over(self) -> Outfit | None:
        try:
            fresh = self.setup.again()
        except ConfigInvalid as error:
            raise Broken(_told(error), "Mend it; what it said before is not worked by either.") from error
        before, after = self.setup.config, fresh.config
        if before == after and self._served == after.media:
            return None
        if (before.database, before.fleet) != (after.database, after.fleet):
            raise NeedsRestart(f"{FILE} names another ledger, and this process works with the one before.", "Stop it and start it again.")
        outfit = fresh.outfit(self._owner)
        self._serve(fresh)
        for line in _changes(before, after):
            LOG.info("%s: %s", FILE, line)
        self.setup, self._told = fresh, fresh.told()
        self._settle = after.policy.settle
        self._settling = Settling(self._settle)
        return outfit

    def _serve(self, setup: Opened) -> None:
        """Shows pictures where the configuration says; what listened elsewhere ends first."""
        if self._served == setup.config.media:
            return
        self._server.close()
        self._served = None
        self._server.enter_context(setup.serve())
        self._served = setup.config.media


def _told(error: ConfigInvalid) -> str:
    first, more = error.findings[0], len(error.findings) - 1
    others = f", and {more} more mistake{'s' if more > 1 else ''}" if more else ""
    return f"{FILE}:{first.span.line}: {first.message}{others}."


def _changes(before: Config, after: Config) -> Iterator[str]:
    """Yields what else holds from now on, as far as it says what leaves this machine."""
    yield "changed, and taken over"
    for name, account in after.accounts.items():
        known = before.accounts.get(name)
        if known is None or known.live != account.live:
            yield f"{name} is {'live' if account.live else 'rehearsed'} now"
    for name in before.accounts.keys() - after.accounts.keys():
        yield f"{name} is no account any more"
