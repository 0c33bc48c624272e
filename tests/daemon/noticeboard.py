"""A network in a process of its own, with the five abilities and its own account of what it accepted.

``python -m tests.daemon.noticeboard ACCOUNT_FILE`` prints its port. Posts arrive as JSON with ``delivery`` and
the ``key`` that the ability needs.
With ``X-Lose: 1`` the post is taken, and the connection closed without an answer.
"""

import json
import sys
import threading
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from tests.serving import Answering, Server


class Account:
    """Is what was accepted, one line for each visible post, flushed before any answer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.keys: dict[str, str] = {}
        self.containers: dict[str, str] = {}
        self.posts: dict[str, str] = {}

    def take(self, ability: str, told: dict[str, Any]) -> str:
        with self._lock:
            return self._take(ability, told)

    def _take(self, ability: str, told: dict[str, Any]) -> str:
        known = self.keys if ability in {"idempotency_key", "client_id"} else self.containers if ability == "two_phase" else {}
        name = told.get("key", "")
        if known.get(name):
            return known[name]
        made = uuid.uuid4().hex
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"ability": ability, "delivery": told["delivery"], "id": made}) + "\n")
        known[name] = made
        self.posts.setdefault(told["delivery"], made)
        return made


def handler_of(account: Account) -> type[Answering]:
    class Handler(Answering):
        def post(self) -> None:
            told = json.loads(self.body())
            ability = self.path.strip("/")
            if ability == "container":
                made = uuid.uuid4().hex
                account.containers[made] = ""
                self.say(200, {"id": made})
                return
            made = account.take(ability, told)
            if self.headers["X-Lose"]:
                self.close_connection = True
                return
            self.say(200, {"id": made})

        def get(self) -> None:
            kind, _, name = self.path.strip("/").partition("/")
            known = {
                "client_id": account.keys,
                "two_phase": account.containers,
                "readback": account.posts,
                "idempotency_key": account.posts,
            }
            self.say(200, {"id": known[kind].get(name, "")})

    return Handler


def accepted(path: Path) -> Counter[str]:
    """Returns how often each delivery became visible."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return Counter(json.loads(line)["delivery"] for line in lines)


if __name__ == "__main__":
    Server(handler_of(Account(Path(sys.argv[1])))).tell_port_and_serve()
