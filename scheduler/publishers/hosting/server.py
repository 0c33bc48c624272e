"""The small web server of the daemon: it shows what is on the shelf, to anybody who knows a signed name, and nothing else."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

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
        data = _read(path) if path else None
        if path is None or data is None:
            self.send_error(404)
            return
        self._send(data, _TYPES.get(path.suffix, "application/octet-stream"), whole=whole)

    def _send(self, data: bytes, kind: str, *, whole: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if whole:
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Keeps signed names out of the log: whoever has one can fetch the picture."""
        del format, args


def _read(path: Path) -> bytes | None:
    """Returns the file's bytes, or None where it was taken away a moment ago."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
