"""The daemon's own place: files with signed names that expire, served on this machine behind the organisation's proxy."""

import hashlib
import hmac
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scheduler.clock import Clock
from scheduler.disk import private_folder, replace_file
from scheduler.model.graphic import Picture
from scheduler.publishers.files import PictureError, ending, measured, trouble
from scheduler.publishers.hosting.host import LIFETIME, Check, Chosen, Hosted, HostingError, MediaHost, strange, unnoted

_NAME = re.compile(r"(?P<until>[0-9]{10})-(?P<random>[0-9a-f]{32})-(?P<signature>[0-9a-f]{32})(?P<ending>\.[a-z0-9]{3,4})")
_KEY_FILE, _KEY_BYTES = "key", 32
_UNFINISHED = ".unfinished"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Is the folder of what is offered: ``folder`` holds the files and the key that signs their names."""

    folder: Path
    clock: Clock

    def put(self, data: bytes, suffix: str) -> str:
        """Keeps the bytes and returns their name: until when, 128 random bits, and a signature of both.

        Raises:
            OSError: The folder cannot be written.
        """
        name, _ = self._name(suffix)
        replace_file(self.folder / name, data)
        return name

    def take(self, picture: Picture, chosen: Chosen = unnoted) -> str:
        """Keeps a copy of a picture or film, however large, and returns its name, which ``chosen`` is told before.

        Raises:
            PictureError: It is gone, or another one by now.
            OSError: The folder cannot be written.
        """
        name, temporary = self._name(ending(picture))
        chosen(name)
        with measured(picture) as source:
            replace_file(self.folder / name, source, by_way_of=temporary)
        return name

    def _name(self, suffix: str) -> tuple[str, Path]:
        until = f"{int((self.clock.now() + LIFETIME).timestamp()):010}"
        random = secrets.token_hex(16)
        return f"{until}-{random}-{self._signature(until, random, suffix)}{suffix}", self.folder / f"{until}-{random}{_UNFINISHED}"

    def find(self, name: str) -> Path | None:
        """Returns the file of a name that we signed and that has not expired."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        expected = self._signature(match["until"], match["random"], match["ending"])
        if not hmac.compare_digest(expected, match["signature"]) or self._expired(match["until"]):
            return None
        path = self.folder / name
        return path if path.is_file() and not path.is_symlink() else None

    @staticmethod
    def is_name(key: str) -> bool:
        """Tells whether a key has the form of the names here, whoever signed it."""
        return _NAME.fullmatch(key) is not None

    def remove(self, name: str) -> None:
        """Takes a file away, finished or not; one that is gone is fine."""
        match = _NAME.fullmatch(name)
        if match:
            (self.folder / name).unlink(missing_ok=True)
            (self.folder / f"{match['until']}-{match['random']}{_UNFINISHED}").unlink(missing_ok=True)

    def sweep(self) -> None:
        """Removes what has expired."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            until = path.name.partition("-")[0]
            ours = _NAME.fullmatch(path.name) or path.name.endswith(_UNFINISHED)
            if ours and until.isdigit() and self._expired(until):
                path.unlink(missing_ok=True)

    def _expired(self, until: str) -> bool:
        return datetime.fromtimestamp(int(until), UTC) <= self.clock.now()

    def _signature(self, until: str, random: str, suffix: str) -> str:
        return hmac.new(self._key(), f"{until}-{random}{suffix}".encode(), hashlib.sha256).hexdigest()[:32]

    def _key(self) -> bytes:
        """Returns the key, made where there is none; nobody else on the machine can read it."""
        path = self.folder / _KEY_FILE
        if not path.exists() or path.stat().st_size < _KEY_BYTES:
            path.unlink(missing_ok=True)  # with a key that was cut off anybody could sign
            private_folder(self.folder)
            temporary = self.folder / f".{secrets.token_hex(8)}.key"
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as stream:
                stream.write(secrets.token_bytes(_KEY_BYTES))
            # Of several programs that start at once, the first one's key is kept, and whole.
            with suppress(FileExistsError):
                os.link(temporary, path)
            temporary.unlink()
        return path.read_bytes()


@dataclass(frozen=True, slots=True)
class OwnHost:
    """Offers pictures from a shelf that the daemon serves on ``listen``; ``public_url`` is where the proxy shows it, without a slash."""

    shelf: Shelf
    public_url: str
    listen: str

    def offer(self, picture: Picture, chosen: Chosen = unnoted) -> Hosted:
        """Returns the signed address of the picture, which works while the daemon runs and until it expires.

        Raises:
            HostingError: The picture is gone or the folder cannot be written.
        """
        try:
            name = self.shelf.take(picture, chosen)
        except PictureError as error:
            raise HostingError(error.reason, permanent=error.permanent) from error
        except OSError as error:
            raise HostingError(f"The folder for pictures that networks fetch cannot be written: {trouble(error)}.") from error
        return Hosted(f"{self.public_url}/{name}", name)

    def withdraw(self, key: str) -> None:
        """Takes a picture away.

        Raises:
            HostingError: The folder cannot be written.
        """
        if not self.shelf.is_name(key):
            raise strange(key)
        try:
            self.shelf.remove(key)
        except OSError as error:
            raise HostingError(f"The folder for pictures that networks fetch cannot be written: {trouble(error)}.") from error

    def test(self) -> tuple[Check, ...]:
        """Returns whether the folder can be written, the daemon shows what is in it, and the proxy passes that on.

        Where no daemon runs, the pictures are shown from here for as long as the test takes.
        """
        from scheduler.publishers.hosting.server import NotOurAddress, PortTaken, serving  # noqa: PLC0415 - the server shows this module's shelf

        try:
            with serving(self.shelf, self.listen):
                return self._walked()
        except NotOurAddress as error:
            return (Check("the daemon", works=False, sentence=error.message, fix=error.hint),)
        except PortTaken:
            return self._walked()

    def _walked(self) -> tuple[Check, ...]:
        from scheduler.publishers.hosting.probing import through_daemon, walk  # noqa: PLC0415 - HTTP is loaded only where it is used

        clock = self.shelf.clock
        return (through_daemon(self, self.listen, clock), *walk(self, "the folder for pictures", clock))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Is another place than this machine's ``folder``, in which pictures may lie yet that were offered before ``[media]`` named it."""

    host: MediaHost
    folder: OwnHost

    def offer(self, picture: Picture, chosen: Chosen = unnoted) -> Hosted:
        """Returns the place's own answer."""
        return self.host.offer(picture, chosen)

    def withdraw(self, key: str) -> None:
        """Takes a picture away from where its key says that it lies."""
        (self.folder if self.folder.shelf.is_name(key) else self.host).withdraw(key)

    def test(self) -> tuple[Check, ...]:
        """Returns what the place finds."""
        return self.host.test()
