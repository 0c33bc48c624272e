"""A small HTTP server of a test's own, on loopback: for as long as a block lasts, or as a process of its own."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Answering(BaseHTTPRequestHandler):
    """Handles calls without a log of its own: by what is named like the verb (``get``, ``post``), or all of them by ``answer``."""

    def answer(self) -> None:
        """Answers one call."""
        known = getattr(self, self.command.lower(), None)
        known() if known else self.say(501)

    def _any(self) -> None:
        self.answer()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 - the library looks for these names

    def body(self) -> bytes:
        """Returns what came with the call."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def say(self, status: int, told: Any = b"", headers: Mapping[str, str] | None = None) -> None:
        """Answers with bytes as they are, or with anything else as JSON; ``headers`` win over what goes without saying."""
        data = told if isinstance(told, bytes) else json.dumps(told).encode()
        usual = {} if isinstance(told, bytes) else {"Content-Type": "application/json"}
        self.send_response(status)
        for name, value in {**usual, **(headers or {}), "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library names it so
        """Says nothing."""


class Server(ThreadingHTTPServer):
    """Takes many calls at once on a port of loopback, a free one unless told; ``known`` are attributes of its handlers alone."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0, known: Mapping[str, object] | None = None) -> None:
        super().__init__(("127.0.0.1", port), type("Handler", (handler,), dict(known or {})))

    def tell_port_and_serve(self) -> None:
        """Prints the port on the first line of a process that is this server until it is ended."""
        print(self.server_port, flush=True)
        self.serve_forever()


@contextmanager
def beside(server: ThreadingHTTPServer) -> Iterator[None]:
    """Runs a server beside the test until the block ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], **known: object) -> Iterator[str]:
    """Yields the server's address; ``known`` are attributes that the handlers of this server have, and no other's."""
    server = Server(handler, known=known)
    with beside(server):
        yield f"http://localhost:{server.server_port}"
