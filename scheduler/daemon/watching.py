"""Noticing that files changed: a thread that sets an event."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

from scheduler.daemon.hearing import PROBE, hears

LOG = logging.getLogger(__name__)
_RETRY_SECONDS = 5.0
_POLL_MILLISECONDS = 1000


class _Changes(DefaultFilter):
    """Leaves out what editors and sync programs write for themselves, and our own probe."""

    def __call__(self, change: Change, path: str) -> bool:
        return PROBE not in path and super().__call__(change, path)


class Watcher:
    """Sets ``changed`` and ``wake`` after a change below any of the paths, until stopped.

    Where the system does not announce changes (network folders, too many watches) the folder is polled; where a path is missing it
    is looked for again. The daemon looks by itself as well, so a lost notification only costs time. ``hears`` tells of a folder
    whether its changes are announced.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        changed: threading.Event,
        wake: threading.Event,
        hears: Callable[[Path, threading.Event], bool] = hears,
    ) -> None:
        self._paths = paths
        self._hears = hears
        self._changed = changed
        self._wake = wake
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        poll = False
        while not self._stop.is_set():
            present = [path for path in self._paths if path.exists()]
            try:
                if present:
                    self._watch(present, poll=poll or self._is_deaf(present))
            except OSError as error:
                LOG.info("file notifications are not available (%s); looking every few seconds instead", error)
                poll = True
            self._stop.wait(_RETRY_SECONDS)

    def _is_deaf(self, present: Sequence[Path]) -> bool:
        deaf = next((path for path in present if path.is_dir() and not self._hears(path, self._stop)), None)
        if deaf is not None:
            LOG.info("changes in %s are not announced by this system; looking every second instead", deaf)
        return deaf is not None

    def _watch(self, present: Sequence[Path], *, poll: bool) -> None:
        arriving = watch(
            *present,
            stop_event=self._stop,
            debounce=200,
            step=50,
            rust_timeout=1000,
            yield_on_timeout=True,
            force_polling=poll or None,
            poll_delay_ms=_POLL_MILLISECONDS,
            watch_filter=_Changes(),
            raise_interrupt=False,
        )
        for changes in arriving:
            if changes:
                self._changed.set()
                self._wake.set()
            if any(not path.exists() for path in present) or len(present) < sum(path.exists() for path in self._paths):
                return
