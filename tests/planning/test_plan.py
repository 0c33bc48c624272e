from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from scheduler.model.delivery import Fact, Facts, State, delivery_id
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.post import At, Event, NextSlot, Part, Relative, Status
from scheduler.planning.plan import plan
from tests.planning.making import NOON, NOW, context, file_of, post, variant

MARCH = Event(title="March", starts=datetime(2027, 4, 3, 14, 0), place="Pier Square")


def test_a_post_without_where_goes_to_every_account() -> None:
    found = plan([file_of(post())], context(), NOW)
    assert [item.account.name for item in found.deliveries] == ["alpha", "beta"]
    assert found.held == ()


def test_where_takes_networks_and_accounts() -> None:
    found = plan([file_of(post(where=("beta",)))], context(), NOW)
    assert [item.account.name for item in found.deliveries] == ["beta"]


def test_an_account_gets_its_own_text_before_that_of_everyone() -> None:
    made = post(variants=(variant("for all"), variant("for beta", "beta")))
    found = plan([file_of(made)], context(), NOW)
    assert [item.variant.text for item in found.deliveries] == ["for all", "for beta"]


def test_deliveries_keep_their_names_when_their_time_moves() -> None:
    early, late = (plan([file_of(post(when=At(datetime(2027, 4, day, 9))))], context(), NOW) for day in (14, 20))
    assert [item.id for item in early.deliveries] == [item.id for item in late.deliveries]
    assert early.deliveries[0].id == delivery_id("hello", None, "alpha", "")


@pytest.mark.parametrize("status", [Status.DRAFT, Status.REVIEW])
def test_what_is_not_ready_is_held_and_says_so(status: Status) -> None:
    found = plan([file_of(post(status=status))], context(), NOW)
    assert found.deliveries == ()
    assert {(item.state, item.reason) for item in found.held} == {
        (State.HELD, f"Its status is “{status}”; only posts that are ready go out.")
    }


def test_a_part_can_be_a_draft_alone() -> None:
    parts = (Part("Ready", NOON, (variant("a"),)), Part("Draft", NOON, (variant("b"),), {"status": "draft"}))
    found = plan([file_of(post(parts=parts))], context(), NOW)
    assert {item.part.name for item in found.deliveries} == {"Ready"}
    assert {item.delivery.part.name for item in found.held} == {"Draft"}


@pytest.mark.parametrize(
    ("scope", "free"),
    [({}, set()), ({"network": "beta"}, {"alpha"}), ({"account": "alpha"}, {"beta"}), ({"part": "Other"}, {"alpha", "beta"})],
)
def test_an_error_holds_what_it_is_about_and_nothing_else(scope: dict[str, Any], free: set[str]) -> None:
    error = Finding(rule="r", severity=Severity.ERROR, message="it is broken", path="posts/hello.md", **scope)
    found = plan([file_of(post(), findings=(error,))], context(), NOW)
    assert {item.account.name for item in found.deliveries} == free
    assert all(item.reason == "posts/hello.md:1: it is broken" for item in found.held)


def test_a_warning_holds_nothing() -> None:
    warning = Finding(rule="r", severity=Severity.WARNING, message="odd", path="posts/hello.md")
    assert len(plan([file_of(post(), findings=(warning,))], context(), NOW).deliveries) == 2


def test_a_series_counts_from_its_event_in_wall_clock_time_across_the_clock_change() -> None:
    parts = (
        Part("Weeks", Relative(-7, 0, time(10, 0)), (variant("a"),)),
        Part("Hours", Relative(0, -180, None), (variant("b"),)),
        Part("Day", Relative(1, 0, None), (variant("c"),)),
    )
    found = plan([file_of(post(parts=parts, event=MARCH))], context(), NOW - timedelta(days=30))
    local = {item.part.name: item.due.local.isoformat() for item in found.deliveries}
    assert local == {
        "Weeks": "2027-03-27T10:00:00+01:00",
        "Hours": "2027-04-03T11:00:00+02:00",
        "Day": "2027-04-04T14:00:00+02:00",
    }


def test_a_relative_time_without_an_event_is_a_finding_and_costs_no_other_post() -> None:
    lost = post(when=Relative(-1, 0, time(9)), id="lost", path="posts/lost.md")
    found = plan([file_of(lost), file_of(post())], context(), NOW)
    assert [(finding.rule, finding.path) for finding in found.findings] == [("no-event", "posts/lost.md")]
    assert {item.post.id for item in found.deliveries} == {"hello"}


def test_a_time_in_the_gap_is_refused_with_both_neighbours_offered() -> None:
    found = plan([file_of(post(when=At(datetime(2028, 3, 26, 2, 30))))], context(), NOW)
    (finding,) = found.findings
    assert (finding.rule, finding.fix) == ("clock-change-gap", "2028-03-26 01:30 or 2028-03-26 03:30")
    assert found.deliveries == ()


def test_a_time_that_happens_twice_goes_out_and_names_the_one_taken() -> None:
    found = plan([file_of(post(when=At(datetime(2027, 10, 31, 2, 30))))], context(), NOW)
    (finding,) = found.findings
    assert finding.rule == "clock-change-fold"
    assert finding.label == "the first one is taken (CEST, UTC+0200)"
    assert len(found.deliveries) == 2


LONG_MARCH = Event(title="March", starts=datetime(2027, 5, 1, 14), ends=datetime(2027, 5, 1, 18))
CONGRESS = Event(title="Congress", starts=datetime(2027, 5, 7, 14), ends=datetime(2027, 5, 9, 13))


@pytest.mark.parametrize(
    ("when", "event", "due", "said"),
    [
        (Relative(0, 60, None), LONG_MARCH, "2027-05-01 15:00", ("15:00", "19:00", "1 hour after the end  or  1 hour after the start")),
        (Relative(0, 60, None, anchor="start"), LONG_MARCH, "2027-05-01 15:00", None),
        (Relative(0, 60, None, anchor="end"), LONG_MARCH, "2027-05-01 19:00", None),
        (Relative(0, -60, None, anchor="end"), LONG_MARCH, "2027-05-01 17:00", None),
        (Relative(0, -60, None), LONG_MARCH, "2027-05-01 13:00", None),
        (Relative(0, 60, None), replace(LONG_MARCH, ends=None), "2027-05-01 15:00", None),
        (Relative(1, 0, time(11)), LONG_MARCH, "2027-05-02 11:00", None),
        (Relative(1, 0, time(11), anchor="end"), CONGRESS, "2027-05-10 11:00", None),
        (
            Relative(1, 0, time(11)),
            CONGRESS,
            "2027-05-08 11:00",
            ("2027-05-08 11:00", "2027-05-10 11:00", "1 day after the end, 11:00  or  1 day after the start, 11:00"),
        ),
        (Relative(0, 60, None, anchor="end"), replace(LONG_MARCH, postponed_to=datetime(2027, 5, 8, 12)), "2027-05-08 17:00", None),
    ],
)
def test_after_an_event_is_after_its_end_where_that_is_written_and_else_told(
    when: Relative, event: Event, due: str, said: tuple[str, str, str] | None
) -> None:
    found = plan([file_of(post(when=when, event=event, where=("alpha",)))], context(), NOW)
    assert [f"{item.due.local:%Y-%m-%d %H:%M}" for item in found.deliveries] == [due]
    told = [(finding.rule, finding.label, finding.fix) for finding in found.findings]
    if said is None:
        assert told == []
    else:
        start, end, fix = said
        assert told == [("start-or-end", f"{start} after the start is taken; after the end it would be {end}", fix)]


def test_what_counts_from_an_end_that_nothing_names_is_an_error() -> None:
    made = post(when=Relative(0, 60, None, anchor="end"), event=replace(LONG_MARCH, ends=None))
    found = plan([file_of(made)], context(), NOW)
    assert [(finding.rule, finding.is_error) for finding in found.findings] == [("no-end", True)]
    assert found.deliveries == ()


def test_next_slot_without_slots_is_a_finding() -> None:
    found = plan([file_of(post(when=NextSlot()))], context(), NOW)
    assert [finding.rule for finding in found.findings] == ["no-slot"]


def test_what_is_more_than_half_an_hour_late_is_missed_and_said_once() -> None:
    due = datetime(2027, 4, 1, 13, 20)
    assert len(plan([file_of(post(when=At(due)))], context(zone="UTC"), NOW + timedelta(minutes=110)).deliveries) == 2
    found = plan([file_of(post(when=At(due)))], context(zone="UTC"), NOW + timedelta(minutes=111))
    assert {item.state for item in found.held} == {State.MISSED}
    assert [finding.rule for finding in found.findings] == ["missed-time"]


def test_what_went_out_is_not_missed_afterwards() -> None:
    made = post(where=("alpha",))
    name = delivery_id("hello", None, "alpha", "")
    fact = Fact(
        delivery=name,
        post="hello",
        part=None,
        account="alpha",
        network="alpha",
        occurrence="",
        campaign="",
        state=State.SENT,
        due=NOW,
        zone="UTC",
    )
    found = plan([file_of(made)], context(facts=Facts({name: fact})), NOW + timedelta(days=300))
    assert [item.id for item in found.deliveries] == [name]
    assert found.findings == ()


def test_a_post_that_expired_is_skipped() -> None:
    made = post(expires=datetime(2027, 4, 14, 18, 0))
    found = plan([file_of(made)], context(), NOW + timedelta(days=60))
    assert {item.state for item in found.held} == {State.SKIPPED}


def test_a_part_may_expire_before_the_others() -> None:
    early = Part("Early bird", NOON, (variant("Early"),), expires=datetime(2027, 4, 14, 12, 2))
    late = Part("Last call", NOON, (variant("Late"),))
    found = plan([file_of(post(parts=(early, late), expires=datetime(2027, 4, 15)))], context(), datetime(2027, 4, 14, 10, 5, tzinfo=UTC))
    assert {delivery.part.name for delivery in found.deliveries} == {"Last call"}
    assert {(held.delivery.part.name, held.state) for held in found.held} == {("Early bird", State.SKIPPED)}


def test_a_post_that_expires_before_its_own_time_is_held() -> None:
    found = plan([file_of(post(expires=datetime(2027, 4, 14, 11, 0)))], context(), NOW)
    assert {item.state for item in found.held} == {State.HELD}


def test_a_cancelled_event_holds_its_whole_series() -> None:
    cancelled = Event(title="March", starts=datetime(2027, 5, 1, 14, 0), cancelled=True)
    found = plan([file_of(post(when=Relative(-1, 0, time(9)), event=cancelled))], context(), NOW)
    assert {item.reason for item in found.held} == {"The event “March” is cancelled."}


@pytest.mark.parametrize(
    ("zone", "starts", "expected"),
    [
        ("Europe/Berlin", datetime(2027, 3, 29, 14, 0), ["03-27T10:00:00+01:00", "03-29T11:00:00+02:00", "03-30T14:00:00+02:00"]),
        ("Europe/Berlin", datetime(2027, 11, 1, 14, 0), ["10-30T10:00:00+02:00", "11-01T11:00:00+01:00", "11-02T14:00:00+01:00"]),
        ("America/Los_Angeles", datetime(2027, 3, 15, 14, 0), ["03-13T10:00:00-08:00", "03-15T11:00:00-07:00", "03-16T14:00:00-07:00"]),
        ("America/Los_Angeles", datetime(2027, 11, 8, 14, 0), ["11-06T10:00:00-07:00", "11-08T11:00:00-08:00", "11-09T14:00:00-08:00"]),
        ("Africa/Casablanca", datetime(2027, 2, 8, 14, 0), ["02-06T10:00:00+01:00", "02-08T11:00:00+00:00", "02-09T14:00:00+00:00"]),
    ],
)
def test_a_series_keeps_its_hours_over_every_change_of_the_clock(zone: str, starts: datetime, expected: list[str]) -> None:
    parts = (
        Part("Days before", Relative(-2, 0, time(10, 0)), (variant("a"),)),
        Part("Hours before", Relative(0, -180, None), (variant("b"),)),
        Part("Day after", Relative(1, 0, None), (variant("c"),)),
    )
    made = post(parts=parts, event=Event(title="March", starts=starts), where=("alpha",))
    found = plan([file_of(made)], context(zone=zone), datetime(2027, 1, 1, tzinfo=UTC))
    assert [item.due.local.isoformat()[5:] for item in found.deliveries] == expected


def test_an_event_that_was_postponed_moves_its_series_doors_and_words() -> None:
    march = replace(MARCH, doors=datetime(2027, 4, 3, 13, 0), postponed_to=datetime(2027, 4, 10, 15, 30))
    made = post("x", when=Relative(-1, 0, time(9)), event=march, where=("alpha",))
    (delivery,) = plan([file_of(made)], context(), NOW).deliveries
    assert delivery.due.local.isoformat() == "2027-04-09T09:00:00+02:00"
    assert delivery.post.event is not None
    assert (delivery.post.event.starts, delivery.post.event.doors) == (datetime(2027, 4, 10, 15, 30), datetime(2027, 4, 10, 14, 30))


def test_a_section_may_have_a_time_of_its_own() -> None:
    later = replace(variant("Later", "beta"), when=At(datetime(2027, 4, 14, 14, 0)))
    found = plan([file_of(post(variants=(variant("Text"), later)))], context(), NOW)
    assert {item.account.name: f"{item.due.local:%H:%M}" for item in found.deliveries} == {"alpha": "12:00", "beta": "14:00"}
    odd = replace(later, when=At(datetime(2027, 3, 28, 2, 30), Span(7, 1, 5)))
    (finding,) = plan([file_of(post(variants=(variant("Text"), odd)))], context(), NOW - timedelta(days=30)).findings
    assert (finding.rule, finding.account, finding.span.line) == ("clock-change-gap", "beta", 7)
