"""Spares Python's search for garbage the many small objects that reading a folder makes: all of them stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def put_off() -> Iterator[None]:
    """Keeps the collector of cycles from running inside the block, if it was running at all, and from searching at once what was made."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            # Together the two put everything young among the old, where it is searched seldom.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
