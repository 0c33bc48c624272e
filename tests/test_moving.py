"""An event that moves while a daemon runs: shown for a while, then in effect, at no time sent at the old hour, and told for good."""

import logging
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.clock import VirtualClock
from scheduler.daemon import looking
from scheduler.model.delivery import State
from scheduler.planning.changes import Kind
from tests.test_looks import NOON, Desk

SERIES = b"""---
kind: series
where: [toots]
---
## Save the date | 2027-04-14 12:00
Save {event.date}.

## Soon | 1 day before, 12:30
Soon, at {event.time}.

## Thanks | 1 day after, 12:00
Thank you for coming.
"""
WINDOW = timedelta(minutes=2)
SETTLED = timedelta(seconds=3)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON - timedelta(hours=1))


@pytest.fixture
def desk(tmp_path: Path, clock: VirtualClock) -> Iterator[Desk]:
    """Is a folder of an event on April 15, whose first part went out at noon; it is 12:00:30 in Berlin."""
    desk = Desk(tmp_path / "project", clock)
    (desk.folder / "posts/fair").mkdir()
    desk.save(desk.folder / "posts/fair/series.md", SERIES)
    starts(desk, "2027-04-15 15:00")
    clock.advance(timedelta(hours=1, seconds=30))
    desk.look()
    desk.engine.tick()
    yield desk
    desk.close()


def starts(desk: Desk, when: str, more: str = "") -> None:
    head = f"kind: event\ntitle: Fair\nplace: Pier\nstarts: {when}\n{more}"
    desk.save(desk.folder / "posts/fair/_campaign.md", f"---\n{head}---\n".encode())


def parts(desk: Desk) -> dict[str | None, tuple[State, str]]:
    facts = desk.elsewhere.facts().deliveries.values()
    return {fact.part: (fact.state, f"{fact.due:%d %H:%M}") for fact in facts}


def ticked(desk: Desk, step: timedelta, times: int = 1) -> None:
    for _ in range(times):
        desk.clock.advance(step)
        desk.look()
        desk.engine.tick(fresh=False)


def notes(desk: Desk) -> list[tuple[str | None, str]]:
    facts = desk.elsewhere.facts().deliveries
    return [(facts[event.delivery].part, event.reason) for event in desk.elsewhere.moves(datetime(2027, 1, 1, tzinfo=UTC))]


BEFORE = {"Save the date": (State.SENT, "14 10:00"), "Soon": (State.QUEUED, "14 10:30"), "Thanks": (State.QUEUED, "16 10:00")}
AFTER = {"Save the date": (State.SENT, "14 10:00"), "Soon": (State.QUEUED, "15 10:30"), "Thanks": (State.QUEUED, "17 10:00")}
TOLD = [
    ("Soon", "Moved from Wed 2027-04-14 12:30 to Thu 2027-04-15 12:30."),
    ("Thanks", "Moved from Fri 2027-04-16 12:00 to Sat 2027-04-17 12:00."),
    (
        "Save the date",
        "It went out before the rest moved: it says “Save April 15.”, and its file now says “Save April 16.”. Post a correction?",
    ),
]


@pytest.mark.parametrize("how", ["starts", "postponed-to"])
def test_a_moved_event_is_shown_for_a_while_and_then_takes_effect_and_is_told(
    desk: Desk, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    caplog.set_level(logging.INFO)
    assert parts(desk) == BEFORE
    caplog.clear()
    if how == "starts":
        starts(desk, "2027-04-16 15:00")
    else:
        starts(desk, "2027-04-15 15:00", "postponed-to: 2027-04-16 15:00\n")
    ticked(desk, SETTLED, 3)
    assert parts(desk) == BEFORE
    found = desk.project.changes(desk.clock.now())
    assert {(change.kind, change.part) for change in found} == {(Kind.MOVED, "Soon"), (Kind.MOVED, "Thanks"), (Kind.OUT, "Save the date")}
    assert {change.takes_effect for change in found} == {NOON + timedelta(seconds=30) + WINDOW, None}
    assert "post a correction?" in next(change.reason for change in found if change.kind is Kind.OUT).lower()
    said = [record.getMessage() for record in caplog.records]
    until = "at 10:02:30 UTC, if its files stay as they are"
    assert said == [
        f"fair/series · Soon (toots) moves from Wed 2027-04-14 12:30 to Thu 2027-04-15 12:30 {until}",
        f"fair/series · Thanks (toots) moves from Fri 2027-04-16 12:00 to Sat 2027-04-17 12:00 {until}",
    ]
    caplog.clear()
    ticked(desk, WINDOW)
    assert parts(desk) == AFTER
    assert notes(desk) == TOLD
    said = [record.getMessage() for record in caplog.records]
    assert said == [f"fair/series · {part} (toots): {words}" for part, words in TOLD]
    ticked(desk, timedelta(minutes=5), 3)
    assert notes(desk) == TOLD


def test_nothing_goes_out_at_the_old_hour_while_it_is_about_to_move(desk: Desk) -> None:
    desk.clock.advance(timedelta(minutes=28, seconds=50))  # 12:29:20, and the part is due at 12:30
    starts(desk, "2027-04-16 15:00")
    ticked(desk, timedelta(seconds=10), 13)
    assert parts(desk) == AFTER
    ticked(desk, NOON + timedelta(days=1, minutes=30) - desk.clock.now())
    assert parts(desk)["Soon"] == (State.SENT, "15 10:30")
    assert len(desk.elsewhere.attempts()) == 2


def test_a_file_that_is_put_back_loses_nothing(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    desk.clock.advance(timedelta(minutes=28, seconds=50))
    starts(desk, "2027-04-16 15:00")
    ticked(desk, timedelta(seconds=10), 5)
    caplog.clear()
    starts(desk, "2027-04-15 15:00")
    ticked(desk, timedelta(seconds=1), 10)
    assert [record.getMessage() for record in caplog.records] == [
        f"fair/series · {part} (toots) keeps its time" for part in ("Soon", "Thanks")
    ]
    assert parts(desk) == BEFORE
    ticked(desk, WINDOW)
    assert parts(desk) == {**BEFORE, "Soon": (State.SENT, "14 10:30")}
    assert notes(desk) == []
    assert len(desk.elsewhere.attempts()) == 2


def test_a_slip_that_puts_the_event_into_the_past_misses_nothing_once_it_is_put_back(desk: Desk) -> None:
    starts(desk, "2026-04-15 15:00")
    ticked(desk, SETTLED, 5)
    assert parts(desk) == BEFORE
    starts(desk, "2027-04-15 15:00")
    ticked(desk, timedelta(minutes=10), 4)
    assert parts(desk) == {**BEFORE, "Soon": (State.SENT, "14 10:30")}
    assert all(event.became is not State.MISSED for event in desk.elsewhere.events())


def test_an_earlier_time_that_passes_meanwhile_goes_out_once_it_takes_effect(desk: Desk) -> None:
    desk.clock.advance(timedelta(seconds=30))
    desk.save(desk.folder / "posts/fair/series.md", SERIES.replace(b"12:30", b"12:02"))
    ticked(desk, timedelta(seconds=11), 10)
    assert parts(desk) == BEFORE
    ticked(desk, timedelta(seconds=10), 2)
    assert parts(desk) == {**BEFORE, "Soon": (State.SENT, "14 10:02")}


class Killed(BaseException):
    """Is what a kill looks like to the code that runs."""


@pytest.mark.parametrize("seconds", [1, 30, 119, 121, 125])
def test_killed_at_any_moment_and_started_again_it_moves_and_is_told_once(
    desk: Desk, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    starts(desk, "2027-04-16 15:00")

    def kill(_point: str) -> None:
        raise Killed

    monkeypatch.setattr(looking, "fault", kill)
    clock.advance(timedelta(seconds=seconds))
    with pytest.raises(Killed) if seconds > SETTLED.total_seconds() else nullcontext():
        desk.engine.refresh()
    monkeypatch.undo()
    assert parts(desk) == BEFORE
    assert notes(desk) == []
    again = Desk.anew(desk.folder, clock)
    try:
        ticked(again, timedelta(seconds=25), 5)
        assert parts(again) == AFTER
        assert notes(again) == TOLD
        ticked(again, NOON + timedelta(days=1, minutes=30) - clock.now())
        ticked(again, timedelta(minutes=1))
        assert len(again.elsewhere.attempts()) == 2
    finally:
        again.close()


def test_what_quiet_before_publish_asks_nothing_of_moves_at_once(tmp_path: Path, clock: VirtualClock) -> None:
    desk = Desk(tmp_path / "other", clock, more='[policy]\nquiet_before_publish = "0s"\n')
    try:
        desk.move(15)
        ticked(desk, SETTLED, 2)
        desk.move(16)
        ticked(desk, SETTLED, 2)
        assert parts(desk)["Thanks"] == (State.QUEUED, "17 10:00")
    finally:
        desk.close()
