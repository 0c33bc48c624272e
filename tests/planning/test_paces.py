"""The pace of an account: its own gap, hourly limit and quiet hours before those of the project, over every change of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduler.model.delivery import State
from scheduler.model.outgoing import Outgoing
from scheduler.model.plan import Entry, Plan
from scheduler.model.post import At, NextSlot, Post
from scheduler.model.settings import Pace, Policy
from scheduler.planning.plan import plan
from scheduler.planning.times.ahead import keeps_pace
from scheduler.planning.times.lateness import after_quiet
from tests.planning.making import NOW, context, daily, facts_of, file_of, local, post

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ZONES = ("Europe/Berlin", "America/Los_Angeles", "Africa/Casablanca", "Australia/Lord_Howe", "America/Santiago")
# The changes of 2027 in these zones, and days without any.
DAYS = ((2, 6), (3, 14), (3, 28), (4, 3), (4, 4), (9, 4), (9, 5), (10, 2), (10, 3), (10, 31), (11, 7))


def queued(name: str, **more: Any) -> Post:
    return post(name, when=NextSlot(), id=name, path=f"posts/{name}.md", sha256=name.ljust(64, "0"), **more)


def planned(names: list[str], policy: Policy, **around: Any) -> Plan:
    return plan([file_of(queued(name)) for name in names], context(policy=policy, **around), NOW)


def on(found: Plan, account: str) -> list[str]:
    return [local(item) for item in found.deliveries if item.account.name == account]


def test_next_slot_keeps_the_gap_of_its_account_and_the_quiet_hours_of_its_account() -> None:
    slots = {"default": daily("09:00", "09:30", "18:00")}
    alpha = Pace(minimum_gap=HOUR, quiet_hours=(time(17), time(19)))
    found = planned(["a", "b"], Policy(minimum_gap=10 * MINUTE, paces={"alpha": alpha}), slots=slots)
    assert on(found, "alpha") == ["2027-04-02 09:00", "2027-04-03 09:00"]
    assert on(found, "beta") == ["2027-04-01 18:00", "2027-04-02 09:00"]


def test_posts_of_a_pool_keep_the_pace_of_their_account_too() -> None:
    slots = {"tips": daily("09:00", "09:30")}
    policy = Policy(paces={"alpha": Pace(minimum_gap=HOUR), "beta": Pace(quiet_hours=(time(8), time(9, 15)))})
    found = plan([file_of(queued(name, pool="tips")) for name in ("a", "b")], context(policy=policy, slots=slots), NOW)
    assert {item[-5:] for item in on(found, "alpha")} == {"09:00"}
    assert {item[-5:] for item in on(found, "beta")} == {"09:30"}


def test_what_was_seen_in_a_slot_moves_when_its_account_gets_quiet_hours_there() -> None:
    around = context(slots={"default": daily("09:00", "18:00")})
    seen = facts_of(plan([file_of(queued("a"))], around, NOW).deliveries)
    policy = Policy(paces={"alpha": Pace(quiet_hours=(time(17), time(19)))})
    found = plan([file_of(queued("a"))], context(slots={"default": daily("09:00", "18:00")}, policy=policy, facts=seen), NOW)
    assert (on(found, "alpha"), on(found, "beta")) == (["2027-04-02 09:00"], ["2027-04-01 18:00"])


def test_what_waits_for_the_end_of_the_quiet_hours_of_its_account_is_not_missed_meanwhile() -> None:
    made = post(when=At(datetime(2027, 4, 14, 12)))
    policy = Policy(late_after=30 * MINUTE, paces={"alpha": Pace(quiet_hours=(time(12), time(15)))})
    around = context(zone="UTC", policy=policy)
    facts = facts_of(plan([file_of(made)], around, NOW).deliveries)
    found = plan([file_of(made)], context(zone="UTC", policy=policy, facts=facts), datetime(2027, 4, 14, 14, tzinfo=UTC))
    assert [(item.delivery.account.name, item.state) for item in found.held] == [("beta", State.MISSED)]


@pytest.mark.parametrize(
    ("pace", "kept"),
    [
        (Pace(), True),
        (Pace(minimum_gap=20 * MINUTE), True),
        (Pace(minimum_gap=21 * MINUTE), False),
        (Pace(most_per_hour=2), True),
        (Pace(most_per_hour=1), False),
        (Pace(quiet_hours=(time(11), time(12))), True),
        (Pace(quiet_hours=(time(12), time(13))), False),
    ],
)
def test_what_is_handed_over_early_keeps_the_pace_of_its_account(pace: Pace, kept: bool) -> None:
    files = [file_of(post(str(minute), when=At(datetime(2027, 4, 14, 12, minute)), id=f"p{minute}")) for minute in (0, 20)]
    policy = Policy(minimum_gap=3 * HOUR, most_per_hour=1, quiet_hours=(time(0), time(23)), paces={"alpha": pace})
    found = plan(files, context(zone="UTC"), NOW).deliveries
    entries = [
        Entry(
            delivery=item,
            state=State.PLANNED,
            not_before=item.due.utc,
            outgoing=Outgoing(delivery=item.id, account="alpha", network="alpha", text=""),
        )
        for item in found
        if item.account.name == "alpha"
    ]
    assert keeps_pace(entries[0], entries, policy) is kept


CLOCKS = st.tuples(st.integers(0, 23), st.sampled_from([0, 15, 30, 45])).map(lambda pair: time(*pair))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ZONES), st.sampled_from(DAYS), st.integers(-26 * 4, 26 * 4), st.tuples(CLOCKS, CLOCKS))
@example("Europe/Berlin", (10, 31), 5, (time(22), time(2, 30)))
@example("Europe/Berlin", (3, 28), 3, (time(22), time(2, 30)))
@example("Australia/Lord_Howe", (10, 3), -40, (time(22), time(2, 15)))
def test_quiet_hours_end_at_the_first_instant_that_is_not_quiet(
    zone: str, day: tuple[int, int], quarters: int, quiet: tuple[time, time]
) -> None:
    info = ZoneInfo(zone)

    def is_loud(at: datetime) -> bool:
        wall = at.astimezone(info).time()
        start, end = quiet
        return not (start <= wall < end if start <= end else wall >= start or wall < end)

    at = datetime(2027, *day, tzinfo=UTC) + quarters * timedelta(minutes=15)
    expected = at
    while not is_loud(expected):
        expected += timedelta(minutes=15)
    assert after_quiet(at, zone, quiet) == expected


PACES = st.builds(
    Pace,
    minimum_gap=st.sampled_from([timedelta(0), 20 * MINUTE, HOUR, 26 * HOUR]),
    quiet_hours=st.one_of(st.none(), st.tuples(CLOCKS, CLOCKS)),
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(DAYS),
    st.lists(CLOCKS, unique=True, min_size=1, max_size=4),
    st.dictionaries(st.sampled_from(["alpha", "beta"]), PACES, max_size=2),
    PACES,
)
def test_next_slot_breaks_no_gap_and_no_quiet_hours_of_an_account_over_changes_of_the_clock(
    zone: str, day: tuple[int, int], clocks: list[time], paces: dict[str, Pace], common: Pace
) -> None:
    policy = Policy(minimum_gap=common.minimum_gap, quiet_hours=common.quiet_hours, paces=paces)
    slots = {"default": dict.fromkeys(range(7), tuple(sorted(clocks)))}
    files = [file_of(queued(f"p{number}", pool="default" if number > 3 else "")) for number in range(6)]
    start = datetime.combine(date(2027, *day) - timedelta(days=2), time(), UTC)
    found = plan(files, context(zone=zone, policy=policy, slots=slots), start)
    for account in ("alpha", "beta"):
        pace = paces.get(account, common)
        dues = sorted(item.due.utc for item in found.deliveries if item.account.name == account)
        assert all(after_quiet(due, zone, pace.quiet_hours) == due for due in dues)
        assert all(later > sooner and later - sooner >= pace.minimum_gap for sooner, later in pairwise(dues))


def test_what_is_out_on_one_account_says_nothing_about_the_gap_of_another() -> None:
    slots = {"default": daily("09:00", "09:30")}
    before = planned(["a"], Policy(), slots=slots).deliveries
    facts = facts_of([item for item in before if item.account.name == "alpha"], State.SENT)
    policy = Policy(paces={"alpha": Pace(minimum_gap=HOUR)})
    found = plan([file_of(queued(name)) for name in "ab"], context(policy=policy, slots=slots, facts=facts), NOW)
    assert on(found, "alpha")[-1] == "2027-04-03 09:00"
    assert on(found, "beta") == ["2027-04-02 09:00", "2027-04-02 09:30"]
