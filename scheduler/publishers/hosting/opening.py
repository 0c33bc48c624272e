"""Opens the place for pictures that ``[media]`` in config.toml describes."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from scheduler.clock import Clock
from scheduler.config.secrets import MEDIA, SecretMissing
from scheduler.model.errors import ConfigurationError
from scheduler.model.network import Account, Network
from scheduler.publishers.hosting.host import MediaHost
from scheduler.publishers.hosting.own import Elsewhere, OwnHost, Shelf

LISTEN = "127.0.0.1:8788"
_TITLE = "The place for pictures"


class MediaSettings(ConfigurationError):
    """Is a ``[media]`` that cannot be used."""


@dataclass(frozen=True, slots=True)
class Places:
    """Is what opening needs to know: the table, the folder for what is offered, the accounts, and how secrets are found."""

    media: Mapping[str, str]
    folder: Path
    clock: Clock
    accounts: Mapping[str, Account]
    secret: Callable[[str], str]

    def open(self, network: Network | None = None) -> MediaHost | None:
        """Returns where pictures are offered to a network; None where nothing is set up, and for networks that are sent them.

        Raises:
            MediaSettings: A setting or the secret is not in its form, or the website is not connected.
            UnsafeAddress: An address is none, or is not encrypted.
            SecretMissing: The bucket's keys are nowhere.
        """
        match self.media.get("host"):
            case None:
                return None
            case _ if network and not network.fetches:
                return None
            case "own":
                return self._own()
            case "s3":
                return Elsewhere(self._bucket(), self._own_folder())
        return Elsewhere(self._library(), self._own_folder())

    def emptying(self) -> Callable[[str], None]:
        """Returns what takes a picture away by its key, as :meth:`MediaHost.withdraw` does; also where ``[media]`` names no place any more.

        Raises:
            MediaSettings, UnsafeAddress, SecretMissing: As :meth:`open`.
        """
        return (self.open() or self._own_folder()).withdraw

    def serve(self) -> AbstractContextManager[None]:
        """Returns what shows the pictures while it lasts, where this machine is the place for them.

        Raises:
            ListenError, PortTaken: Nothing can listen there.
        """
        if self.media.get("host") != "own":
            return nullcontext()
        from scheduler.publishers.hosting.server import serving  # noqa: PLC0415 - a web server is loaded only where one runs

        return serving(self._shelf(), self._listen())

    def _own(self) -> MediaHost:
        from scheduler.publishers.addresses import configured_address  # noqa: PLC0415 - loaded only where something is sent
        from scheduler.publishers.ascii_address import in_ascii  # noqa: PLC0415 - as above

        public = configured_address(self.media["public_url"], "public_url of [media]")
        return OwnHost(self._shelf(), in_ascii(public.base), self._listen())

    def _own_folder(self) -> OwnHost:
        """Returns this machine's folder as a place that nobody is shown."""
        return OwnHost(self._shelf(), "", self._listen())

    def _shelf(self) -> Shelf:
        return Shelf(self.folder, self.clock)

    def _listen(self) -> str:
        return self.media.get("listen") or LISTEN

    def _bucket(self) -> MediaHost:
        from scheduler.publishers.addresses import configured_address  # noqa: PLC0415 - HTTP is loaded only where something is sent
        from scheduler.publishers.ascii_address import in_ascii  # noqa: PLC0415 - as above
        from scheduler.publishers.exchange import Exchange, Secrets  # noqa: PLC0415 - as above
        from scheduler.publishers.hosting.bucket import BucketHost  # noqa: PLC0415 - as above
        from scheduler.publishers.hosting.signing import Keys  # noqa: PLC0415 - as above

        secrets = Secrets()
        identifier, _, secret = self.secret(MEDIA).partition(":")
        if not identifier or not secret:
            hint = "Set SCHEDULER_SECRET_MEDIA to both, with a colon."
            raise MediaSettings("The secret of [media] is not of the form  KEY-ID:SECRET-KEY", hint)
        secrets.add(secret)
        public = self.media.get("public_url", "")
        endpoint = configured_address(self.media["endpoint_url"], "endpoint_url of [media]")
        return BucketHost(
            # What is signed must be what is sent: small letters in the host, and no port that goes without saying.
            Exchange(replace(endpoint, base=in_ascii(endpoint.base).rstrip("/")), _TITLE, self.clock, secrets),
            Keys(identifier, secret, self.media.get("region") or "us-east-1"),
            self.media["bucket"],
            self.media.get("prefix", ""),
            in_ascii(configured_address(public, "public_url of [media]").base) if public else "",
            self.media.get("acl", ""),
        )

    def _library(self) -> MediaHost:
        from scheduler.publishers.articles.rest import ERRORS, open_site  # noqa: PLC0415 - as above
        from scheduler.publishers.exchange import Exchange  # noqa: PLC0415 - HTTP is loaded only where something is sent
        from scheduler.publishers.hosting.library import LibraryHost  # noqa: PLC0415 - as above

        name = self.media["account"]
        account = self.accounts.get(name)
        host = self.media["host"]
        if account is None or account.network != host:
            raise MediaSettings(f"[media] names the account “{name}”, and there is none of that name on {host}.", f"Add [accounts.{name}].")
        try:
            return LibraryHost(
                open_site(account, lambda: self.secret(name), lambda address, words: Exchange(address, _TITLE, self.clock, words, ERRORS))
            )
        except SecretMissing as error:
            told = f"Pictures are offered by the account “{name}” ([media] in config.toml says so), and it is not connected yet."
            raise MediaSettings(told, f"Connect it first:  scheduler accounts add {name}") from error
