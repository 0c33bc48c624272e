from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.delivery import Moment
from scheduler.planning.times.walltime import Gap, at_instant, happens_twice, resolve

ZONES = ("Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu", "Africa/Casablanca")


@pytest.mark.parametrize(
    ("zone", "day", "offset"),
    [
        ("Europe/Berlin", datetime(2027, 3, 27, 9), 1),
        ("Europe/Berlin", datetime(2027, 3, 28, 9), 2),
        ("Europe/Berlin", datetime(2027, 10, 30, 9), 2),
        ("Europe/Berlin", datetime(2027, 10, 31, 9), 1),
        ("America/Los_Angeles", datetime(2027, 3, 13, 9), -8),
        ("America/Los_Angeles", datetime(2027, 3, 14, 9), -7),
        ("America/Los_Angeles", datetime(2027, 11, 7, 9), -8),
    ],
)
def test_nine_o_clock_is_nine_o_clock_on_both_sides_of_a_clock_change(zone: str, day: datetime, offset: int) -> None:
    found = resolve(day, zone)
    assert isinstance(found, Moment)
    assert found.local.replace(tzinfo=None) == day
    assert found.utc == (day - timedelta(hours=offset)).replace(tzinfo=UTC)


def test_a_time_that_clocks_jump_over_is_a_gap_with_both_neighbours() -> None:
    found = resolve(datetime(2027, 3, 28, 2, 30), "Europe/Berlin")
    assert found == Gap(datetime(2027, 3, 28, 1, 30), datetime(2027, 3, 28, 3, 30))


def test_a_half_hour_change_has_its_own_neighbours() -> None:
    found = resolve(datetime(2027, 10, 3, 2, 15), "Australia/Lord_Howe")
    assert found == Gap(datetime(2027, 10, 3, 1, 45), datetime(2027, 10, 3, 2, 45))


def test_a_time_that_happens_twice_takes_the_first_unless_the_second_is_asked_for() -> None:
    first = resolve(datetime(2027, 10, 31, 2, 30), "Europe/Berlin")
    second = resolve(datetime(2027, 10, 31, 2, 30, fold=1), "Europe/Berlin")
    assert isinstance(first, Moment)
    assert isinstance(second, Moment)
    assert second.utc - first.utc == timedelta(hours=1)
    assert happens_twice(first)
    assert happens_twice(second)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda time: time.replace(microsecond=0, second=0)), st.sampled_from(ZONES)
)
def test_every_time_either_comes_back_as_it_was_or_is_a_gap_between_real_times(local: datetime, zone: str) -> None:
    found = resolve(local, zone)
    if isinstance(found, Gap):
        assert found.earlier < local < found.later
        assert isinstance(resolve(found.earlier, zone), Moment)
        assert isinstance(resolve(found.later, zone), Moment)
    else:
        assert found.utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
        assert at_instant(found.utc, zone).local == found.local
