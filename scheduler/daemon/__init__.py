"""Publishes on time: wakes, claims, sends, settles and recovers."""

from scheduler.daemon.engine import Engine
from scheduler.daemon.loop import Daemon
from scheduler.daemon.rehearsing import play
from scheduler.daemon.report import Done, Settings, TickReport

__all__ = ["Daemon", "Done", "Engine", "Settings", "TickReport", "play"]
