"""The small web server of the daemon: it shows what is on the shelf, to anybody who knows a signed name, and nothing else.

Anybody on the internet may talk to it: connections are few and short, and what is asked is read up to a length and no further.
"""

import errno
import logging
import os
import re
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any, BinaryIO

from scheduler.model.errors import ConfigurationError, TemporaryError
from scheduler.publishers.hosting.own import Shelf

LOG = logging.getLogger(__name__)
MOST_SECONDS = 30.0
MOST_AT_ONCE = 64
_ASKING_SECONDS = 15.0
"""Is how long a stranger may take for the whole of a question."""
_SLOWEST = 20_000
"""Is how many bytes a second a stranger has to take at least; films are large and lines are slow."""
_MOST_ASKED = 80 * 1024
_SECONDS_TO_CLOSE = 0.1
_BUSY = b"HTTP/1.0 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\n\r\n"

_TYPES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
}
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_PIECE = 256 * 1024
_ROBOTS = b"User-agent: *\nAllow: /\n"


class ListenError(ConfigurationError):
    """Is a ``listen`` that is no address and port."""


class PortTaken(TemporaryError):
    """Is a port that another program listens on."""


class NotOurAddress(TemporaryError):
    """Is a ``listen`` whose address this machine does not have, or not yet."""


def parse_listen(listen: str) -> tuple[str, int]:
    """Returns host and port of ``127.0.0.1:8788`` or ``[::1]:8788``.

    Raises:
        ListenError: It is neither.
    """
    host, _, port = listen.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) not in range(1, 65_536):
        raise ListenError(
            f"The setting listen in [media] is “{listen}”, which is no address with a port.", 'Write  listen = "127.0.0.1:8788"'
        )
    return host.strip("[]"), int(port)


@contextmanager
def serving(shelf: Shelf, listen: str) -> Iterator[None]:
    """Serves the shelf in a thread of its own until the block ends; what has expired is removed first.

    Raises:
        ListenError: ``listen`` is no address.
        NotOurAddress: This machine does not have it.
        PortTaken: Another program listens there, or the system does not let us.
    """
    host, port = parse_listen(listen)
    shelf.sweep()
    try:
        server = _server(shelf, host, port)
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            hint = "Write the address that this machine has there, or 0.0.0.0 for all that it has, as listen in [media]."
            raise NotOurAddress(f"Pictures cannot be served on {listen}: this machine does not have the address {host}.", hint) from error
        hint = "Another daemon may be running, or choose another port as listen in [media]."
        raise PortTaken(f"Pictures cannot be served on {listen}: {error.strerror}.", hint) from error
    thread = threading.Thread(target=server.serve_forever, args=(_SECONDS_TO_CLOSE,), name="media", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(MOST_SECONDS)


def _server(shelf: Shelf, host: str, port: int) -> "_Server":
    class Server(_Server):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    return Server(shelf, host, port)


_Talk = socket.socket | tuple[bytes, socket.socket]
"""Is a connection; the library has another form for servers that are none of TCP."""


class _Server(ThreadingHTTPServer):
    """Talks to so many strangers at once and no more, and ends the talk with those who take too long."""

    daemon_threads = True
    request_queue_size = MOST_AT_ONCE

    def __init__(self, shelf: Shelf, host: str, port: int) -> None:
        self.shelf = shelf
        self._ends: dict[_Talk, float] = {}
        super().__init__((host, port), _Handler)

    def verify_request(self, request: _Talk, client_address: object) -> bool:
        """Tells whether there is room for one more; who is turned away is told to come again."""
        del client_address
        if len(self._ends) < MOST_AT_ONCE:
            return True
        if isinstance(request, socket.socket):
            with suppress(OSError):
                request.sendall(_BUSY)
        return False

    def process_request(self, request: _Talk, client_address: Any) -> None:  # noqa: ANN401 - the library's own kind of it
        """Talks to a stranger in a thread of its own."""
        self.allow(request, _ASKING_SECONDS)
        super().process_request(request, client_address)

    def shutdown_request(self, request: _Talk) -> None:
        """Ends a talk."""
        self._ends.pop(request, None)
        super().shutdown_request(request)

    def allow(self, request: _Talk, seconds: float) -> None:
        """Gives a talk so many seconds from now."""
        self._ends[request] = self.shelf.clock.monotonic() + seconds

    def service_actions(self) -> None:
        """Breaks off what takes too long; the thread that talked there then ends by itself."""
        now = self.shelf.clock.monotonic()
        for request, ends in list(self._ends.items()):
            if ends <= now and isinstance(request, socket.socket):
                with suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: _Talk, client_address: object) -> None:
        """Takes note of a talk that broke off, which is the stranger's business and no mistake of ours."""
        del request, client_address
        LOG.debug("A request for a picture broke off: %s", type(sys.exception()).__name__)


class _Asked:
    """Is what a stranger sends, up to the length that a question has; it ends there."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self._left = _MOST_ASKED

    def readline(self, size: int = -1, /) -> bytes:
        """Returns the next line, empty at the end."""
        line = self._stream.readline(self._left if size < 0 else min(size, self._left))
        self._left -= len(line)
        return line

    def close(self) -> None:
        """Closes the stream."""
        self._stream.close()


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD; whatever is no signed name of ours does not exist."""

    server: _Server
    server_version = "scheduler"
    sys_version = ""
    timeout = MOST_SECONDS

    def setup(self) -> None:
        """Makes ready to read what is asked."""
        super().setup()
        self.rfile = _Asked(self.rfile)  # type: ignore[assignment] # lines are all that is read of it

    def do_GET(self) -> None:
        """Sends a picture."""
        self._answer(whole=True)

    def do_HEAD(self) -> None:
        """Sends what is known of a picture."""
        self._answer(whole=False)

    def _answer(self, *, whole: bool) -> None:
        name = self.path.partition("?")[0].rpartition("/")[2]
        if name == "robots.txt":
            self._send(_ROBOTS, "text/plain", whole=whole)
            return
        try:
            path = self.server.shelf.find(name)
            stream = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") if path else None
        except OSError:
            path = stream = None  # it was taken away a moment ago, or is none of ours
        if path is None or stream is None:
            self.send_error(404)
            return
        with stream:
            self._stream(stream, _TYPES.get(path.suffix, "application/octet-stream"), whole=whole)

    def _stream(self, stream: BinaryIO, kind: str, *, whole: bool) -> None:
        """Sends the file, or the one piece of it that was asked for: networks fetch films in pieces."""
        size = stream.seek(0, os.SEEK_END)
        self.server.allow(self.connection, MOST_SECONDS + size / _SLOWEST)
        asked = self.headers.get("Range")
        first, last = part_of(asked, size) if asked else (0, size - 1)
        if first > last and size:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if asked and (first, last) != (0, size - 1) else 200)
        if asked and (first, last) != (0, size - 1):
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self._head(kind, last - first + 1)
        stream.seek(first)
        left = last - first + 1 if whole else 0
        while left > 0 and (piece := stream.read(min(left, _PIECE))):
            self.wfile.write(piece)
            left -= len(piece)

    def _send(self, data: bytes, kind: str, *, whole: bool) -> None:
        self.send_response(200)
        self._head(kind, len(data))
        if whole:
            self.wfile.write(data)

    def _head(self, kind: str, size: int) -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Keeps signed names out of the log: whoever has one can fetch the picture."""
        del format, args


def part_of(asked: str, size: int) -> tuple[int, int]:
    """Returns first and last byte of a ``Range`` header; the whole file where it asks for several pieces or in another unit.

    Where nothing of the file is asked for, the first is behind the last.
    """
    match = _RANGE.fullmatch(asked.strip())
    if match is None or match.group(1) + match.group(2) == "":
        return 0, size - 1
    if not match[1]:
        return max(size - int(match[2]), 0), size - 1
    return int(match[1]), min(int(match[2]), size - 1) if match[2] else size - 1
