"""A store that speaks S3, in a process of its own: moto's server, with a bucket called ``pictures``."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.servers import processes


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Yields the address of the store."""
    port = processes.free_port()
    command = [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(port)]
    environment = {**os.environ, "MOTO_S3_CUSTOM_ENDPOINTS": f"http://127.0.0.1:{port}", "INITIAL_NO_AUTH_ACTION_COUNT": "999"}
    with processes.running(command, folder / "log", lambda: processes.listens(port), environment=environment):
        base = f"http://127.0.0.1:{port}"
        assert httpx.put(f"{base}/pictures", trust_env=False).status_code == 200
        yield base


def kept(store: str) -> int:
    """Returns how many things lie in the bucket."""
    return httpx.get(f"{store}/pictures?list-type=2", trust_env=False).text.count("<Key>")
