"""Posts that come again: in wall-clock time, each time once, with their variations in turn."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.model.delivery import Delivery, Facts, State
from scheduler.model.post import NextSlot, Post, Repeat
from scheduler.planning.plan import plan
from scheduler.planning.times.repeating import HORIZON, number_on, occurrences
from tests.planning.making import NOW, context, daily, fact_of, facts_of, file_of, local, network, post, variant

ALPHA = (network("alpha"),)
TUESDAYS = Repeat(2, "week", (1,), time(12, 30), date(2027, 4, 6))


def again(repeat: Repeat = TUESDAYS, **more: Any) -> Post:
    return post(when=None, repeat=repeat, **more)


def days(repeat: Repeat, first: date, last: date) -> list[str]:
    return [occurrence.label for occurrence in occurrences(repeat, first, last)]


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        (TUESDAYS, ["2027-04-06", "2027-04-20", "2027-05-04"]),
        (replace(TUESDAYS, until=date(2027, 4, 20)), ["2027-04-06", "2027-04-20"]),
        (Repeat(3, "week", (0, 4), time(9), date(2027, 4, 7)), ["2027-04-09", "2027-04-12", "2027-04-30", "2027-05-03"]),
        (Repeat(2, "week", (1,), time(9), date(2027, 4, 7)), ["2027-04-13", "2027-04-27"]),
        (Repeat(5, "week", (1, 3), time(9), date(2027, 4, 1)), ["2027-04-01", "2027-04-06", "2027-05-06"]),
        (Repeat(10, "day", (), time(9), date(2027, 4, 1)), ["2027-04-01", "2027-04-11", "2027-04-21", "2027-05-01"]),
        (Repeat(1, "month", (), time(9), date(2027, 1, 31)), ["2027-04-30"]),
        (Repeat(1, "week", (5,), time(9)), ["2027-04-03", "2027-04-10", "2027-04-17", "2027-04-24", "2027-05-01", "2027-05-08"]),
    ],
)
def test_a_repetition_has_these_days(repeat: Repeat, expected: list[str]) -> None:
    assert days(repeat, date(2027, 4, 1), date(2027, 5, 8)) == expected


REPEATS = st.builds(
    Repeat,
    every=st.integers(1, 7),
    unit=st.sampled_from(["day", "week", "month"]),
    weekdays=st.just(()),
    at=st.times(),
    start=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
) | st.builds(
    Repeat,
    every=st.integers(1, 7),
    unit=st.just("week"),
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda found: tuple(sorted(found))),
    at=st.times(),
    start=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
)


@settings(max_examples=80, deadline=None)
@given(REPEATS)
def test_numbers_count_the_days_without_a_gap_from_the_start_on(repeat: Repeat) -> None:
    assert repeat.start is not None
    found = [number_on(repeat, repeat.start + timedelta(days=step)) for step in range(400)]
    numbers = [number for number in found if number is not None]
    assert numbers == list(range(len(numbers)))
    assert number_on(repeat, repeat.start - timedelta(days=1)) is None


@settings(max_examples=80, deadline=None)
@given(REPEATS.filter(lambda repeat: repeat.unit == "week" and bool(repeat.weekdays)))
def test_each_weekday_comes_first_within_a_week_of_the_start_and_then_every_so_many_weeks(repeat: Repeat) -> None:
    assert repeat.start is not None
    found = [repeat.start + timedelta(days=step) for step in range(7 * repeat.every * 2)]
    for weekday in repeat.weekdays:
        first, second = (day for day in found if day.weekday() == weekday and number_on(repeat, day) is not None)
        assert first - repeat.start < timedelta(days=7)
        assert second - first == timedelta(weeks=repeat.every)


SIX_WEEKS = Repeat(6, "week", (1,), time(12, 30), date(2027, 4, 7))
"""Was counted from the Monday before its start at first, so that it came on 2027-05-18."""


def counted_before(state: State) -> tuple[Post, Facts]:
    made = again(SIX_WEEKS)
    asked = plan([file_of(again(replace(SIX_WEEKS, start=date(2027, 5, 18))))], context(networks=ALPHA), NOW).deliveries
    return made, facts_of(asked[:1], state)


@pytest.mark.parametrize("state", [State.SENT, State.UNCERTAIN])
def test_what_began_when_weeks_were_counted_otherwise_goes_on_so_and_does_not_come_again_too_soon(state: State) -> None:
    made, facts = counted_before(state)
    found = plan([file_of(made)], context(networks=ALPHA, facts=facts), datetime(2027, 5, 20, 10, tzinfo=UTC))
    assert [(local(item), item.number) for item in found.deliveries] == [("2027-05-18 12:30", 0), ("2027-06-29 12:30", 1)]
    assert [(finding.rule, finding.fix) for finding in found.findings] == [("repeat-goes-on", "repeat-from: 2027-05-17")]


def test_what_is_proposed_for_it_leaves_its_days_and_has_no_finding() -> None:
    _, facts = counted_before(State.SENT)
    made = again(replace(SIX_WEEKS, start=date(2027, 5, 17)))
    found = plan([file_of(made)], context(networks=ALPHA, facts=facts), datetime(2027, 5, 20, 10, tzinfo=UTC))
    assert [(local(item), item.number) for item in found.deliveries] == [("2027-05-18 12:30", 0), ("2027-06-29 12:30", 1)]
    assert found.findings == ()


def test_what_was_queued_only_when_weeks_were_counted_otherwise_is_counted_from_its_start() -> None:
    made, facts = counted_before(State.QUEUED)
    found = plan([file_of(made)], context(networks=ALPHA, facts=facts), NOW)
    assert [local(item) for item in found.deliveries] == ["2027-04-13 12:30", "2027-05-25 12:30"]
    assert found.findings == ()


def test_occurrences_are_planned_sixty_days_ahead_and_never_late() -> None:
    found = plan([file_of(again(Repeat(1, "day", (), time(12, 30), date(2027, 1, 1))))], context(networks=ALPHA), NOW)
    assert found.findings == ()
    assert (local(found.deliveries[0]), len(found.deliveries)) == ("2027-04-02 12:30", HORIZON.days)
    assert found.held == ()


def test_an_occurrence_keeps_its_name_when_the_words_and_the_hour_change() -> None:
    first = plan([file_of(again())], context(networks=ALPHA), NOW).deliveries
    edited = again(replace(TUESDAYS, at=time(17, 0)), variants=(variant("Other words"),))
    second = plan([file_of(edited)], context(networks=ALPHA), NOW).deliveries
    assert [item.id for item in first] == [item.id for item in second]
    assert {item.occurrence for item in first} >= {"2027-04-06", "2027-04-20"}


def test_variations_take_turns_and_a_network_s_own_text_takes_part() -> None:
    made = again(variants=(variant("One"), variant("Own", "beta"), variant("Two", "variation"), variant("Three", "variation")))
    found = plan([file_of(made)], context(), NOW).deliveries
    texts = {name: [item.variant.text for item in found if item.account.name == name] for name in ("alpha", "beta")}
    assert texts["alpha"][:4] == ["One", "Two", "Three", "One"]
    assert texts["beta"][:4] == ["Own", "Two", "Three", "Own"]


def test_a_post_that_has_to_be_read_again_is_held_from_that_day_on() -> None:
    found = plan([file_of(again(review_by=datetime(2027, 4, 30, 23, 59)))], context(networks=ALPHA), NOW)
    assert [local(item) for item in found.deliveries] == ["2027-04-06 12:30", "2027-04-20 12:30"]
    assert {item.state for item in found.held} == {State.HELD}
    assert found.held[0].reason.startswith("It had to be read again by 2027-04-30")
    later = plan([file_of(again(review_by=datetime(2027, 4, 30, 23, 59)))], context(networks=ALPHA), NOW + timedelta(days=40))
    assert later.deliveries == ()


def test_what_was_queued_and_slept_through_is_missed_and_what_was_never_seen_is_not_listed() -> None:
    around = context(networks=ALPHA)
    before = plan([file_of(again())], around, NOW).deliveries
    facts = facts_of(before[:1])
    found = plan([file_of(again())], replace(around, facts=facts), NOW + timedelta(days=30))
    assert [(local(item.delivery), item.state) for item in found.held] == [("2027-04-06 12:30", State.MISSED)]
    assert local(found.deliveries[0]) == "2027-05-04 12:30"


def test_what_went_out_is_shown_at_its_time_after_the_hour_was_changed() -> None:
    around = context(networks=ALPHA)
    first = plan([file_of(again())], around, NOW).deliveries[0]
    moved = again(replace(TUESDAYS, at=time(17, 0)))
    found = plan([file_of(moved)], replace(around, facts=facts_of([first], State.SENT)), NOW + timedelta(days=10))
    assert [local(item) for item in found.deliveries][:2] == ["2027-04-06 12:30", "2027-04-20 17:00"]


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        ("Europe/Berlin", datetime(2027, 3, 26, 18, tzinfo=UTC), ["27 12:30 +0100", "28 12:30 +0200", "29 12:30 +0200"]),
        ("Europe/Berlin", datetime(2027, 10, 29, 18, tzinfo=UTC), ["30 12:30 +0200", "31 12:30 +0100", "01 12:30 +0100"]),
        ("America/Los_Angeles", datetime(2027, 3, 12, 22, tzinfo=UTC), ["13 12:30 -0800", "14 12:30 -0700", "15 12:30 -0700"]),
        ("America/Los_Angeles", datetime(2027, 11, 5, 22, tzinfo=UTC), ["06 12:30 -0700", "07 12:30 -0800", "08 12:30 -0800"]),
        ("Africa/Casablanca", datetime(2027, 2, 5, 18, tzinfo=UTC), ["06 12:30 +0100", "07 12:30 +0000", "08 12:30 +0000"]),
        ("America/Nuuk", datetime(2023, 3, 24, 18, tzinfo=UTC), ["25 12:30 -0300", "26 12:30 -0200", "27 12:30 -0200"]),
        # Samoa left out the thirtieth of December when it went to the other side of the date line.
        ("Pacific/Apia", datetime(2011, 12, 29, 8, tzinfo=UTC), ["29 12:30 -1000", "31 12:30 +1400", "01 12:30 +1400"]),
    ],
)
def test_half_past_twelve_stays_half_past_twelve(zone: str, start: datetime, expected: list[str]) -> None:
    everyday = Repeat(1, "day", (), time(12, 30), date(2011, 1, 1))
    found = plan([file_of(again(everyday))], context(zone=zone, networks=ALPHA), start).deliveries
    assert [f"{item.due.local:%d %H:%M %z}" for item in found[:3]] == expected


def test_the_hour_that_clocks_jump_over_is_made_up_for_and_named() -> None:
    night = Repeat(1, "day", (), time(2, 30), date(2027, 3, 1))
    found = plan([file_of(again(night))], context(networks=ALPHA), datetime(2027, 3, 26, 12, tzinfo=UTC))
    assert [local(item) for item in found.deliveries[:3]] == ["2027-03-27 02:30", "2027-03-28 03:30", "2027-03-29 02:30"]
    assert [(finding.rule, finding.severity, finding.label) for finding in found.findings] == [
        ("clock-change-gap", "warning", "on that day it goes out at 03:30")
    ]


def test_the_hour_that_happens_twice_is_taken_once_and_named() -> None:
    night = Repeat(1, "day", (), time(2, 30), date(2027, 10, 1))
    found = plan([file_of(again(night))], context(networks=ALPHA), datetime(2027, 10, 29, 12, tzinfo=UTC))
    assert [f"{item.due.local:%d %H:%M %z}" for item in found.deliveries[:3]] == ["30 02:30 +0200", "31 02:30 +0200", "01 02:30 +0100"]
    assert [finding.rule for finding in found.findings] == ["clock-change-fold"]


def evergreen(name: str, **more: Any) -> Post:
    return post(name, when=NextSlot(), id=name, path=f"posts/{name}.md", sha256=name.ljust(64, "0"), pool="rights", **more)


def order(deliveries: tuple[Delivery, ...]) -> str:
    return "".join(item.post.id for item in deliveries)


def test_the_posts_of_a_pool_take_the_free_slots_in_turn() -> None:
    around = context(networks=ALPHA, slots={"default": daily("12:00")})
    found = plan([file_of(evergreen(name)) for name in "cab"], around, NOW)
    assert order(found.deliveries) == "abcabcabcabcab"
    assert found.deliveries[0].occurrence == "2027-04-02T12:00"


def test_a_pool_goes_on_with_what_was_not_seen_for_the_longest_time_and_keeps_what_is_queued() -> None:
    around = context(networks=ALPHA, slots={"default": daily("12:00")})
    first = plan([file_of(evergreen(name)) for name in "ab"], around, NOW).deliveries
    facts = Facts({item.id: fact_of(item, State.SENT if number < 3 else State.QUEUED) for number, item in enumerate(first[:6])})
    files = [file_of(evergreen(name)) for name in "abc"]
    found = plan(files, replace(around, facts=facts), NOW + timedelta(days=3))
    assert order(found.deliveries) == "aba" + "bab" + "cabcabcabca"


def test_a_post_with_a_place_in_the_queue_goes_before_evergreens_and_moves_one_of_them_alone() -> None:
    around = context(networks=ALPHA, slots={"default": daily("12:00")})
    before = plan([file_of(evergreen(name)) for name in "ab"], around, NOW).deliveries
    urgent = post("u", when=NextSlot(), id="u", path="posts/u.md")
    files = [file_of(urgent), *(file_of(evergreen(name)) for name in "ab")]
    after = plan(files, replace(around, facts=facts_of(before)), NOW).deliveries
    assert order(after) == "ubabababababab"
    assert {item.id for item in before[1:]} <= {item.id for item in after}


def test_a_pool_may_have_slots_of_its_own_and_its_variations_take_turns() -> None:
    slots = {"default": daily("12:00"), "rights": {**dict.fromkeys(range(7), ()), 4: (time(17),)}}
    made = evergreen("a", variants=(variant("One"), variant("Two", "variation")))
    found = plan([file_of(made)], context(networks=ALPHA, slots=slots), NOW)
    assert [(local(item), item.variant.text) for item in found.deliveries] == [("2027-04-02 17:00", "One"), ("2027-04-09 17:00", "Two")]


def test_an_evergreen_that_has_to_be_read_again_leaves_its_slots_to_the_others_and_says_so() -> None:
    around = context(networks=ALPHA, slots={"default": daily("12:00")})
    stale = evergreen("a", review_by=datetime(2027, 3, 1))
    found = plan([file_of(stale), file_of(evergreen("b"))], around, NOW)
    assert order(found.deliveries) == "b" * 14
    assert [item.delivery.post.id for item in found.held] == ["a"]
    assert found.held[0].reason.startswith("It had to be read again")


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from("abcde"), min_size=1), st.integers(1, 20), st.integers(0, 30))
def test_a_pool_that_was_seen_does_not_change_as_long_as_nothing_else_does(names: set[str], sent: int, hours: int) -> None:
    around = context(networks=ALPHA, slots={"default": daily("09:00", "17:00")})
    files = [file_of(evergreen(name)) for name in sorted(names)]
    before = plan(files, around, NOW).deliveries
    later = NOW + timedelta(hours=hours)
    facts = Facts(
        {
            item.id: fact_of(item, State.SENT if number < sent and item.due.utc <= later else State.QUEUED)
            for number, item in enumerate(before)
        }
    )
    after = plan(files, replace(around, facts=facts), later)
    assert {item.id for item in before} <= {item.id for item in (*after.deliveries, *(held.delivery for held in after.held))}
