"""The command line: one file a verb, and the one place that prints errors."""

from scheduler.cli.screen.verbs import Verbs, main

__all__ = ["Verbs", "main"]
