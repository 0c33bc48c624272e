"""A TCP proxy that breaks connections: `python -m tests.faults.proxy --upstream PORT [--only KIND] [--rate 0.2] [--seed 1] [--log FILE]`.

It prints its own port on its first line and writes one line of JSON for each connection into the log. Every connection carries one
request of HTTP/1.1; what happens to it is drawn from the seed.
"""

import argparse
import json
import random
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TextIO

from scheduler.clock import SystemClock
from tests.servers import processes

PASS = "pass"
PATIENCE = 10.0
HELD_SECONDS = 5.0
DRIP_SECONDS = 0.01
REFUSING_SECONDS = 0.2
CLOCK = SystemClock()


@dataclass
class Connection:
    """Is one client, the server behind the proxy, and the request as far as it was read."""

    client: socket.socket
    upstream: int
    stop: threading.Event
    head: bytes = b""
    body: bytes = b""
    sides: list[socket.socket] = field(default_factory=list)

    def read_head(self) -> None:
        """Reads until the end of the headers; what came after them belongs to the body."""
        data = b""
        while b"\r\n\r\n" not in data:
            part = self.client.recv(65536)
            if not part:
                raise ConnectionError("the client went away")
            data += part
        head, _, self.body = data.partition(b"\r\n\r\n")
        self.head = head + b"\r\n\r\n"

    def read_body(self) -> None:
        """Reads the rest of the request."""
        while len(self.body) < content_length(self.head):
            part = self.client.recv(65536)
            if not part:
                raise ConnectionError("the client went away")
            self.body += part

    def ask_upstream(self) -> bytes:
        """Sends the whole request on and returns the whole answer; the server has decided when this returns."""
        with socket.create_connection(("127.0.0.1", self.upstream), PATIENCE) as server:
            head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", self.head).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
            server.sendall(head + self.body)
            answer = b""
            while part := server.recv(65536):
                answer += part
        return answer

    def whole(self) -> bytes:
        """Reads the request and returns the server's answer to it."""
        self.read_head()
        self.read_body()
        return self.ask_upstream()

    def reset(self) -> None:
        """Ends the connection with RST, as a router that forgot it does."""
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.client.close()

    def hold(self) -> None:
        """Says nothing until the client goes away or the proxy stops."""
        self.client.settimeout(HELD_SECONDS)
        with suppress(OSError):
            while self.client.recv(65536):
                pass


def content_length(head: bytes) -> int:
    """Returns the length of the body that the headers announce."""
    found = re.search(rb"(?i)\r\ncontent-length:\s*(\d+)", head)
    return int(found[1]) if found else 0


def pass_on(connection: Connection) -> None:
    connection.client.sendall(connection.whole())


def reset_before_body(connection: Connection) -> None:
    connection.read_head()
    connection.reset()


def reset_after_body(connection: Connection) -> None:
    connection.whole()
    connection.reset()


def black_hole(connection: Connection) -> None:
    """The server accepts; the answer never arrives."""
    connection.whole()
    connection.hold()


def silence(connection: Connection) -> None:
    """Nothing arrives anywhere, and nobody says so."""
    connection.read_head()
    connection.hold()


def slow_drip(connection: Connection) -> None:
    for byte in connection.whole():
        connection.client.sendall(bytes([byte]))
        CLOCK.wait(connection.stop, DRIP_SECONDS)


def half_answer(connection: Connection) -> None:
    answer = connection.whole()
    connection.client.sendall(answer[: -max(1, len(answer.partition(b"\r\n\r\n")[2]) // 2)])


def answer_with(status: str, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, "Content-Length: 2", "Content-Type: application/json", "Connection: close", "", "{}"]
    return "\r\n".join(lines).encode()


def turned_away(retry_after: Callable[[], str]) -> Callable[[Connection], None]:
    """Returns a fault that answers 429 in place of the server, which never hears of the request."""

    def turn_away(connection: Connection) -> None:
        connection.read_head()
        connection.read_body()
        connection.client.sendall(answer_with("429 Too Many Requests", f"Retry-After: {retry_after()}"))

    return turn_away


def error_after_acceptance(connection: Connection) -> None:
    connection.whole()
    connection.client.sendall(answer_with("502 Bad Gateway"))


def http_date() -> str:
    return format_datetime(CLOCK.now() + timedelta(seconds=3), usegmt=True)


REFUSED = "refused"
FAULTS: dict[str, Callable[[Connection], None]] = {
    PASS: pass_on,
    "reset_before_body": reset_before_body,
    "reset_after_body": reset_after_body,
    "black_hole": black_hole,
    "silence": silence,
    "slow_drip": slow_drip,
    "half_answer": half_answer,
    "429_seconds": turned_away(lambda: "1"),
    "429_date": turned_away(http_date),
    "429_absurd": turned_away(lambda: "99999999999999999999"),
    "429_negative": turned_away(lambda: "-3600"),
    "429_words": turned_away(lambda: "in a while"),
    "error_after_acceptance": error_after_acceptance,
    REFUSED: Connection.reset,
}


class Proxy:
    """Listens on a port of loopback and treats each connection as ``choose`` says."""

    def __init__(self, upstream: int, choose: Callable[[], str], log: TextIO | None = None) -> None:
        self._upstream = upstream
        self._choose = choose
        self._log = log
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.port = processes.free_port()
        self._listener = self._listen(self.port)

    @staticmethod
    def _listen(port: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(256)
        return listener

    def serve(self) -> None:
        """Takes connections until :meth:`stop`, each in a thread of its own."""
        while not self._stop.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                break
            kind = self._choose()
            self._note(kind)
            if kind == REFUSED:
                self._refuse(client)
            else:
                threading.Thread(target=self._treat, args=(client, kind), daemon=True).start()

    def stop(self) -> None:
        """Closes the port."""
        with self._lock:
            self._stop.set()
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()

    def _refuse(self, client: socket.socket) -> None:
        """Closes the door for a moment: the client that stands in it is reset, those who come meanwhile are refused."""
        Connection(client, self._upstream, self._stop).reset()
        self._listener.close()
        CLOCK.wait(self._stop, REFUSING_SECONDS)
        with self._lock:
            if not self._stop.is_set():
                self._listener = self._listen(self.port)

    def _treat(self, client: socket.socket, kind: str) -> None:
        client.settimeout(PATIENCE)
        connection = Connection(client, self._upstream, self._stop)
        # That the client gives up, or that the server is away, is part of the play.
        with client, suppress(OSError):
            FAULTS[kind](connection)

    def _note(self, kind: str) -> None:
        if self._log is not None:
            with self._lock:
                self._log.write(json.dumps({"fault": kind}) + "\n")
                self._log.flush()


def drawing(seed: int, rate: float, kinds: list[str]) -> Callable[[], str]:
    """Returns what draws a fault for about that share of the connections, the same ones for the same seed."""
    chance = random.Random(seed)

    def draw() -> str:
        return chance.choice(kinds) if chance.random() < rate else PASS

    return draw


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--upstream", type=int, required=True)
    parser.add_argument("--only", choices=sorted(FAULTS))
    parser.add_argument("--rate", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path)
    given = parser.parse_args(arguments)
    kinds = [given.only] if given.only else sorted(set(FAULTS) - {PASS})
    with given.log.open("a", encoding="utf-8") if given.log else open("/dev/null", "w", encoding="utf-8") as log:  # noqa: PTH123 - a place for lines nobody reads
        proxy = Proxy(given.upstream, drawing(given.seed, 1.0 if given.only else given.rate, kinds), log)
        print(proxy.port, flush=True)
        proxy.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
