"""Connections that keep to the whole time of a call: a server may send one byte of a header now and then for ever.

HTTP libraries count their time-outs from byte to byte; here each wait is as long as what is left of the call, and no longer.
"""

import threading
from collections.abc import Callable, Iterable
from ssl import SSLContext

import httpcore
import httpx

_PIECE = 16 * 1024
"""Is how much is given to the system at once, so that a server that takes little is noticed."""

Options = Iterable[tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]] | None


class Until:
    """Is when the call ends that a thread is making, by the monotonic clock; each thread has its own."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._ends = threading.local()

    def begin(self, patience: float) -> None:
        """Says that this thread begins a call that may take so many seconds."""
        self._ends.at = self._now() + patience

    @property
    def is_over(self) -> bool:
        """Tells whether this thread's call has had its time."""
        return self.left(None) <= 0

    def left(self, most: float | None) -> float:
        """Returns the seconds that are left of this thread's call, and at most so many."""
        left = float(getattr(self._ends, "at", self._now())) - self._now()
        return left if most is None else min(left, most)


def _waits(until: Until, timeout: float | None, late: Exception) -> float:
    left = until.left(timeout)
    if left <= 0:
        raise late
    return left


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, until: Until) -> None:
        self._inner = inner
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _waits(self._until, timeout, httpcore.ReadTimeout("the answer never ends")))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            self._inner.write(buffer[start : start + _PIECE], _waits(self._until, timeout, httpcore.WriteTimeout("the upload never ends")))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        # A handshake is of many reads: Python lets the time run for all of them together.
        waits = _waits(self._until, timeout, httpcore.ConnectTimeout("timed out"))
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, waits), self._until)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


class _Lines(httpcore.NetworkBackend):
    def __init__(self, until: Until) -> None:
        self._system = httpcore.SyncBackend()
        self._until = until

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Options = None
    ) -> httpcore.NetworkStream:
        waits = _waits(self._until, timeout, httpcore.ConnectTimeout("timed out"))
        return _Stream(self._system.connect_tcp(host, port, waits, local_address, socket_options), self._until)


class Transport(httpx.HTTPTransport):
    """Carries calls over such connections; ``encryption`` is how servers are checked, None where they are not encrypted."""

    def __init__(self, encryption: SSLContext | None, limits: httpx.Limits, until: Until) -> None:
        super().__init__(verify=encryption or False, trust_env=False, limits=limits)
        self._pool = httpcore.ConnectionPool(
            ssl_context=encryption,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Lines(until),
        )
