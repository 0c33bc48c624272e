"""A small HTTP server of a test's own, on loopback, for as long as a block lasts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], **known: object) -> Iterator[str]:
    """Yields the server's address; ``known`` are attributes that the handlers of this server have, and no other's."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), known))
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://localhost:{http.server_address[1]}"
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
