"""The moment a plan is made for: its answers stay the same as long as it says."""

import operator
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.planning.present import Present

NOON = datetime(2027, 4, 14, 12, tzinfo=UTC)
TIMES = st.datetimes(datetime(2027, 3, 1), datetime(2027, 11, 30), timezones=st.just(UTC))
ZONES = st.sampled_from(["Europe/Berlin", "UTC", "America/Havana", "Asia/Beirut", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Cairo"])
COMPARED = st.tuples(st.sampled_from([operator.lt, operator.le, operator.gt, operator.ge]), TIMES)
DAYS = st.tuples(ZONES, st.sampled_from([timedelta(0), timedelta(days=60), timedelta(hours=1)]))


def answers(now: Present, questions: list[tuple[Callable[..., bool], datetime]], days: list[tuple[str, timedelta]]) -> list[bool | date]:
    return [*(compare(now, other) for compare, other in questions), *(now.day(zone, ahead) for zone, ahead in days)]


@given(TIMES, st.lists(COMPARED, max_size=4), st.lists(DAYS, max_size=3), st.lists(st.floats(0, 1), max_size=4))
def test_every_answer_is_the_same_until_the_time_that_follows_from_the_questions(
    at: datetime, questions: list[tuple[Callable[..., bool], datetime]], days: list[tuple[str, timedelta]], shares: list[float]
) -> None:
    now = Present(at)
    told = answers(now, questions, days)
    last = max(at, min(now.until - timedelta(microseconds=1), at + timedelta(days=90)))
    for share in (*shares, 1.0):
        assert answers(Present(at + (last - at) * share), questions, days) == told


@given(TIMES, TIMES)
def test_it_compares_as_the_time_does(at: datetime, other: datetime) -> None:
    now = Present(at)
    assert (now < other, now <= other, now > other, now >= other) == (at < other, at <= other, at > other, at >= other)


def test_nothing_asked_holds_for_ever_and_the_time_itself_for_no_other() -> None:
    now = Present(NOON)
    assert now.until > NOON + timedelta(days=10_000)
    assert now.itself() == NOON
    assert now.until == NOON


def test_a_day_lasts_until_midnight_of_its_zone() -> None:
    now = Present(NOON)
    assert now.day("Europe/Berlin") == date(2027, 4, 14)
    assert now.until == datetime(2027, 4, 14, 22, tzinfo=UTC)
