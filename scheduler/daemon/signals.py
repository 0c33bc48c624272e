"""Ending in good order on SIGTERM and SIGINT."""

import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_END = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def on_end(stop: Callable[[], None]) -> Iterator[None]:
    """Calls ``stop`` on SIGTERM and SIGINT, from a thread of its own; outside the main thread it does nothing.

    A handler interrupts the main thread anywhere, also while it holds a lock that ``stop`` needs; putting into a
    ``SimpleQueue`` is the one thing that is safe there.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    bell: queue.SimpleQueue[str] = queue.SimpleQueue()

    def ring(_number: int, _frame: FrameType | None) -> None:
        bell.put("stop")

    def listen() -> None:
        while bell.get():
            stop()

    listener = threading.Thread(target=listen, name="signals", daemon=True)
    listener.start()
    before = {number: signal.signal(number, ring) for number in _END}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        bell.put("")
        listener.join(timeout=5)
