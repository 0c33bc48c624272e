"""A series counts from its event over changes of the clock: days keep the hour on the wall, hours are hours that pass."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.finding import Severity
from scheduler.model.plan import Plan
from scheduler.model.post import Event, Part, Relative
from scheduler.planning.plan import plan
from scheduler.planning.times.walltime import Gap, resolve
from tests.planning.making import context, file_of, network, post, variant

ALPHA = (network("alpha"),)
PARTS = {
    "a week before, 10:00": Relative(-7, 0, time(10)),
    "a day before": Relative(-1, 0, None),
    "12 hours before": Relative(0, -12 * 60, None),
    "90 minutes before": Relative(0, -90, None),
    "a day after, 11:00": Relative(1, 0, time(11)),
}


def planned(zone: str, starts: datetime, parts: dict[str, Relative], **event: object) -> Plan:
    made = post(
        parts=tuple(Part(name, when, (variant(name),)) for name, when in parts.items()),
        event=Event(title="March", starts=starts, timezone=zone, **event),  # type: ignore[arg-type] # the fields of each case
    )
    return plan([file_of(made)], context(networks=ALPHA), starts.replace(tzinfo=UTC) - timedelta(days=40))


def times(found: Plan) -> dict[str, str]:
    return {item.part.name or "": f"{item.due.local:%m-%d %H:%M %z}" for item in found.deliveries}


@pytest.mark.parametrize(
    ("zone", "starts", "expected"),
    [
        (
            "Europe/Berlin",
            datetime(2027, 3, 28, 14),
            ("03-21 10:00 +0100", "03-27 14:00 +0100", "03-28 01:00 +0100", "03-28 12:30 +0200", "03-29 11:00 +0200"),
        ),
        (
            "Europe/Berlin",
            datetime(2027, 10, 31, 14),
            ("10-24 10:00 +0200", "10-30 14:00 +0200", "10-31 02:00 +0100", "10-31 12:30 +0100", "11-01 11:00 +0100"),
        ),
        (
            "America/Los_Angeles",
            datetime(2027, 3, 14, 14),
            ("03-07 10:00 -0800", "03-13 14:00 -0800", "03-14 01:00 -0800", "03-14 12:30 -0700", "03-15 11:00 -0700"),
        ),
        (
            "America/Los_Angeles",
            datetime(2027, 11, 7, 14),
            ("10-31 10:00 -0700", "11-06 14:00 -0700", "11-07 02:00 -0800", "11-07 12:30 -0800", "11-08 11:00 -0800"),
        ),
        # Greenland stayed on summer time in 2023 and has put its clocks forward from there since 2024.
        (
            "America/Nuuk",
            datetime(2023, 3, 26, 14),
            ("03-19 10:00 -0300", "03-25 14:00 -0300", "03-26 02:00 -0200", "03-26 12:30 -0200", "03-27 11:00 -0200"),
        ),
        (
            "America/Nuuk",
            datetime(2023, 10, 29, 14),
            ("10-22 10:00 -0200", "10-28 14:00 -0200", "10-29 02:00 -0200", "10-29 12:30 -0200", "10-30 11:00 -0200"),
        ),
        (
            "America/Nuuk",
            datetime(2024, 3, 31, 14),
            ("03-24 10:00 -0200", "03-30 14:00 -0200", "03-31 02:00 -0100", "03-31 12:30 -0100", "04-01 11:00 -0100"),
        ),
        # Morocco puts its clocks back for Ramadan, in 2027 from February 7 to March 14.
        (
            "Africa/Casablanca",
            datetime(2027, 2, 7, 14),
            ("01-31 10:00 +0100", "02-06 14:00 +0100", "02-07 02:00 +0000", "02-07 12:30 +0000", "02-08 11:00 +0000"),
        ),
    ],
)
def test_days_keep_the_hour_on_the_wall_and_hours_are_hours_that_pass(zone: str, starts: datetime, expected: tuple[str, ...]) -> None:
    found = planned(zone, starts, PARTS)
    assert times(found) == dict(zip(PARTS, expected, strict=True))


def test_a_part_whose_hour_clocks_jump_over_is_held_and_named_alone() -> None:
    found = planned("Europe/Berlin", datetime(2027, 3, 29, 14), {"night": Relative(-1, 0, time(2, 30)), "day": Relative(-1, 0, time(14))})
    assert times(found) == {"day": "03-28 14:00 +0200"}
    assert [(finding.rule, finding.severity, finding.part) for finding in found.findings] == [("clock-change-gap", Severity.ERROR, "night")]


def test_a_part_whose_hour_happens_twice_goes_out_once_and_is_named() -> None:
    found = planned("America/Los_Angeles", datetime(2027, 11, 8, 14), {"night": Relative(-1, 0, time(1, 30))})
    assert times(found) == {"night": "11-07 01:30 -0700"}
    assert [(finding.rule, finding.severity) for finding in found.findings] == [("clock-change-fold", Severity.WARNING)]


def test_an_event_that_is_postponed_past_the_change_takes_its_series_along() -> None:
    found = planned("Europe/Berlin", datetime(2027, 3, 20, 14), PARTS, postponed_to=datetime(2027, 3, 28, 14))
    assert times(found) == times(planned("Europe/Berlin", datetime(2027, 3, 28, 14), PARTS))


@given(
    zone=st.sampled_from(["Europe/Berlin", "America/Los_Angeles", "America/Nuuk", "Africa/Casablanca", "Australia/Lord_Howe"]),
    day=st.dates(date(2027, 1, 1), date(2027, 12, 31)),
    start=st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    clock=st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    days=st.integers(-60, 30),
    minutes=st.integers(-3000, -1),
)
def test_every_day_of_the_year_keeps_both_promises(zone: str, day: date, start: time, clock: time, days: int, minutes: int) -> None:
    starts = datetime.combine(day, start)
    begins = resolve(starts, zone)
    found = planned(zone, starts, {"days": Relative(days, 0, clock), "minutes": Relative(0, minutes, None)})
    due = {item.part.name: item.due for item in (*found.deliveries, *(held.delivery for held in found.held))}
    wall = datetime.combine(day + timedelta(days=days), clock)
    if isinstance(resolve(wall, zone), Gap):
        assert "days" not in due
    else:
        assert due["days"].local.replace(tzinfo=None, fold=0) == wall
        assert due["days"].utc.astimezone(ZoneInfo(zone)) == due["days"].local
    if isinstance(begins, Gap):
        assert "minutes" not in due
    else:
        assert begins.utc - due["minutes"].utc == timedelta(minutes=-minutes)
