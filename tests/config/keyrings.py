"""Keyrings of our own, which ``PYTHON_KEYRING_BACKEND`` chooses for a process: real ones to the library, each with a habit."""

import json
import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError

FOLDER = "SCHEDULER_TESTS_KEYRING"
"""Names the folder that these keyrings keep everything in: ``kept.json``, and in ``asked`` a letter for each question."""


class Filed(KeyringBackend):
    """Keeps everything in a file."""

    priority = 5

    @property
    def name(self) -> str:
        return "Filed Keyring"

    def get_password(self, service: str, username: str) -> str | None:
        self.asked("g")
        found: str | None = self._all().get(f"{service}|{username}")
        return found

    def set_password(self, service: str, username: str, password: str) -> None:
        self.asked("s")
        self._write({**self._all(), f"{service}|{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        self.asked("d")
        everything = self._all()
        if everything.pop(f"{service}|{username}", None) is None:
            raise PasswordDeleteError("there is none")
        self._write(everything)

    def asked(self, letter: str) -> None:
        with (self._folder / "asked").open("a", encoding="utf-8") as file:
            file.write(letter)

    @property
    def _folder(self) -> Path:
        return Path(os.environ[FOLDER])

    def _all(self) -> dict[str, str]:
        path = self._folder / "kept.json"
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return found

    def _write(self, everything: dict[str, str]) -> None:
        (self._folder / "kept.json").write_text(json.dumps(everything), encoding="utf-8")


class Locked(Filed):
    """Is a keyring whose owner has closed the window that asked for its password."""

    def get_password(self, service: str, username: str) -> str | None:
        self.asked("g")
        raise KeyringLocked(f"Failed to unlock the collection for {service} {username}!")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(f"Failed to unlock the collection for {service} {username} {password}!")


class Waiting(Filed):
    """Waits for ever for a window that nobody sees."""

    def get_password(self, service: str, username: str) -> str | None:
        self.asked("g")
        threading.Event().wait()
        return f"{service}{username}"

    set_password = get_password  # type: ignore[assignment] # it never comes to what it would do


class Broken(Filed):
    """Breaks off with errors that no keyring documents, and tells the secret in them."""

    def get_password(self, service: str, username: str) -> str | None:
        raise ZeroDivisionError(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        raise ZeroDivisionError(f"{password} for {service} {username}")


class Unready(Filed):
    """Does not even start."""

    def __init__(self) -> None:
        raise InitError("no bus")


class Forgetful(Filed):
    """Takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        del service, username, password
        self.asked("s")


class TakesNothing(Filed):
    """Can be read and not written."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise ZeroDivisionError(f"{password} for {service} {username}")
