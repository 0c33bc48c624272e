"""A network's own word on how fast an account may post holds for all posts of that account, in every process."""

from datetime import timedelta

import pytest

from scheduler.ledger import Ledger
from scheduler.model.delivery import State
from scheduler.model.outcome import Published, Refused
from tests.ledger.conftest import OpenAgain
from tests.ledger.making import NOON, claimed, entry, queued, sending, state_of

MINUTE = timedelta(minutes=1)


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


@pytest.mark.parametrize("rest", [timedelta(days=-1), timedelta.max])
def test_an_absurd_rest_neither_breaks_nor_hurries(ledger: Ledger, rest: timedelta) -> None:
    first, second = entry("a"), entry("b")
    queued(ledger, first, second)
    ledger.settle(sending(ledger, first), Published("1", rest=rest), NOON)
    assert (claimed(ledger, second) is None) == (rest > timedelta(0))
