"""Days and hours of the house on which nothing should go out: told for posts with a time, left out by ``next slot``."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from scheduler.model.delivery import Facts, State
from scheduler.model.finding import Finding, Severity, Span
from scheduler.model.house import Quiet
from scheduler.model.post import At, NextSlot, Part, Post, Repeat, Status
from scheduler.planning.context import Context
from scheduler.planning.plan import plan
from tests.planning.making import NOW, context, daily, facts_of, file_of, local, network, post, variant

ALPHA = (network("alpha"),)
FRIDAY = Quiet(name="Good Friday", first=date(2027, 4, 2), last=date(2027, 4, 2))
NIGHT = Quiet(hours=(time(22), time(7)))


def around(*quiet: Quiet, facts: Facts | None = None) -> Context:
    return replace(context(zone="UTC", networks=ALPHA, slots={"default": daily("06:00", "12:00")}, facts=facts), quiet=quiet)


def told(made: Post, found: Context) -> list[Finding]:
    return [finding for finding in plan([file_of(made)], found, NOW).findings if finding.rule == "quiet-day"]


@pytest.mark.parametrize(
    ("at", "zone", "message"),
    [
        (datetime(2027, 4, 2, 12), None, "2027-04-02 12:00 falls into “Good Friday” when nothing is to go out"),
        (datetime(2027, 4, 3, 23), None, "2027-04-03 23:00 falls into days or hours when nothing is to go out"),
        (datetime(2027, 4, 3, 12), None, None),
        (datetime(2027, 4, 2, 12), "Pacific/Auckland", "2027-04-02 12:00 falls into “Good Friday” when nothing is to go out"),
        (datetime(2027, 4, 3, 7), "Pacific/Auckland", None),
    ],
)
def test_a_post_at_a_quiet_time_is_told_on_its_own_clock_and_goes_out(at: datetime, zone: str | None, message: str | None) -> None:
    made = post(when=At(at, Span(2, 7, 23)), timezone=zone)
    found = told(made, around(FRIDAY, NIGHT))
    assert [finding.message for finding in found] == ([message] if message else [])
    assert all((finding.severity, finding.span) == (Severity.WARNING, Span(2, 7, 23)) for finding in found)
    assert len(plan([file_of(made)], around(FRIDAY, NIGHT), NOW).deliveries) == 1


def test_a_post_for_several_accounts_is_told_once_and_a_section_with_its_own_time_at_that_time() -> None:
    both = replace(context(zone="UTC"), quiet=(FRIDAY,))
    assert len(told(post(when=At(datetime(2027, 4, 2, 12))), both)) == 1
    section = replace(variant("Other", "alpha"), when=At(datetime(2027, 4, 2, 12), Span(9, 7, 23)))
    found = told(post(when=At(datetime(2027, 4, 5, 12)), variants=(variant("Hi"), section)), both)
    assert [(finding.account, finding.span) for finding in found] == [("alpha", Span(9, 7, 23))]


def test_a_post_that_comes_again_is_told_once_whatever_the_number_of_its_quiet_days() -> None:
    weeks = Quiet(name="Break", first=date(2027, 4, 5), last=date(2027, 4, 20))
    found = told(post(when=None, repeat=Repeat(1, "day", (), time(12))), around(weeks))
    assert [finding.message for finding in found] == ["one of its times falls into “Break” when nothing is to go out"]


def test_what_is_out_held_or_a_draft_is_not_told() -> None:
    made = post(when=At(datetime(2027, 4, 2, 12)))
    assert told(post(when=At(datetime(2027, 4, 2, 12)), status=Status.DRAFT), around(FRIDAY)) == []
    sent = facts_of(plan([file_of(made)], around(), NOW).deliveries, State.SENT)
    assert told(made, around(FRIDAY, facts=sent)) == []


def test_next_slot_leaves_quiet_days_and_hours_out_and_needs_no_word_about_it() -> None:
    found = plan([file_of(post(when=NextSlot()))], around(FRIDAY, NIGHT), NOW)
    assert ([local(item) for item in found.deliveries], found.findings) == (["2027-04-03 12:00"], ())


def test_what_was_seen_in_a_slot_moves_when_its_day_becomes_quiet_and_stays_otherwise() -> None:
    files = [file_of(post(name, parts=(Part(None, NextSlot(), (variant(name),)),), id=name, path=f"posts/{name}.md")) for name in "ab"]
    before = plan(files, around(), NOW).deliveries
    seen = facts_of(before)
    assert [local(item) for item in before] == ["2027-04-02 06:00", "2027-04-02 12:00"]
    early = Quiet(name="Morning", hours=(time(5), time(8)))
    after = plan(files, around(early, facts=seen), NOW).deliveries
    assert {item.post.id: local(item) for item in after} == {"b": "2027-04-02 12:00", "a": "2027-04-03 12:00"}
