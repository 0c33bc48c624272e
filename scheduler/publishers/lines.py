"""Connections that keep to the whole time of a call: a server may send one byte of a header now and then for ever.

HTTP libraries count their time-outs from byte to byte; here each wait is as long as what is left of the call, and no longer.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from ssl import SSLContext

import httpcore
import httpx

from scheduler.publishers.addresses import is_ip
from scheduler.publishers.resolving import Resolver

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


class Hurried(httpx.SyncByteStream):
    """Ends a request whose body does not get away: a server may take one piece a minute for ever."""

    def __init__(self, body: Iterable[bytes], until: Until) -> None:
        self._body = body
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        """Yields the pieces of the body while there is time."""
        for piece in self._body:
            if self._until.is_over:
                raise httpx.WriteTimeout("the upload never ends")
            yield piece


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
    def __init__(self, until: Until, resolver: Resolver) -> None:
        self._system = httpcore.SyncBackend()
        self._until = until
        self._resolver = resolver

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Options = None
    ) -> httpcore.NetworkStream:
        late = httpcore.ConnectTimeout("timed out")
        missed: Exception = late
        for ip in looked_up(self._resolver, host, _waits(self._until, timeout, late)):
            waits = _waits(self._until, timeout, late)
            try:
                return _Stream(self._system.connect_tcp(ip, port, waits, local_address, socket_options), self._until)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                missed = error
        raise missed


def looked_up(resolver: Resolver, host: str, seconds: float) -> Sequence[str]:
    """Returns the addresses of a host; raises httpx's ConnectTimeout and ConnectError, since nothing was sent."""
    if is_ip(host):
        return (host,)
    try:
        return resolver.look_up(host, seconds)
    except TimeoutError as error:
        raise httpx.ConnectTimeout(str(error)) from error
    except OSError as error:
        raise httpx.ConnectError(str(error)) from error


class Transport(httpx.HTTPTransport):
    """Carries calls over such connections; ``encryption`` is how servers are checked, None where they are not encrypted."""

    def __init__(self, encryption: SSLContext | None, limits: httpx.Limits, until: Until, resolver: Resolver) -> None:
        super().__init__(verify=encryption or False, trust_env=False, limits=limits)
        self._pool = httpcore.ConnectionPool(
            ssl_context=encryption,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Lines(until, resolver),
        )
