"""Server processes of a test: started on loopback, awaited, and ended by their own id."""

import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from scheduler.clock import SystemClock

PATIENCE = 120.0


class ServerFailedError(Exception):
    """Carries the last lines that a server wrote before it ended or stayed silent."""


def free_port() -> int:
    """Returns a port of loopback that is nobody else's as long as this process lives.

    It is held by a socket that never listens: others are given other ports, who calls it is refused, and a server that
    is told the number may listen on it, as servers bind with SO_REUSEADDR.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    port = int(held.getsockname()[1])
    held.detach()
    return port


def listens(port: int) -> bool:
    """Tells whether somebody accepts connections on the port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(
    command: Sequence[str | Path],
    log: Path,
    ready: Callable[[], bool],
    *,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
    end_signal: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a server until the block ends; the block begins once ``ready`` says so.

    Its standard input stays open as long as this process lives, so that a server which reads it can end with us.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            start_new_session=True,
        )
    try:
        _await(process, log, ready)
        yield process
    finally:
        end(process, end_signal)


def end(process: subprocess.Popen[bytes], end_signal: signal.Signals = signal.SIGTERM) -> None:
    """Ends one process, at once if it does not listen."""
    if process.poll() is None:
        process.send_signal(end_signal)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
    if process.stdin:
        process.stdin.close()


def _await(process: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    clock, never = SystemClock(), threading.Event()
    limit = clock.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None or clock.monotonic() > limit:
            last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
            raise ServerFailedError(f"{process.args!r} is not ready (exit code {process.poll()}); it wrote:\n{last}")
        clock.wait(never, 0.03)
