"""Fault points: places where a test ends the process or breaks it, and where nothing happens otherwise.

The environment variable ``SCHEDULER_FAULT`` is read once: ``point:action`` or ``point:action:N`` for the Nth time the
point is reached; the action is ``kill``, ``exception``, ``stop`` (the process stands still until SIGCONT) or ``end`` (SIGTERM).
"""

import os
import signal
from dataclasses import dataclass
from typing import Final

PASSED: Final = ("record", "before_claim", "before_send", "after_send", "after_settle")
"""The points that every post passes on its way; the others need trouble, or a step of the network's own."""
POINTS: Final = (
    *PASSED,
    "before_step",
    "after_step",
    "after_aside",
    "before_look",
    "after_look",
    "before_repeat",
    "after_repeat",
)


_SIGNALS: Final = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "end": signal.SIGTERM}


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
    if point not in POINTS or action not in {*_SIGNALS, "exception"}:
        raise ValueError(f"SCHEDULER_FAULT={text} names no fault point and action")
    return _Armed(point, action, int(number))


_ARMED = _read(os.environ.get("SCHEDULER_FAULT", ""))


def armed_point() -> str:
    """Returns the point that the environment asked to break, or an empty text."""
    return _ARMED.point if _ARMED is not None else ""


def fault(point: str) -> None:
    """Marks a place that a test can break; does nothing unless the environment asked for it."""
    if _ARMED is None or _ARMED.point != point:
        return
    _ARMED.left -= 1
    if _ARMED.left:
        return
    if _ARMED.action == "exception":
        raise FaultError(point)
    os.kill(os.getpid(), _SIGNALS[_ARMED.action])
