"""What lies elsewhere for a network to fetch is known to the ledger until it is taken away, however the post is changed meanwhile."""

from datetime import timedelta

import pytest

from scheduler.ledger import Ledger
from scheduler.model.delivery import State
from scheduler.model.outcome import Outcome, Published, Refused, Uncertain
from scheduler.model.outgoing import OFFERED, Envelope
from tests.ledger.making import NOON, agenda, entry, envelope, queued, sending, state_of
from tests.ledger.making import POLICY as HERE

LATER = NOON + timedelta(minutes=20)
NOT_NOW = Refused("Busy", permanent=False)


def offering(ledger: Ledger, outcome: Outcome) -> None:
    """Sends a post for which a picture is offered, and its answer another one."""
    post = entry()
    queued(ledger, post)
    claim = sending(ledger, post)
    for name, key in (("hosted-0", "a.jpg"), ("answer-1/hosted-0", "b.jpg"), ("container", "17")):
        ledger.remember(claim, name, key)
    ledger.settle(claim, outcome, NOON)


def known(ledger: Ledger) -> dict[str, str]:
    return {name: key for left in ledger.leftovers(OFFERED) for name, key in left.ids.items()}


BOTH = {"hosted-0": "a.jpg", "answer-1/hosted-0": "b.jpg"}


@pytest.mark.parametrize("text", ["Other words", "Text of march #union"])
def test_an_edit_of_what_waits_keeps_them_in_mind_and_nothing_else(ledger: Ledger, text: str) -> None:
    offering(ledger, NOT_NOW)
    assert known(ledger) == {}, "it may be fetched at the next try"
    other = entry(text=text)
    queued(ledger, other, now=LATER)
    ledger.settle(sending(ledger, other, LATER), Published("1"), LATER)
    assert known(ledger) == BOTH
    [left] = ledger.leftovers(OFFERED)
    assert ledger.clear(left, left.ids)
    assert known(ledger) == {}
    assert state_of(ledger, other) is State.SENT


@pytest.mark.parametrize("outcome", [Published("1"), Refused("No"), Uncertain("Lost")])
def test_they_are_told_once_nothing_is_fetched_any_more(ledger: Ledger, outcome: Outcome) -> None:
    offering(ledger, outcome)
    assert known(ledger) == ({} if isinstance(outcome, Uncertain) else BOTH)


def test_they_are_told_of_what_is_held_or_called_off(ledger: Ledger) -> None:
    offering(ledger, NOT_NOW)
    queued(ledger, entry(state=State.HELD, reason="a draft"), now=LATER)
    assert known(ledger) == BOTH
    ledger.record(agenda(), LATER, HERE)
    assert known(ledger) == BOTH


def test_the_ids_of_a_post_of_before_are_added_to_its_own_and_win_nowhere() -> None:
    post = entry()
    earlier = envelope(post, **{"hosted-0": "a.jpg", "hosted-1": "", "container": "17"})
    assert envelope(post, slug="s").after(earlier) == envelope(post, slug="s", **{"hosted-0": "a.jpg"})
    assert envelope(post, **{"hosted-0": "new.jpg"}).after(earlier).ids == {"hosted-0": "new.jpg"}
    assert envelope(post).after(None) == envelope(post)
    assert isinstance(envelope(post).after(earlier), Envelope)
