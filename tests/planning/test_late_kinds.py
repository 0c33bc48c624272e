"""Late by kind of post: what has an event, what comes again, and everything else, each by rules of its own."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduler.model.delivery import Facts, State
from scheduler.model.plan import Plan
from scheduler.model.post import At, Event, NextSlot, Post, Repeat
from scheduler.model.settings import Kind, Lateness, Policy
from scheduler.planning.plan import plan
from scheduler.planning.times.lateness import kind_of, lateness_of
from tests.planning.making import context, daily, fact_of, file_of, local, network, post

ALPHA = (network("alpha"),)
DUE = datetime(2027, 4, 14, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PARTY = Event(title="March", starts=datetime(2027, 4, 20, 17), timezone="UTC")
WEEKLY = Repeat(1, "week", (2,), time(12), date(2027, 4, 14), until=date(2027, 4, 14))
PLAIN = post(when=At(datetime(2027, 4, 14, 12)))
BY_KIND = {Kind.POST: PLAIN, Kind.EVENT: replace(PLAIN, event=PARTY), Kind.EVERGREEN: post(when=None, repeat=WEEKLY)}
OTHERS = {kind: Lateness(3 * HOUR, "publish") for kind in Kind}


def planned(made: Post, now: datetime, policy: Policy) -> Plan:
    """Returns the plan at that time of a post that was queued in good time, in a project with slots at noon in UTC."""
    around = context(zone="UTC", networks=ALPHA, policy=policy, slots={"default": daily("12:00")})
    before = plan([file_of(made)], around, DUE - 6 * HOUR).deliveries[:1]
    facts = Facts({item.id: fact_of(item, State.QUEUED) for item in before})
    found = plan([file_of(made)], replace(around, facts=facts), now)
    mine = {item.id for item in before}
    assert mine
    return Plan(tuple(item for item in found.deliveries if item.id in mine), tuple(item for item in found.held if item.delivery.id in mine))


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (PLAIN, Kind.POST),
        (post(when=NextSlot()), Kind.POST),
        (BY_KIND[Kind.EVENT], Kind.EVENT),
        (BY_KIND[Kind.EVERGREEN], Kind.EVERGREEN),
        (post(when=NextSlot(), pool="rights"), Kind.EVERGREEN),
        (post(when=None, repeat=WEEKLY, event=PARTY), Kind.EVENT),
        (post(when=NextSlot(), pool="rights", event=PARTY), Kind.EVENT),
    ],
)
def test_an_event_makes_an_event_post_and_coming_again_an_evergreen_one(made: Post, kind: Kind) -> None:
    assert kind_of(made) is kind
    assert lateness_of(made, Policy(by_kind={kind: Lateness(HOUR, "skip")})) == Lateness(HOUR, "skip")
    assert lateness_of(made, Policy(late_after=HOUR, late="skip")) == Lateness(HOUR, "skip")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(("late", "state"), [("hold", State.MISSED), ("skip", State.SKIPPED), ("publish", None)])
def test_each_kind_has_its_own_rule_and_its_own_time(kind: Kind, late: str, state: State | None) -> None:
    policy = Policy(late="hold" if late == "skip" else "skip", by_kind={**OTHERS, kind: Lateness(HOUR, late)})
    assert planned(BY_KIND[kind], DUE + HOUR, policy).held == ()
    after = planned(BY_KIND[kind], DUE + HOUR + MINUTE, policy)
    assert [item.state for item in after.held] == ([] if state is None else [state])
    assert len(after.deliveries) == (state is None)


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_that_is_not_named_goes_by_the_rule_for_all(kind: Kind) -> None:
    named = {other: Lateness(0 * HOUR, "publish") for other in Kind if other is not kind}
    assert planned(BY_KIND[kind], DUE + 30 * MINUTE, Policy(by_kind=named)).held == ()
    assert [item.state for item in planned(BY_KIND[kind], DUE + 31 * MINUTE, Policy(by_kind=named)).held] == [State.MISSED]


@pytest.mark.parametrize("late", ["hold", "skip", "publish"])
def test_what_an_event_was_for_is_never_late_but_over(late: str) -> None:
    policy = Policy(by_kind={Kind.EVENT: Lateness(30 * 24 * HOUR, late)})
    over = planned(BY_KIND[Kind.EVENT], datetime(2027, 4, 20, 17, 1, tzinfo=UTC), policy)
    assert [(item.state, item.reason) for item in over.held] == [(State.SKIPPED, "Its event is over.")]


def test_a_queued_post_keeps_its_slot_as_long_as_its_kind_may_be_late() -> None:
    policy = Policy(late_after=0 * HOUR, by_kind={Kind.POST: Lateness(2 * HOUR, "hold")})
    assert [local(item) for item in planned(post(when=NextSlot()), DUE + 2 * HOUR, policy).deliveries] == ["2027-04-14 12:00"]
    assert [local(item) for item in planned(post(when=NextSlot()), DUE + 2 * HOUR + MINUTE, policy).deliveries] == ["2027-04-15 12:00"]


@pytest.mark.parametrize("event", [None, PARTY])
def test_a_post_of_a_pool_keeps_its_slot_by_its_own_kind(event: Event | None) -> None:
    kind = Kind.EVERGREEN if event is None else Kind.EVENT
    made = post(when=NextSlot(), pool="rights", event=event)
    policy = Policy(late_after=0 * HOUR, by_kind={kind: Lateness(2 * HOUR, "skip")})
    assert planned(made, DUE + 2 * HOUR, policy).held == ()
    assert [item.state for item in planned(made, DUE + 2 * HOUR + MINUTE, policy).held] == [State.SKIPPED]


def test_an_occurrence_that_nobody_knew_still_comes_within_the_time_of_its_kind() -> None:
    around = context(zone="UTC", networks=ALPHA, policy=Policy(late_after=0 * HOUR, by_kind={Kind.EVERGREEN: Lateness(HOUR, "hold")}))
    files = [file_of(BY_KIND[Kind.EVERGREEN])]
    assert len(plan(files, around, DUE + HOUR).deliveries) == 1
    assert plan(files, around, DUE + HOUR + MINUTE).deliveries == ()
