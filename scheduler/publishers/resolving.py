"""Asks for the addresses of hosts within a time: the system's own asking has none that we could give it.

Each question is asked by a thread of its own that may be left behind where no answer comes. Whoever asks for the same host meanwhile
waits for the same answer, and only so many questions are open at once, so that a name server that is away leaves few threads behind.
"""

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

MOST_AT_ONCE = 16
Ask = Callable[[str], Sequence[str]]
"""Returns the addresses of a host, the best one first; raises OSError where it has none."""


def ask_system(host: str) -> tuple[str, ...]:
    """Returns what the system says of a host; raises OSError where the name is none, or nobody knows it."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"Name or service not known: {error}") from error
    return tuple(dict.fromkeys(str(place[4][0]) for place in found))


class Resolver:
    """Asks by ``ask``; threads may share it."""

    def __init__(self, ask: Ask = ask_system) -> None:
        self._ask = ask
        self._open: dict[str, Future[Sequence[str]]] = {}
        self._lock = threading.Lock()

    def look_up(self, host: str, seconds: float) -> Sequence[str]:
        """Returns the addresses of a host.

        Raises:
            TimeoutError: There was no answer within so many seconds, or too many questions wait for theirs.
            OSError: The host has no address.
        """
        answer = self._asked(host)
        try:
            return answer.result(seconds)
        except TimeoutError:
            raise TimeoutError("name resolution timed out") from None

    def _asked(self, host: str) -> Future[Sequence[str]]:
        with self._lock:
            if host not in self._open:
                if len(self._open) >= MOST_AT_ONCE:
                    raise TimeoutError("name resolution: too many questions are open")
                answer: Future[Sequence[str]] = Future()
                try:
                    threading.Thread(target=self._work, args=(host, answer), name="looking a name up", daemon=True).start()
                except RuntimeError as error:
                    raise OSError("this machine has no thread left") from error
                self._open[host] = answer
            return self._open[host]

    def _work(self, host: str, answer: Future[Sequence[str]]) -> None:
        found: Sequence[str] | Exception
        try:
            found = self._ask(host)
        except Exception as error:  # noqa: BLE001 - the boundary of a thread: whoever waits is told
            found = error
        with self._lock:
            del self._open[host]
        answer.set_exception(found) if isinstance(found, Exception) else answer.set_result(found)


SYSTEM = Resolver()
"""Is what all connections share."""
