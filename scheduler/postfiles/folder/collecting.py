"""Puts off Python's search for garbage while a folder is read: it makes many small objects, all of which stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def put_off() -> Iterator[None]:
    """Keeps the collector of cycles from running inside the block, if it was running at all."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
