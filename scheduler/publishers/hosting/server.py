"""The small web server of the daemon: it shows what is on the shelf, to anybody who knows a signed name, and nothing else."""

import logging
import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO, ClassVar

from scheduler.model.errors import ConfigurationError, TemporaryError
from scheduler.publishers.hosting.own import Shelf

LOG = logging.getLogger(__name__)
MOST_SECONDS = 30.0

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
        PortTaken: Another program listens there.
    """
    host, port = parse_listen(listen)
    shelf.sweep()
    try:
        server = _server(shelf, host, port)
    except OSError as error:
        hint = "Another daemon may be running, or choose another port as listen in [media]."
        raise PortTaken(f"Pictures cannot be served on {listen}: {error.strerror}.", hint) from error
    thread = threading.Thread(target=server.serve_forever, name="media", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(MOST_SECONDS)


def _server(shelf: Shelf, host: str, port: int) -> ThreadingHTTPServer:
    class Handler(_Handler):
        shown = shelf

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        daemon_threads = True

    return Server((host, port), Handler)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD; whatever is no signed name of ours does not exist."""

    shown: ClassVar[Shelf]
    server_version = "scheduler"
    sys_version = ""
    timeout = MOST_SECONDS

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
        path = self.shown.find(name)
        try:
            stream = path.open("rb") if path else None
        except FileNotFoundError:
            stream = None  # it was taken away a moment ago
        if path is None or stream is None:
            self.send_error(404)
            return
        with stream:
            self._stream(stream, _TYPES.get(path.suffix, "application/octet-stream"), whole=whole)

    def _stream(self, stream: BinaryIO, kind: str, *, whole: bool) -> None:
        """Sends the file, or the one piece of it that was asked for: networks fetch films in pieces."""
        size = stream.seek(0, os.SEEK_END)
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
