"""The accounts of a project: what its networks know of each, and what sends for it."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.clock import Clock
from scheduler.config.mistakes import FILE
from scheduler.config.secrets import find_secret, given_elsewhere, renew_secret
from scheduler.model.errors import ConfigurationError
from scheduler.model.finding import Finding
from scheduler.model.network import Abilities, Account, Network
from scheduler.model.plan import Entry
from scheduler.model.settings import Config
from scheduler.publishers.ageing import old_versions
from scheduler.publishers.asking import Asking
from scheduler.publishers.contract import Adapter, Connection, Publisher
from scheduler.publishers.expiring import expiring
from scheduler.publishers.hosting.host import Untried
from scheduler.publishers.hosting.opening import Places
from scheduler.publishers.naming import called_otherwise
from scheduler.publishers.rehearsal import Rehearsal
from scheduler.publishers.renewal import Keys, Renewal
from scheduler.publishers.retired import Retired
from scheduler.publishers.standing import Standings, mark_of, watched
from scheduler.publishers.unconnected import LACKING, Unconnected

LOG = logging.getLogger(__name__)


class CannotSendYet(ConfigurationError):
    """Is an account that wants to go live on a network that this release only knows the limits of."""

    def __init__(self, account: str, network: str) -> None:
        super().__init__(
            f"This release cannot send to {network} yet, so “{account}” cannot be live.", f"Take  live = true  out of [accounts.{account}]."
        )


class Accounts:
    """Connects the accounts of a config.toml with their networks; ``folder`` keeps what was learnt of them and what is rehearsed."""

    def __init__(self, config: Config, adapters: Mapping[str, Adapter], clock: Clock, folder: Path) -> None:
        self._config = config
        self._adapters = adapters
        self._clock = clock
        self._folder = folder
        self._project = Path(config.folder)
        self.standings = Standings(folder / "accounts", clock)
        self.places = Places(config.media, folder / "hosted", clock, config.accounts, partial(find_secret, folder=self._project))

    @property
    def live(self) -> tuple[Account, ...]:
        """Returns the accounts whose posts leave this machine."""
        return tuple(account for account in self._config.accounts.values() if account.live and not self._network(account).local)

    def facts(self) -> Mapping[str, Network]:
        """Returns by account the networks as the accounts' own servers have them."""
        return {name: self.facts_of(account) for name, account in self._config.accounts.items()}

    def told(self) -> Mapping[str, tuple[str, Mapping[str, int]]]:
        """Returns by account which secret it has and the limits that its own server told, as they are kept."""
        found = {name: self.standings.of(name) for name in self._config.accounts}
        return {name: (known.mark, known.limits) for name, known in found.items() if known is not None}

    def facts_of(self, account: Account) -> Network:
        """Returns the account's network with the limits that its own server told."""
        return self.standings.told(account.name, self._network(account))

    def abilities(self) -> Mapping[str, Abilities]:
        """Returns what each account's network can prove; a rehearsed account is not among them: its folder proves everything."""
        accounts = self._config.accounts.values()
        return {a.name: self._network(a).abilities for a in accounts if a.live or self._network(a).local}

    def publishers(self, rehearsal_folder: Path | None = None) -> Mapping[str, Publisher]:
        """Returns what sends for each account; with a folder, nothing leaves it: every account is rehearsed there."""
        return {name: self._publisher(account, rehearsal_folder) for name, account in self._config.accounts.items()}

    def connect(
        self, account: Account, secret: Callable[[], str] | None = None, *, folder: Path | None = None, tries_media: bool = False
    ) -> Publisher:
        """Returns the network's own publisher, whether the account is live or not; ``secret`` is a new one that is to be tried.

        With ``tries_media`` a picture is offered on trial when it is asked how the account stands: to be said where a person asks.
        """
        adapter = self._adapters[account.network]
        if adapter.connect is None:
            raise CannotSendYet(account.name, adapter.facts.title)
        find = secret or partial(find_secret, account.name, self._project)
        told, media = self.facts_of(account), self.places.open(adapter.facts)
        media = media if tries_media or media is None else Untried(media)
        return adapter.connect(Connection(account, folder or self._project, find, self._config.organisation, self._clock, told, media))

    def renewal(self) -> Renewal:
        """Returns what looks after the secrets of the accounts that are live."""
        keys = Keys(partial(find_secret, folder=self._project), given_elsewhere, partial(renew_secret, folder=self._project))
        return Renewal(self.live, self.connect, self.standings, keys, self._clock, ZoneInfo(self._config.organisation.timezone))

    def asking(self) -> Asking:
        """Returns what asks the networks of the accounts that are live, or were connected, how these stand and what they take."""
        known = (a for a in self._config.accounts.values() if not self._network(a).local and self._adapters[a.network].connect is not None)
        chosen = tuple(a for a in known if a.live or self.standings.of(a.name) is not None)
        return Asking(chosen, self.connect, self.standings, self._clock)

    def findings(self, entries: Iterable[Entry], now: datetime) -> tuple[Finding, ...]:
        """Returns what is to be said of the accounts: handles that are others', and of live ones also secrets and versions that end."""
        accounts = self._config.accounts.values()
        networks = {account.network: self._network(account) for account in accounts}
        text = (self._project / FILE).read_text("utf-8-sig")
        ends = expiring(entries, self.live, self.standings, self._config, now)
        named = called_otherwise(accounts, networks, self.standings, text)
        return (*ends, *named, *old_versions(self.live, networks, text, now))

    def _network(self, account: Account) -> Network:
        return self._adapters[account.network].facts_of(account)

    def _publisher(self, account: Account, rehearsal_folder: Path | None) -> Publisher:
        if self._network(account).local:
            return self._connected(account) if rehearsal_folder is None else self.connect(account, folder=rehearsal_folder)
        if rehearsal_folder is not None or not account.live:
            facts, place = self.facts_of(account), rehearsal_folder or self._folder / "rehearsal"
            is_retired = rehearsal_folder is None and facts.abilities.hand_over is not None
            return Retired(facts, place, account, partial(self.connect, account)) if is_retired else Rehearsal(facts, place, account)
        return watched(self._connected(account), account.name, self.standings, self._place(account))

    def _place(self, account: Account) -> str:
        """Returns what stands for the account's profile: its network with the settings that are each account's own."""
        own = [
            (setting.name, account.settings.get(setting.name, "")) for setting in self._network(account).settings if setting.default is None
        ]
        return mark_of(repr((account.network, own)))

    def _connected(self, account: Account) -> Publisher:
        try:
            return self.connect(account)
        except LACKING as lacking:
            if isinstance(lacking, ConfigurationError):
                LOG.warning("%s cannot send, and its posts will wait: %s %s", account.name, lacking.message, lacking.hint)
            return Unconnected(partial(self.connect, account))
