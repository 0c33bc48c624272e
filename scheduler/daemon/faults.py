"""Fault points: places where a test ends the process or breaks it, and where nothing happens otherwise.

The environment variable ``SCHEDULER_FAULT`` is read once: ``point:action`` or ``point:action:N`` for the Nth time the
point is reached; the action is ``kill`` or ``exception``.
"""

import os
import signal
from dataclasses import dataclass
from typing import Final

POINTS: Final = ("record", "before_claim", "before_send", "after_send", "after_settle")


class FaultError(Exception):
    """Is the error that a test asked for."""


@dataclass(slots=True)
class _Armed:
    point: str
    action: str
    left: int


def _read(text: str) -> _Armed | None:
    if not text:
        return None
    point, action, number = [*text.split(":"), "1"][:3]
    if point not in POINTS or action not in {"kill", "exception"}:
        raise ValueError(f"SCHEDULER_FAULT={text} names no fault point and action")
    return _Armed(point, action, int(number))


_ARMED = _read(os.environ.get("SCHEDULER_FAULT", ""))


def fault(point: str) -> None:
    """Marks a place that a test can break; does nothing unless the environment asked for it."""
    if _ARMED is None or _ARMED.point != point:
        return
    _ARMED.left -= 1
    if _ARMED.left:
        return
    if _ARMED.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise FaultError(point)
