import logging
import threading

import pytest

from scheduler.clock import SystemClock
from scheduler.daemon import housekeeping
from scheduler.daemon.housekeeping import do, kept
from scheduler.model.errors import SchedulerError

CLOCK = SystemClock()


def test_the_chore_is_done_at_once_and_again_beside_whatever_else_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EVERY_SECONDS", "_ASK_AGAIN"):
        monkeypatch.setattr(housekeeping, name, 0.01)
    done, thrice = [], threading.Event()

    def chore() -> None:
        done.append(threading.current_thread().name)
        if len(done) >= 3:
            thrice.set()

    with kept(chore, CLOCK, lambda: True):
        assert thrice.wait(120)
    assert set(done) == {"housekeeping"}
    number = len(done)
    assert not CLOCK.wait(threading.Event(), 0.05)
    assert len(done) == number, "it ends with the daemon"


def test_a_process_that_does_not_lead_leaves_the_chore_to_the_one_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EVERY_SECONDS", "_ASK_AGAIN"):
        monkeypatch.setattr(housekeeping, name, 0.01)
    asked, done = threading.Event(), []

    def leads() -> bool:
        asked.set()
        return False

    with kept(lambda: done.append(1), CLOCK, leads):
        assert asked.wait(120)
    assert done == []


@pytest.mark.parametrize("error", [SchedulerError("The place is full.", "Free some."), ZeroDivisionError("a mistake")])
def test_a_chore_that_fails_is_told_and_stops_nothing(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)

    def fails() -> None:
        raise error

    do(fails)
    do(None)
    assert "The place is full. Free some." in caplog.text or "a chore failed" in caplog.text


def test_a_slow_chore_does_not_keep_the_daemon_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "_LAST_WORDS", 0.01)
    over, began = threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        over.wait(60)

    with kept(slow, CLOCK, lambda: True):
        assert began.wait(120)
    over.set()
