"""A network's own word on how fast an account may post holds for all posts of that account, in every process."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from scheduler.ledger import Ledger, Terms
from scheduler.model.delivery import State
from scheduler.model.outcome import Published, Refused, Uncertain
from scheduler.model.settings import Kind, Pace, Policy
from tests.ledger.conftest import OpenAgain
from tests.ledger.making import NOON, agenda, claimed, entry, queued, sending, state_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_when_a_network_asks_for_a_rest_no_other_post_of_the_account_hears_the_same(ledger: Ledger, open_again: OpenAgain) -> None:
    first, second, elsewhere = entry("a"), entry("b"), entry("c", account="other")
    queued(ledger, first, second, elsewhere)
    busy = Refused("too many requests", permanent=False, retry_after=10 * MINUTE, kind="rate")
    ledger.settle(sending(ledger, first), busy, NOON)
    again = open_again()
    assert claimed(again, second, NOON + MINUTE) is None
    assert claimed(again, elsewhere, NOON + MINUTE) is not None
    assert state_of(again, second) is State.QUEUED
    assert claimed(again, second, NOON + 10 * MINUTE - timedelta(seconds=1)) is None
    assert claimed(again, second, NOON + 10 * MINUTE) is not None


def test_a_budget_that_a_post_used_up_holds_the_next_one_until_it_is_renewed(ledger: Ledger) -> None:
    first, second, elsewhere = entry("a"), entry("b"), entry("c", account="other")
    queued(ledger, first, second, elsewhere)
    ledger.settle(sending(ledger, first), Published("1", rest=5 * MINUTE), NOON)
    assert claimed(ledger, second, NOON + MINUTE) is None
    assert claimed(ledger, elsewhere, NOON + MINUTE) is not None
    assert claimed(ledger, second, NOON + 5 * MINUTE) is not None


def test_what_the_newest_answer_says_of_the_budget_counts(ledger: Ledger) -> None:
    posts = [entry(name) for name in "abc"]
    queued(ledger, *posts)
    ledger.settle(sending(ledger, posts[0]), Published("1", rest=5 * MINUTE), NOON)
    ledger.settle(sending(ledger, posts[1], NOON + 5 * MINUTE), Published("2", rest=MINUTE), NOON + 5 * MINUTE)
    assert claimed(ledger, posts[2], NOON + 5 * MINUTE) is None
    assert claimed(ledger, posts[2], NOON + 6 * MINUTE) is not None


def test_a_doubt_in_which_the_network_asks_for_a_rest_is_looked_after_when_that_is_over(ledger: Ledger, open_again: OpenAgain) -> None:
    first, second, elsewhere = entry("a"), entry("b"), entry("c", account="other")
    queued(ledger, first, second, elsewhere)
    busy = Uncertain("out up to its post 1", retry_after=12 * MINUTE)
    assert ledger.settle(sending(ledger, first), busy, NOON).state is State.UNCERTAIN
    again = open_again()
    assert again.doubts(NOON + 12 * MINUTE - timedelta(seconds=1)) == ()
    assert claimed(again, second, NOON + 11 * MINUTE) is None, "its account rests"
    assert claimed(again, elsewhere, NOON + 11 * MINUTE) is not None
    (doubt,) = again.doubts(NOON + 12 * MINUTE)
    assert again.resolve(doubt, busy, NOON + 12 * MINUTE).state is State.UNCERTAIN
    assert again.doubts(NOON + 24 * MINUTE - timedelta(seconds=1)) == ()
    assert claimed(again, second, NOON + 23 * MINUTE) is None
    (doubt,) = again.doubts(NOON + 24 * MINUTE)
    assert again.resolve(doubt, Published("1"), NOON + 24 * MINUTE).state is State.SENT
    assert claimed(again, second, NOON + 24 * MINUTE) is not None


def test_a_rest_that_a_look_heard_holds_for_every_doubt_of_the_account_and_one_of_a_budget_for_none(ledger: Ledger) -> None:
    first, second, elsewhere = entry("a"), entry("b"), entry("c", account="other")
    queued(ledger, first, second, elsewhere)
    ledger.settle(sending(ledger, first), Uncertain("lost"), NOON)
    ledger.settle(sending(ledger, elsewhere), Uncertain("lost"), NOON)
    ledger.settle(sending(ledger, second), Published("1", rest=2 * HOUR), NOON)
    assert len(ledger.doubts(NOON, early=True)) == 2, "a budget for posts is none for looks"
    doubt = next(each for each in ledger.doubts() if each.account == first.delivery.account.name)
    ledger.resolve(doubt, Uncertain("busy", retry_after=3 * HOUR), NOON)
    for now in (NOON + MINUTE, NOON + 3 * HOUR - MINUTE):
        ledger.clock_went_back(now)  # as each start says
        assert [each.account for each in ledger.doubts(now, early=True)] == ["other"], now
        assert [each.account for each in ledger.doubts(now)] == ["other"], now
    assert len(ledger.doubts(NOON + 3 * HOUR)) == 2


def test_nobody_wakes_for_a_look_that_must_wait(ledger: Ledger) -> None:
    first, second = entry("a"), entry("b")
    queued(ledger, first, second)
    ledger.settle(sending(ledger, first), Uncertain("lost"), NOON)
    ledger.settle(sending(ledger, second), Uncertain("busy", retry_after=3 * HOUR), NOON)
    assert ledger.next_due() == NOON + MINUTE
    assert ledger.sweep(NOON + MINUTE, lambda _owner: False).doubts == ()
    assert ledger.next_due() == NOON + 3 * HOUR
    assert len(ledger.sweep(NOON + 3 * HOUR, lambda _owner: False).doubts) == 2


def test_a_rest_that_a_clock_wrote_which_was_ahead_is_counted_from_the_next_start_on(ledger: Ledger) -> None:
    post = entry("a")
    queued(ledger, post)
    ledger.settle(sending(ledger, post), Uncertain("busy", retry_after=HOUR / 2), NOON)
    before = NOON - timedelta(days=1)
    ledger.clock_went_back(before)
    assert ledger.doubts(before + 29 * MINUTE, early=True) == ()
    assert len(ledger.doubts(before + 30 * MINUTE, early=True)) == 1


@pytest.mark.parametrize("rest", [timedelta(days=-1), timedelta.max])
def test_an_absurd_rest_neither_hurries_a_look_nor_puts_it_off_for_ever(ledger: Ledger, rest: timedelta) -> None:
    post = entry()
    queued(ledger, post)
    ledger.settle(sending(ledger, post), Uncertain("?", retry_after=rest), NOON)
    assert ledger.doubts(NOON) == ()
    assert len(ledger.doubts(NOON + timedelta(hours=48))) == 1


@pytest.mark.parametrize("rest", [timedelta(days=-1), timedelta.max])
def test_an_absurd_rest_neither_breaks_nor_hurries(ledger: Ledger, rest: timedelta) -> None:
    first, second = entry("a"), entry("b")
    queued(ledger, first, second)
    ledger.settle(sending(ledger, first), Published("1", rest=rest), NOON)
    assert (claimed(ledger, second) is None) == (rest > timedelta(0))


OWN = Policy(
    minimum_gap=10 * MINUTE,
    quiet_hours=(time(22), time(7)),
    paces={"slow": Pace(minimum_gap=60 * MINUTE), "shy": Pace(quiet_hours=(time(12), time(15))), "rare": Pace(most_per_hour=1)},
)


def terms(account: str) -> Terms:
    return Terms.under(OWN, account, Kind.POST, "here", 10 * MINUTE)


@pytest.mark.parametrize(("account", "minutes"), [("hall", 10), ("slow", 60), ("rare", 60), ("shy", 0)])
def test_an_account_is_claimed_at_its_own_pace_and_others_at_that_of_the_project(ledger: Ledger, account: str, minutes: int) -> None:
    early = NOON.replace(hour=9)
    first, second = (entry(name, due=early, account=account) for name in "ab")
    ledger.record(agenda(first, second), early, replace(OWN, late_after=timedelta(days=1)))
    ledger.settle(sending(ledger, first, early, terms(account)), Published("1"), early)
    soon = early + minutes * MINUTE - timedelta(seconds=1)
    if minutes:
        assert claimed(ledger, second, soon, terms(account)) is None
    assert claimed(ledger, second, early + minutes * MINUTE, terms(account)) is not None


def test_what_is_due_waits_for_the_end_of_the_quiet_hours_of_its_own_account_and_is_not_late_then(ledger: Ledger) -> None:
    noon, night = (NOON.replace(hour=hour) for hour in (11, 21))
    posts = [entry(f"{at.hour}-{name}", due=at, account=name) for at in (noon, night) for name in ("hall", "shy")]
    ledger.record(agenda(*posts), NOON.replace(hour=8), OWN)
    allowed = {line.post: (line.not_before.hour, line.next_at.hour) for line in ledger.unfinished()}
    assert allowed == {"11-hall": (11, 11), "11-shy": (14, 14), "21-hall": (5, 5), "21-shy": (21, 21)}
    ledger.mark_late(noon + 150 * MINUTE)
    assert {line.post: line.state for line in ledger.unfinished() if line.due == noon} == {
        "11-hall": State.MISSED,
        "11-shy": State.QUEUED,
    }


def test_quiet_hours_that_an_account_gets_later_hold_what_was_queued_before(ledger: Ledger) -> None:
    post = entry(due=NOON, account="shy")
    queued(ledger, post, now=NOON.replace(hour=8))
    ledger.record(agenda(post), NOON.replace(hour=8), OWN)
    (line,) = ledger.unfinished()
    assert line.next_at == NOON.replace(hour=14)
