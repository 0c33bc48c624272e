"""A network in a process of its own: `python -m tests.fleet.receiver FOLDER`.

It writes one line into FOLDER/accepted.jsonl for each post that it makes visible, before it answers, and prints its port on its first
line. What an account is called says what its network can do: ``key-…`` knows a post by the key that it came with, ``read-…`` lists
what is out, ``none-…`` tells nothing.
"""

import json
import sys
import threading
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.serving import Answering, Server


class Receiver(Server):
    """Keeps what it accepted in memory and in a file."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Handler)
        self.lock = threading.Lock()
        self.out: dict[str, str] = {}
        self.file = (folder / "accepted.jsonl").open("a", encoding="utf-8")

    def accept(self, post: dict[str, Any]) -> str:
        """Makes a post visible and returns its id; one that a network with keys already has keeps its id."""
        with self.lock:
            known = self.out.get(post["key"])
            if known is not None and post["account"].startswith("key"):
                return known
            self.out[post["key"]] = uuid.uuid4().hex
            self.file.write(json.dumps({**post, "id": self.out[post["key"]]}) + "\n")
            self.file.flush()
            return self.out[post["key"]]


class Handler(Answering):
    """Answers POST / with the id of the new post, and GET /key with that of one that is out."""

    server: Receiver

    def post(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) == int(self.headers["Content-Length"]):
            self.say(201, {"id": self.server.accept(json.loads(body))})

    def get(self) -> None:
        with self.server.lock:
            found = self.server.out.get(self.path.lstrip("/"))
        self.say(200 if found else 404, {"id": found})

    def handle(self) -> None:
        with suppress(OSError):  # whoever asked went away
            super().handle()


def main(folder: Path) -> int:
    with Receiver(folder) as receiver:
        receiver.tell_port_and_serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
