"""``when: next slot``: one post a slot, nothing that was seen moves without need, and quiet hours stay quiet."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.model.delivery import Delivery, Facts, State
from scheduler.model.finding import Finding
from scheduler.model.plan import Plan
from scheduler.model.post import At, NextSlot, Part, Post, Status
from scheduler.model.settings import Policy
from scheduler.planning.context import Context
from scheduler.planning.plan import plan
from tests.planning.making import NOW, context, daily, facts_of, file_of, local, network, post, variant

ALPHA = (network("alpha"),)
TWICE = {"default": daily("09:00", "18:00")}


def queued(name: str, **more: Any) -> Post:
    return post(name, when=NextSlot(), id=name, path=f"posts/{name}.md", sha256=name.ljust(64, "0"), **more)


def fixed(name: str, when: datetime) -> Post:
    return post(name, when=At(when), id=name, path=f"posts/{name}.md", sha256=name.ljust(64, "0"))


def planned(posts: list[Post], around: Context, now: datetime = NOW) -> Plan:
    return plan([file_of(made) for made in posts], around, now)


def times(found: Plan) -> dict[str, str]:
    held = [item.delivery for item in found.held]
    return {delivery.post.id: local(delivery) for delivery in (*found.deliveries, *held)}


def with_facts(around: Context, facts: Facts) -> Context:
    return replace(around, facts=facts)


def test_posts_take_the_free_slots_in_order_of_their_files() -> None:
    found = planned([queued("b"), queued("a"), queued("c")], context(networks=ALPHA, slots=TWICE))
    assert times(found) == {"a": "2027-04-01 18:00", "b": "2027-04-02 09:00", "c": "2027-04-02 18:00"}


def test_each_account_has_a_queue_of_its_own_with_its_own_slots() -> None:
    slots = {"alpha": daily("10:00"), "default": daily("11:00")}
    found = planned([queued("a")], context(slots=slots))
    assert {item.account.name: local(item) for item in found.deliveries} == {"alpha": "2027-04-02 10:00", "beta": "2027-04-02 11:00"}


def test_a_slot_where_a_fixed_post_stands_is_not_free() -> None:
    found = planned([queued("a"), fixed("z", datetime(2027, 4, 1, 18, 0))], context(networks=ALPHA, slots=TWICE))
    assert times(found) == {"a": "2027-04-02 09:00", "z": "2027-04-01 18:00"}


def test_what_the_ledger_has_queued_stays_when_another_post_comes_before_it() -> None:
    around = context(networks=ALPHA, slots=TWICE)
    facts = facts_of(planned([queued("m")], around).deliveries)
    found = planned([queued("a"), queued("m")], with_facts(around, facts))
    assert times(found) == {"m": "2027-04-01 18:00", "a": "2027-04-02 09:00"}


def test_what_was_queued_moves_when_its_slot_vanished_or_was_taken() -> None:
    around = context(networks=ALPHA, slots=TWICE)
    facts = facts_of(planned([queued("m")], around).deliveries)
    elsewhere = context(networks=ALPHA, slots={"default": daily("12:00")}, facts=facts)
    assert times(planned([queued("m")], elsewhere)) == {"m": "2027-04-02 12:00"}
    taken = planned([queued("m"), fixed("z", datetime(2027, 4, 1, 18, 0))], with_facts(around, facts))
    assert times(taken)["m"] == "2027-04-02 09:00"


def test_a_draft_keeps_nobody_out_of_a_slot() -> None:
    found = planned([queued("a", status=Status.DRAFT), queued("b")], context(networks=ALPHA, slots=TWICE))
    assert times(found) == {"b": "2027-04-01 18:00", "a": "2027-04-02 09:00"}
    assert [item.delivery.post.id for item in found.held] == ["a"]


def test_what_missed_its_slot_takes_the_next_one() -> None:
    around = context(networks=ALPHA, slots=TWICE)
    facts = facts_of(planned([queued("a")], around).deliveries, State.MISSED)
    later = NOW + timedelta(days=3)
    assert times(planned([queued("a")], with_facts(around, facts), later)) == {"a": "2027-04-04 18:00"}


def test_what_is_out_stays_where_it_was_and_a_second_post_does_not_share_its_slot() -> None:
    around = context(networks=ALPHA, slots=TWICE)
    facts = facts_of(planned([queued("a")], around).deliveries, State.SENT)
    found = planned([queued("a"), queued("b")], with_facts(around, facts))
    assert times(found) == {"a": "2027-04-01 18:00", "b": "2027-04-02 09:00"}


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [((time(17), time(20)), "2027-04-02 09:00"), ((time(20), time(10)), "2027-04-01 18:00"), (None, "2027-04-01 18:00")],
)
def test_a_slot_in_the_quiet_hours_is_left_out_also_across_midnight(quiet: tuple[time, time] | None, expected: str) -> None:
    around = context(networks=ALPHA, slots=TWICE, policy=Policy(quiet_hours=quiet))
    assert times(planned([queued("a")], around)) == {"a": expected}


def test_posts_keep_the_minimum_gap_to_each_other_and_to_fixed_ones() -> None:
    slots = {"default": daily("09:00", "09:30", "12:00")}
    around = context(networks=ALPHA, slots=slots, policy=Policy(minimum_gap=timedelta(hours=1)))
    found = planned([queued("a"), queued("b"), fixed("z", datetime(2027, 4, 2, 12, 40))], around)
    assert times(found) == {"a": "2027-04-02 09:00", "b": "2027-04-03 09:00", "z": "2027-04-02 12:40"}


def test_without_slots_the_finding_brings_the_lines_to_paste() -> None:
    (finding,) = planned([queued("a")], context()).findings
    assert finding.rule == "no-slot"
    assert finding.fix == 'add to config.toml:\n[slots.default]\ntuesday = ["12:00"]\nthursday = ["12:00", "18:00"]'


def test_one_account_without_slots_is_named_and_the_others_go_on() -> None:
    found = planned([queued("a")], context(slots={"alpha": daily("10:00")}))
    assert [(finding.rule, finding.account) for finding in found.findings] == [("no-slot", "beta")]
    assert [item.account.name for item in found.deliveries] == ["alpha"]


def test_when_every_slot_of_a_year_is_taken_it_says_so() -> None:
    one = {"default": {0: (time(9),), **dict.fromkeys(range(1, 7), ())}}
    found = planned([queued(f"p{number:03}") for number in range(60)], context(networks=ALPHA, slots=one))
    assert len(found.deliveries) == 52
    assert {finding.rule for finding in found.findings} == {"no-slot"}
    assert found.findings[0].message == "every slot of “alpha” is taken for a year"


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Berlin", datetime(2027, 3, 27, 12, tzinfo=UTC), ["2027-03-28 09:00 +0200", "2027-03-29 09:00 +0200"]),
        ("Europe/Berlin", datetime(2027, 10, 29, 12, tzinfo=UTC), ["2027-10-30 09:00 +0200", "2027-10-31 09:00 +0100"]),
        ("America/Los_Angeles", datetime(2027, 3, 12, 20, tzinfo=UTC), ["2027-03-13 09:00 -0800", "2027-03-14 09:00 -0700"]),
        ("America/Los_Angeles", datetime(2027, 11, 5, 20, tzinfo=UTC), ["2027-11-06 09:00 -0700", "2027-11-07 09:00 -0800"]),
        # Morocco puts its clocks back for Ramadan, in 2027 from February 7 to March 14.
        ("Africa/Casablanca", datetime(2027, 2, 5, 12, tzinfo=UTC), ["2027-02-06 09:00 +0100", "2027-02-07 09:00 +0000"]),
        # Greenland gave up one hour in 2023 and has summer time in the new zone since 2024.
        ("America/Nuuk", datetime(2024, 3, 29, 12, tzinfo=UTC), ["2024-03-30 09:00 -0200", "2024-03-31 09:00 -0100"]),
    ],
)
def test_slots_stay_at_their_hour_over_changes_of_the_clock(zone: str, day: datetime, expected: list[str]) -> None:
    around = context(zone=zone, networks=ALPHA, slots={"default": daily("09:00")})
    found = planned([queued("a"), queued("b")], around, day)
    assert [f"{item.due.local:%Y-%m-%d %H:%M %z}" for item in found.deliveries] == expected


def test_a_slot_that_clocks_jump_over_is_used_after_the_jump_and_two_slots_never_become_one() -> None:
    around = context(networks=ALPHA, slots={"default": daily("02:30", "03:30")})
    found = planned([queued("a"), queued("b")], around, datetime(2027, 3, 27, 12, tzinfo=UTC))
    assert times(found) == {"a": "2027-03-28 03:30", "b": "2027-03-29 02:30"}


def test_a_slot_that_happens_twice_is_used_once_and_named() -> None:
    around = context(networks=ALPHA, slots={"default": daily("02:30")})
    found = planned([queued("a"), queued("b")], around, datetime(2027, 10, 30, 12, tzinfo=UTC))
    assert times(found) == {"a": "2027-10-31 02:30", "b": "2027-11-01 02:30"}
    assert [(finding.rule, finding.path) for finding in found.findings] == [("clock-change-fold", "posts/a.md")]


def test_a_story_shares_the_slot_of_its_post() -> None:
    able = network("alpha", abilities=replace(ALPHA[0].abilities, stories=True))
    made = queued("a", variants=(variant("Text"), variant("", "alpha story", graphic="card")))
    found = planned([made, queued("b")], context(networks=(able,), slots=TWICE))
    assert [(item.post.id, item.label, local(item)) for item in found.deliveries] == [
        ("a", None, "2027-04-01 18:00"),
        ("a", "Story", "2027-04-01 18:00"),
        ("b", None, "2027-04-02 09:00"),
    ]


NAMES = st.lists(st.sampled_from([f"p{number}" for number in range(9)]), unique=True, max_size=7)
CLOCKS = st.lists(st.times().map(lambda clock: clock.replace(second=0, microsecond=0)), unique=True, min_size=1, max_size=3)
QUIET = st.one_of(st.none(), st.tuples(st.sampled_from([time(21), time(6)]), st.sampled_from([time(8), time(12)])))


def no_double_use(found: Plan, gap: timedelta) -> None:
    by_account: dict[str, list[Delivery]] = {}
    for delivery in found.deliveries:
        by_account.setdefault(delivery.account.name, []).append(delivery)
    for deliveries in by_account.values():
        dues = sorted(delivery.due.utc for delivery in deliveries)
        assert len(set(dues)) == len(dues)
        assert all(later - sooner >= gap for sooner, later in pairwise(dues))


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES, CLOCKS, QUIET, st.sampled_from([0, 45, 180]), st.sampled_from(["Europe/Berlin", "America/Los_Angeles"]))
def test_new_posts_move_no_old_one_and_nobody_shares_a_slot(
    first: list[str], more: list[str], clocks: list[time], quiet: tuple[time, time] | None, minutes: int, zone: str
) -> None:
    gap = timedelta(minutes=minutes)
    slots = {"default": dict.fromkeys(range(7), tuple(sorted(clocks)))}
    around = context(zone=zone, slots=slots, policy=Policy(quiet_hours=quiet, minimum_gap=gap))
    before = planned([queued(name) for name in first], around)
    no_double_use(before, gap)
    assert planned([queued(name) for name in reversed(first)], around) == before
    seen = with_facts(around, facts_of(before.deliveries))
    after = planned([queued(name) for name in sorted({*first, *more})], seen)
    no_double_use(after, gap)
    kept = {item.id: item.due.utc for item in after.deliveries}
    assert {item.id: item.due.utc for item in before.deliveries}.items() <= kept.items()
    again = planned([queued(name) for name in sorted({*first, *more})], with_facts(around, facts_of(after.deliveries)))
    assert again.deliveries == after.deliveries


def test_a_part_of_a_series_waits_for_a_slot_as_well() -> None:
    parts = (Part("One", NextSlot(), (variant("1"),)), Part("Two", NextSlot(), (variant("2"),)))
    found = planned([post(parts=parts)], context(networks=ALPHA, slots=TWICE))
    assert [(item.part.name, local(item)) for item in found.deliveries] == [("One", "2027-04-01 18:00"), ("Two", "2027-04-02 09:00")]


def test_findings_about_slots_hold_only_what_they_are_about() -> None:
    found = planned([queued("a"), fixed("z", datetime(2027, 4, 1, 18, 0))], context())
    assert [finding.path for finding in found.findings if isinstance(finding, Finding)] == ["posts/a.md"]
    assert {item.post.id for item in found.deliveries} == {"z"}
