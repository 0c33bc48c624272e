"""Keeps secrets in the system's keyring, where the extra ``keyring`` is installed and a keyring is there.

A keyring may be missing or locked, or wait for a window on a screen that nobody sits at: it is asked on a thread of its own and
waited for a few seconds, and after trouble it is left alone for a while, so that it neither holds up what publishes nor pesters.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from scheduler.clock import Clock, SystemClock
from scheduler.model.errors import SchedulerError
from scheduler.model.plain import MOST_NAME, line

Answer = TypeVar("Answer")

PATIENCE, PATIENCE_WITH_A_PERSON = 5.0, 120.0
"""Are the seconds that a keyring is waited for: as a rule, and where somebody is there to unlock it."""

_LEFT_ALONE = 60.0
_SAYINGS = {"KeyringLocked": "it is locked", "InitError": "it could not be started", "NoKeyringError": "there is none"}


class KeyringTrouble(SchedulerError):
    """Is a keyring that is there and does not do what it is for."""

    def __init__(self, told: str) -> None:
        super().__init__(
            f"The keyring cannot be used: {told}.",
            "Unlock it as the user who runs the scheduler. Where nobody signs in, keep secrets in the file or the environment.",
        )


@dataclass(frozen=True, slots=True)
class _Failed:
    told: str


class Keychain:
    """Asks the keyring one question at a time. ``words`` are the secrets that it told or was told, for whoever must not repeat them."""

    def __init__(self, clock: Clock | None = None, patience: float = PATIENCE) -> None:
        self.words: set[str] = set()
        self._clock = clock or SystemClock()
        self._patience = patience
        self._turn = threading.Lock()
        self._trouble = ""
        self._again_at = 0.0
        self._title: str | None = None

    @property
    def trouble(self) -> KeyringTrouble | None:
        """Returns what was wrong with the keyring when it was asked last; None where nothing was."""
        return KeyringTrouble(self._trouble) if self._trouble else None

    def wait_for_a_person(self) -> None:
        """Waits longer from now on, since somebody is there to unlock the keyring, and asks it anew after trouble."""
        self._patience, self._trouble = PATIENCE_WITH_A_PERSON, ""

    def title(self) -> str:
        """Returns the name of the keyring; empty where there is none that keeps anything, or it is in trouble."""
        if self._title is None:
            try:
                self._title = self._asked(_title)
            except KeyringTrouble:
                return ""
        return self._title

    def find(self, account: str, folder: Path) -> str:
        """Returns the secret of a project's account; empty where the keyring has none, or there is no keyring.

        Raises:
            KeyringTrouble: There is a keyring, and it does not answer.
        """
        if self._title is None:
            self._title = self._asked(_title)
        found = self._asked(lambda: _found(_service(folder), account)) if self._title else ""
        self.words.add(found)
        return found

    def keep(self, account: str, secret: str, folder: Path) -> None:
        """Puts the secret there in the place of the one before, and looks whether it is there.

        Raises:
            KeyringTrouble: It did not take it.
        """
        self.words.add(secret)
        if not self.title():
            raise KeyringTrouble(self._trouble or _SAYINGS["NoKeyringError"])
        if not self._asked(lambda: _is_kept(_service(folder), account, secret)):
            raise KeyringTrouble("it does not give back what it was given")

    def forget(self, account: str, folder: Path) -> None:
        """Takes the secret of an account away, where there is one.

        Raises:
            KeyringTrouble: It keeps it.
        """
        if self.find(account, folder):
            self._asked(lambda: _forgotten(_service(folder), account))

    def _asked(self, question: Callable[[], Answer]) -> Answer:
        if self._trouble and self._clock.monotonic() < self._again_at:
            raise KeyringTrouble(self._trouble)
        if not self._turn.acquire(timeout=self._patience):
            raise self._left_alone("it is still busy with the last question")
        answers: SimpleQueue[Answer | _Failed] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(question())
            except Exception as error:  # noqa: BLE001 - a keyring is another program's code, which may raise whatever it likes
                answers.put(_Failed(_saying(error)))
            finally:
                self._turn.release()

        threading.Thread(target=ask, name="keyring", daemon=True).start()
        try:
            answer = answers.get(timeout=self._patience)
        except Empty:
            raise self._left_alone("it does not answer; perhaps a window waits for somebody to unlock it") from None
        if isinstance(answer, _Failed):
            raise self._left_alone(answer.told)
        self._trouble = ""
        return answer

    def _left_alone(self, told: str) -> KeyringTrouble:
        self._trouble, self._again_at = told, self._clock.monotonic() + _LEFT_ALONE
        return KeyringTrouble(told)


KEYCHAIN = Keychain()
"""Is the keyring of this process: it has one, as it has one user."""


def _service(folder: Path) -> str:
    """Returns the name that a project's secrets have there; two projects may have accounts of one name."""
    return f"scheduler: {folder.resolve()}"


def _title() -> str:
    try:
        from keyring import core  # noqa: PLC0415 - it is an extra, and takes a while to load
        from keyring.backends import fail, null  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] == "keyring":
            return ""
        raise
    # Keyrings that keep secrets in the open are taken only where the user has named one.
    core.init_backend(core.recommended)
    found = core.get_keyring()
    return "" if isinstance(found, fail.Keyring | null.Keyring) else line(str(found.name), MOST_NAME)


def _found(service: str, account: str) -> str:
    from keyring import core  # noqa: PLC0415 - as above

    return (core.get_password(service, account) or "").strip()


def _is_kept(service: str, account: str, secret: str) -> bool:
    from keyring import core  # noqa: PLC0415 - as above

    core.set_password(service, account, secret)
    return core.get_password(service, account) == secret


def _forgotten(service: str, account: str) -> None:
    from keyring import core  # noqa: PLC0415 - as above

    core.delete_password(service, account)


def _saying(error: Exception) -> str:
    """Returns what went wrong by the kind of the error alone: its words may quote the secret."""
    kind = type(error).__name__
    return _SAYINGS.get(kind, f"it broke off with an error of its own ({line(kind, MOST_NAME)})")
