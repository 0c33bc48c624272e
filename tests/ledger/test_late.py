"""Late, quiet and paced: what becomes of posts that cannot go out at their time."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from scheduler.ledger import Ledger, Terms
from scheduler.ledger.pauses import Scope
from scheduler.model.delivery import State
from scheduler.model.outcome import Published, Refused, Uncertain
from scheduler.model.plan import Entry
from scheduler.model.post import Event, Repeat
from scheduler.model.settings import Kind, Lateness, Policy
from tests.ledger.making import LATE, NOON, POLICY, agenda, claimed, entry, queued, reason_of, sending, state_of

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def of_event(post: str, ends: datetime | None = None) -> Entry:
    """Returns an entry that is due at one o'clock in Berlin for an event that starts twenty minutes later."""
    made = entry(post)
    event = Event(title="March", starts=datetime(2027, 3, 27, 13, 20), ends=ends, timezone="Europe/Berlin")
    return replace(made, delivery=replace(made.delivery, post=replace(made.delivery.post, event=event)))


@pytest.mark.parametrize(("late", "state"), [("hold", State.MISSED), ("skip", State.SKIPPED), ("publish", State.QUEUED)])
def test_the_policy_says_what_becomes_of_a_late_post(ledger: Ledger, late: str, state: State) -> None:
    post = entry()
    ledger.record(agenda(post), NOON, Policy(late=late))
    ledger.mark_late(NOON + 5 * HOUR)
    assert state_of(ledger, post) is state
    assert (claimed(ledger, post, NOON + 5 * HOUR) is not None) == (late == "publish")


def test_a_post_for_an_event_dies_with_the_event_whatever_the_policy(ledger: Ledger) -> None:
    post, open_end = of_event("a"), of_event("b", ends=datetime(2027, 3, 27, 18, 0))
    ledger.record(agenda(post, open_end), NOON, Policy(late="publish"))
    ledger.mark_late(NOON + HOUR)
    assert (state_of(ledger, post), state_of(ledger, open_end)) == (State.SKIPPED, State.QUEUED)
    assert reason_of(ledger, post) == "Its event was over before it went out."


def of_kind(kind: Kind, **changes: Any) -> Entry:
    """Returns an entry of that kind; its event is the day after."""
    made = entry(kind.value, **changes)
    event = Event(title="March", starts=datetime(2027, 3, 28, 18), timezone="Europe/Berlin") if kind is Kind.EVENT else None
    repeat = Repeat(1, "week", (), time(13)) if kind is Kind.EVERGREEN else None
    written = replace(made.delivery.post, event=event, repeat=repeat)
    return replace(made, delivery=replace(made.delivery, post=written))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(("late", "state"), [("hold", State.MISSED), ("skip", State.SKIPPED), ("publish", State.QUEUED)])
def test_each_kind_of_post_is_late_by_its_own_rule_in_the_claim(ledger: Ledger, kind: Kind, late: str, state: State) -> None:
    others = {other: Lateness(9 * HOUR, "hold") for other in Kind}
    post = of_kind(kind)
    ledger.record(agenda(post), NOON, Policy(late="skip", by_kind={**others, kind: Lateness(HOUR, late)}))
    assert (claimed(ledger, post, NOON + HOUR + MINUTE) is not None) == (late == "publish")
    assert state_of(ledger, post) is (State.CLAIMED if late == "publish" else state)
    assert reason_of(ledger, post) == ("" if late == "publish" else "It was due at 2027-03-27 13:00 and did not go out within 1 hour.")


def test_another_rule_for_a_kind_counts_for_what_is_queued_already(ledger: Ledger) -> None:
    post, evergreen = of_kind(Kind.POST), of_kind(Kind.EVERGREEN)
    ledger.record(agenda(post, evergreen), NOON, Policy(late_after=9 * HOUR))
    ledger.record(agenda(post, evergreen), NOON, Policy(late_after=9 * HOUR, by_kind={Kind.EVERGREEN: Lateness(HOUR, "skip")}))
    ledger.mark_late(NOON + 2 * HOUR)
    assert (state_of(ledger, post), state_of(ledger, evergreen)) == (State.QUEUED, State.SKIPPED)


def test_a_post_for_an_event_dies_with_the_event_whatever_the_rule_of_its_kind(ledger: Ledger) -> None:
    post = of_kind(Kind.EVENT)
    ledger.record(agenda(post), NOON, Policy(by_kind={Kind.EVENT: Lateness(99 * HOUR, "publish")}))
    ledger.mark_late(NOON + 48 * HOUR)
    assert (state_of(ledger, post), reason_of(ledger, post)) == (State.SKIPPED, "Its event was over before it went out.")


def test_what_goes_out_late_is_never_a_burst(ledger: Ledger) -> None:
    posts = [entry(f"p{number}") for number in range(3)]
    ledger.record(agenda(*posts), NOON, Policy(late="publish"))
    now = NOON + 5 * HOUR
    ledger.settle(sending(ledger, posts[0], now), Published("1"), now)
    assert claimed(ledger, posts[1], now + MINUTE) is None
    assert ledger.next_due() == NOON
    assert claimed(ledger, posts[2], now + 4 * MINUTE) is None
    assert claimed(ledger, posts[1], now + 5 * MINUTE) is not None


def test_a_person_lets_missed_posts_go_out_and_an_agenda_does_not_undo_it(ledger: Ledger) -> None:
    posts = [entry(f"p{number}") for number in range(2)]
    queued(ledger, *posts)
    now = NOON + 2 * HOUR
    ledger.mark_late(now)
    late = ledger.missed(Scope.ACCOUNT, "hall", now)
    assert [item.post for item in late] == ["p0", "p1"]
    assert ledger.let_go([item.delivery for item in late], now) == 2
    assert ledger.let_go([item.delivery for item in late], now) == 0
    ledger.record(agenda(*posts), now, POLICY)
    assert ledger.facts().deliveries[posts[0].delivery.id].released
    ledger.settle(sending(ledger, posts[0], now), Published("1"), now)
    assert claimed(ledger, posts[1], now) is None
    assert claimed(ledger, posts[1], now + 5 * MINUTE) is not None


def test_a_person_gives_missed_posts_up_until_they_change(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    now = NOON + 2 * HOUR
    ledger.mark_late(now)
    assert ledger.skip([post.delivery.id], now) == 1
    ledger.record(agenda(replace(post, state=State.MISSED, reason="late")), now, POLICY)
    assert state_of(ledger, post) is State.SKIPPED
    ledger.record(agenda(entry(text="other words", due=now + HOUR)), now, POLICY)
    assert state_of(ledger, post) is State.QUEUED


def test_a_post_called_missed_by_a_clock_that_ran_ahead_waits_again_once_it_is_right(ledger: Ledger) -> None:
    post = entry(due=NOON + HOUR)
    queued(ledger, post)
    ledger.mark_late(NOON + timedelta(days=365))
    assert state_of(ledger, post) is State.MISSED
    queued(ledger, post)
    assert state_of(ledger, post) is State.QUEUED


QUIET = (time(22), time(7))


def test_what_is_due_in_quiet_hours_waits_for_their_end_and_is_not_late_then(ledger: Ledger) -> None:
    due = NOON.replace(hour=22)
    post = entry(due=due)
    ledger.record(agenda(post), NOON, Policy(quiet_hours=QUIET))
    morning = ledger.next_due()
    assert morning is not None
    assert morning.isoformat() == "2027-03-28T05:00:00+00:00"
    ledger.mark_late(morning + LATE)
    assert claimed(ledger, post, morning + LATE) is not None


def test_a_second_try_does_not_fall_into_quiet_hours(ledger: Ledger) -> None:
    due = NOON.replace(hour=20, minute=55)
    post = entry(due=due)
    ledger.record(agenda(post), NOON, Policy(quiet_hours=QUIET, late_after=timedelta(days=1)))
    terms = Terms(owner="here", quiet_hours=QUIET)
    ledger.settle(sending(ledger, post, due, terms), Refused("busy", permanent=False, retry_after=10 * MINUTE), due)
    assert claimed(ledger, post, due + 10 * MINUTE, terms) is None
    assert ledger.next_due() is not None
    assert claimed(ledger, post, NOON + timedelta(hours=17), terms) is not None


def test_an_account_keeps_its_hourly_limit(ledger: Ledger) -> None:
    posts = [entry(f"p{number}") for number in range(3)]
    queued(ledger, *posts)
    terms = Terms(owner="here", most_per_hour=2)
    for number in range(2):
        at = NOON + number * MINUTE
        ledger.settle(sending(ledger, posts[number], at, terms), Published(str(number)), at)
    assert claimed(ledger, posts[2], NOON + 2 * MINUTE, terms) is None
    assert ledger.next_due() == NOON + HOUR


def test_an_account_that_is_refused_is_paused_once_and_its_posts_wait(ledger: Ledger) -> None:
    posts = [entry(f"p{number}") for number in range(50)]
    queued(ledger, *posts)
    answer = Refused("The token has expired.", permanent=True, kind="auth")
    assert ledger.settle(sending(ledger, posts[0]), answer, NOON).state is State.QUEUED
    (pause,) = ledger.pauses()
    assert (pause.scope, pause.name) == (Scope.ACCOUNT, "hall")
    assert "scheduler resume --account hall" in pause.reason
    assert ledger.counts() == {State.QUEUED: 50}
    assert ledger.due(NOON) == ()


def test_a_change_of_a_zones_rules_is_written_down_with_what_moved(ledger: Ledger) -> None:
    post = entry(due=NOON + timedelta(days=200))
    queued(ledger, post)
    moved = replace(post.delivery.due, utc=post.delivery.due.utc + HOUR)
    later = replace(post, delivery=replace(post.delivery, due=moved), not_before=moved.utc)
    queued(ledger, later)
    assert ledger.next_due() == moved.utc
    told = ledger.events(post.delivery.id)[-1]
    assert told.reason.startswith("The rules of Europe/Berlin changed: 2027-10-13 14:00 there is now 13:00 UTC")


def test_what_a_person_calls_not_out_goes_out_although_it_is_late(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    ledger.settle(sending(ledger, post), Uncertain("no answer"), NOON)
    now = NOON + 5 * HOUR
    ledger.decide_not_sent(post.delivery.id, now)
    queued(ledger, post, now=now)
    assert claimed(ledger, post, now) is not None
