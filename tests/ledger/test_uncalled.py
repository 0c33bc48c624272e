"""What is known of a call that was never announced: it is made, by one process and no other."""

import pytest

from scheduler.ledger import Ledger
from scheduler.ledger.sending.claims import Claim
from scheduler.ledger.trouble import LostClaimError
from scheduler.model.delivery import State
from scheduler.model.network import Recovery
from scheduler.model.outcome import Absent
from scheduler.model.outgoing import CALLED
from tests.ledger.conftest import OpenAgain
from tests.ledger.making import NOON, TERMS, entry, queued, sending, state_of

POST = entry()
LATER = NOON + 2 * TERMS.lease
UNCALLED = Absent(is_uncalled=True)


def left_behind(ledger: Ledger, *, dead: bool) -> Claim:
    """Begins to send, and takes the delivery from whom it was given to."""
    queued(ledger, POST)
    claim = sending(ledger, POST)
    ledger.recover(LATER, lambda _owner: dead)
    assert state_of(ledger, POST) is State.UNCERTAIN
    return claim


@pytest.mark.parametrize("dead", [True, False])
def test_what_was_never_called_is_sent_although_the_network_proves_nothing(ledger: Ledger, *, dead: bool) -> None:
    left_behind(ledger, dead=dead)
    (doubt,) = ledger.doubts()
    assert ledger.resolve(doubt, Absent(), LATER, Recovery.NONE).state is State.UNCERTAIN
    (doubt,) = ledger.doubts()
    assert ledger.resolve(doubt, UNCALLED, LATER, Recovery.NONE).state is State.QUEUED
    assert "before the call" in ledger.events(POST.delivery.id)[-1].reason


def test_who_was_given_up_cannot_announce_its_call_any_more(ledger: Ledger, open_again: OpenAgain) -> None:
    claim, other = left_behind(ledger, dead=False), open_again()

    def announce() -> None:
        with pytest.raises(LostClaimError):
            ledger.remember(claim, CALLED, "yes")

    announce()
    (doubt,) = other.doubts()
    assert CALLED not in doubt.envelope.ids
    other.resolve(doubt, UNCALLED, LATER, Recovery.NONE)
    announce()
    second = sending(other, POST, LATER)
    announce()
    other.remember(second, CALLED, "yes")
    announce()
