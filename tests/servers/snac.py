"""snac, a small fediverse server that speaks the Mastodon API; unpacked from Debian's backports, not installed."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import httpx

from tests.servers import cache, debian, processes

TITLE = "snac (Mastodon API)"
LIBRARIES = ("libcurl4", "libssl3")
KEY = "snac2-bookworm-backports"
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


@dataclass(frozen=True, slots=True)
class Snac:
    """Is a running server with one user; ``token`` may read and write as that user."""

    address: str
    user: str
    token: str
    process: subprocess.Popen[bytes]


def is_installed() -> bool:
    """Tells whether the program is in the cache and its libraries in the system."""
    return _program().is_file() and all(debian.installed(library) for library in LIBRARIES)


def install() -> None:
    """Fetches the package from the mirror that this system uses and unpacks it into the cache."""
    debian.install(LIBRARIES)
    cache.fill(KEY, _unpack)


@contextmanager
def running(folder: Path, user: str = "comms") -> Iterator[Snac]:
    """Runs a server with its data in ``folder`` (new, or of an earlier run) and signs ``user`` in."""
    data, port, log = folder / "snac", processes.free_port(), folder / "snac.log"
    answers = f"127.0.0.1\n{port}\nlocalhost:{port}\n\n\n"
    subprocess.run([_program(), "init", data], input=answers, text=True, check=True, capture_output=True)
    settings = json.loads((data / "server.json").read_text(encoding="utf-8"))
    # Each open connection of a client holds a thread for seconds, and many clients of a test are never closed.
    (data / "server.json").write_text(json.dumps({**settings, "protocol": "http", "num_threads": 32}), encoding="utf-8")
    added = subprocess.run([_program(), "adduser", data, user], input="\n", text=True, check=True, capture_output=True)
    found = re.search(r"^User password is (\S+)", added.stdout, re.MULTILINE)
    assert found is not None, added.stdout
    address = f"http://localhost:{port}"
    # It takes seconds to end when asked to, and what it keeps is in its files by then.
    listening = partial(processes.listens, port)
    with processes.running([_program(), "httpd", data], log, listening, end_signal=signal.SIGKILL) as process:
        yield Snac(address, user, _sign_in(address, user, found[1]), process)


def _program() -> Path:
    return cache.cached(KEY) / "unpacked/usr/bin/snac"


def _unpack(folder: Path) -> None:
    debian.unpack(folder, "bookworm-backports", ["snac2"])


def _sign_in(address: str, user: str, password: str) -> str:
    with httpx.Client(base_url=address, headers={"Connection": "close"}) as client:
        wanted = {"redirect_uris": OUT_OF_BAND, "scopes": "read write", "client_name": "scheduler"}
        app = client.post("/api/v1/apps", data=wanted).raise_for_status().json()
        asked = {"client_id": app["client_id"], "redirect_uri": OUT_OF_BAND, "response_type": "code", "scope": "read write", "state": "s"}
        form = client.get("/oauth/authorize", params=asked).raise_for_status().text
        fields = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', form))
        action = re.search(r'action="([^"]+)"', form)
        assert action is not None, form
        answer = client.post(action[1], data={**fields, "login": user, "passwd": password})
        code = _code(answer)
        grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": OUT_OF_BAND, "scope": "read write"}
        keys = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
        return str(client.post("/oauth/token", data={**grant, **keys}).raise_for_status().json()["access_token"])


def _code(answer: httpx.Response) -> str:
    in_address = parse_qs(urlparse(answer.headers.get("location", "")).query).get("code")
    in_page = re.search(r"[0-9a-f]{16,}", answer.text)
    assert in_address or in_page, answer.text
    return in_address[0] if in_address else str(in_page[0] if in_page else "")
