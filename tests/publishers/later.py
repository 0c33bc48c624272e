"""Lets runs follow each other some minutes apart, without waiting: libfaketime puts their clock forward."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.running import Run, inside
from tests.servers.faketime import Hands, library

RUNS, APART = 6, timedelta(minutes=5)


def later(folder: Path, run: Callable[[Mapping[str, str]], Run]) -> set[str]:
    """Runs now, and then every five minutes until all is sent; returns the states that deliveries have in the end.

    Where libfaketime is not installed, the test is skipped when more than a second run now is needed.
    """
    hands = Hands(folder / "clock") if library() else None
    states: set[str] = set()
    for number in range(RUNS):
        if number > 1 and hands is None:
            pytest.skip("libfaketime is not installed: python -m tests.servers")
        if hands is not None:
            hands.set(APART * max(number - 1, 0))
        done = run(hands.environment if hands is not None and number > 1 else {})
        assert done.code == 0, done.err
        states = {item["state"] for item in inside(folder, "list", "--json").json["deliveries"]}
        if states == {"sent"}:
            break
    return states
