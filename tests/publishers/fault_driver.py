"""Publishes again and again, each time in a process that ends itself, as by ``kill -9``, one line of our code later.

Called with the recipe of a publisher, a folder that gets one folder for each crash, and the envelopes.
All envelopes but the last are published in peace.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import Publisher

WRITING = {"sync_folder", "add", "_write", "_put", "_lock", "publish"}
Trace = Callable[[FrameType, str, Any], Any]


def kill_after(lines: int) -> Trace:
    """Returns a trace function that kills this process at the given line of our code that writes."""
    seen = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Trace | None:
        nonlocal seen
        name = frame.f_code.co_filename.replace(os.sep, "/")
        if ("/scheduler/publishers/" not in name and not name.endswith("/scheduler/disk.py")) or frame.f_code.co_name not in WRITING:
            return None
        if event == "line":
            seen += 1
            if seen == lines:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return trace


def survives(lines: int, make: Callable[[], Publisher], envelopes: list[Envelope]) -> bool:
    """Publishes in a child that dies at the line; returns whether it came to its end before that."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    for envelope in envelopes[:-1]:
        make().publish(envelope, lambda _key, _value: None)
    publisher = make()
    sys.settrace(kill_after(lines))
    publisher.publish(envelopes[-1], lambda _key, _value: None)
    sys.settrace(None)
    os._exit(0)


def main(recipe: str, place: str, orders: str) -> None:
    """Makes one crash after the other until a process survives."""
    envelopes = [Envelope(Outgoing.from_json(text), ids) for ids, text in json.loads(Path(orders).read_text())]
    warm = eval(recipe, {"folder": Path(place).with_name("warm")})
    warm.publish(envelopes[-1], lambda _key, _value: None)  # so that no child has to load and compile what all of them need
    lines = 1
    while True:
        folder = Path(place) / f"{lines:05}"
        folder.mkdir(parents=True)

        def make(folder: Path = folder) -> Publisher:
            publisher: Publisher = eval(recipe, {"folder": folder})  # noqa: S307, RUF100 - the recipe is our own test's
            return publisher

        if survives(lines, make, envelopes):
            break
        lines += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
