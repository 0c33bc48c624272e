"""The Bluesky server itself with its directory of identities, from npm, in two processes so that one can be killed alone."""

import os
import platform
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.servers import cache, npm, processes
from tests.servers.steps import run

TITLE = "Bluesky PDS"
PACKAGES = {"@atproto/pds": "0.4.217", "@did-plc/server": "0.0.1"}
SCRIPT = Path(__file__).with_suffix(".cjs")


@dataclass(frozen=True, slots=True)
class BlueskyServer:
    """Is a running server; new accounts may take any handle that ends in ``.test``."""

    address: str
    process: subprocess.Popen[bytes]

    def create_account(self, handle: str, password: str) -> str:
        """Makes an account and returns its lasting identity (DID)."""
        wanted = {"handle": handle, "password": password, "email": f"{handle.partition('.')[0]}@example.org"}
        answer = httpx.post(f"{self.address}/xrpc/com.atproto.server.createAccount", json=wanted, timeout=20)
        return str(answer.raise_for_status().json()["did"])


def is_installed() -> bool:
    """Tells whether these versions are in the cache, compiled for the node in use."""
    return cache.cached(_key()).is_dir()


def install() -> None:
    """Fetches these versions into the cache and compiles their database driver."""
    npm.provide_node(compiler=True)
    cache.fill(_key(), _make)


@contextmanager
def directory(folder: Path) -> Iterator[int]:
    """Runs the directory of identities and gives its port; it forgets everything when it ends."""
    port = processes.free_port()
    with _node(["plc", str(port)], port, folder / "bluesky-plc.log"):
        yield port


@contextmanager
def server(folder: Path, directory_port: int, port: int | None = None) -> Iterator[BlueskyServer]:
    """Runs the server on the data of ``folder``; after a kill, the same folder, directory and port bring everything back."""
    port = port or processes.free_port()
    words = ["pds", str(port), str(folder / "bluesky-pds"), str(directory_port)]
    with _node(words, port, folder / "bluesky-pds.log") as process:
        yield BlueskyServer(f"http://localhost:{port}", process)


@contextmanager
def running(folder: Path) -> Iterator[BlueskyServer]:
    """Runs a server together with its directory; data and logs are in ``folder``."""
    with directory(folder) as directory_port, server(folder, directory_port) as bluesky:
        yield bluesky


@contextmanager
def _node(words: list[str], port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "NODE_PATH": str(cache.cached(_key()) / "node_modules")}
    with processes.running(["node", SCRIPT, *words], log, lambda: _answers(port), environment=environment) as process:
        yield process


def _answers(port: int) -> bool:
    """Tells whether the server, or the directory, says that it is well."""
    try:
        return any(httpx.get(f"http://127.0.0.1:{port}/{page}", timeout=5).is_success for page in ("xrpc/_health", "_health"))
    except httpx.TransportError:
        return False


def _key() -> str:
    versions = "-".join(PACKAGES.values())
    return f"bluesky-{versions}-node{npm.node_abi()}-{platform.machine()}"


def _make(folder: Path) -> None:
    npm.install(folder, PACKAGES, compiled=["better-sqlite3"])
    run(["node", "-e", "new (require('better-sqlite3'))(':memory:')"], folder=folder)
