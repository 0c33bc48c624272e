"""What must be written before anything is sent, and what must not be sent because of what is written."""

from datetime import timedelta
from typing import Any

import pytest

from scheduler.daemon import Engine, Settings
from scheduler.ledger import LedgerError
from scheduler.ledger.sending.advancing import Advanced, Next, Step
from scheduler.ledger.sending.claims import Taken
from scheduler.model.delivery import State
from scheduler.model.network import Abilities, Recovery
from scheduler.model.outcome import Absent, Outcome, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope
from scheduler.model.plan import Entry
from scheduler.publishers.contract import Remember
from tests.daemon.conftest import Desk
from tests.daemon.witness import Witness
from tests.ledger.making import NOON, TERMS, agenda, claimed, entry, envelope, queued, sending, state_of

MINUTE = timedelta(minutes=1)


def begun(desk: Desk, post: Entry) -> Taken | None:
    """Tries to begin to send an entry, as an engine does."""
    return desk.ledger.advance(Step(post.delivery.account.name, following=Next(envelope(post), NOON, TERMS))).taken


def test_what_is_sent_is_committed_before_the_first_byte_leaves(desk: Desk) -> None:
    seen: list[dict[str, Any] | None] = []
    hall = desk.networks["hall"]

    def look_and_accept(arrived: Envelope) -> Outcome:
        row = Witness(desk.path).delivery(arrived.outgoing.delivery)
        assert row is not None
        seen.append({**row, "bytes": arrived.outgoing.to_json()})
        return hall.accept(arrived)

    hall.answers = [look_and_accept]
    desk.agenda = agenda(entry())
    desk.engine.refresh()
    assert desk.engine.tick().count(State.SENT) == 1
    (row,) = seen
    assert row is not None
    assert (row["state"], row["fence"], row["owner"], row["attempts"]) == ("sending", 1, "first", 1)
    assert row["payload"] == row["bytes"]
    assert '"slug": "' in row["ids"]


@pytest.mark.parametrize("answer", [Published("1"), Refused("No."), Uncertain("?")], ids=["sent", "refused", "uncertain"])
def test_only_what_is_queued_can_be_claimed(desk: Desk, answer: Outcome) -> None:
    post = entry()
    queued(desk.ledger, post)
    desk.ledger.settle(sending(desk.ledger, post), answer, NOON)
    state = state_of(desk.ledger, post)
    assert claimed(desk.ledger, post) is None
    assert begun(desk, post) is None
    assert state_of(desk.ledger, post) is state


def test_what_is_set_aside_cannot_be_claimed(desk: Desk) -> None:
    deleted, broken = entry("deleted"), entry("broken", state=State.HELD, reason="It has no time.")
    queued(desk.ledger, deleted, broken)
    queued(desk.ledger, broken)
    for post, state in ((deleted, State.CANCELLED), (broken, State.HELD)):
        assert claimed(desk.ledger, post) is None
        assert begun(desk, post) is None
        assert state_of(desk.ledger, post) is state


def test_another_edition_than_the_recorded_one_cannot_be_claimed(desk: Desk) -> None:
    queued(desk.ledger, entry(text="The last word"))
    old = entry(text="The first draft")
    assert claimed(desk.ledger, old) is None
    assert begun(desk, old) is None


def test_what_another_machine_may_still_send_is_not_sent_again(desk: Desk) -> None:
    post = entry()
    desk.agenda = agenda(post)
    settings = Settings(owner="second", workers=1, abilities={"hall": Abilities(recovery=Recovery.READBACK)})
    second = Engine(desk.ledger, desk.clock, desk.networks, desk.make_agenda, settings)
    second.refresh()
    elsewhere = sending(desk.ledger, post)
    for _ in range(20):
        desk.clock.advance(10 * MINUTE)
        second.tick()
    assert state_of(desk.ledger, post) is State.UNCERTAIN
    assert desk.networks["hall"].accepted == []
    desk.networks["hall"].accept(envelope(post))
    desk.ledger.settle(elsewhere, Published(post.delivery.id), desk.clock.now())
    assert state_of(desk.ledger, post) is State.SENT
    assert second.tick().done == ()
    assert desk.networks["hall"].times() == {post.delivery.id: 1}


def test_nothing_more_is_sent_while_a_result_is_kept_aside(desk: Desk) -> None:
    advance = desk.ledger.advance

    def full(step: Step) -> Advanced:
        if step.result is not None:
            raise LedgerError("The ledger cannot be written: its disk is full.")
        return advance(step)

    desk.agenda = agenda(entry("a"), entry("b"), entry("c", account="other"))
    desk.engine.refresh()
    desk.ledger.advance = full  # type: ignore[method-assign]  # a disk that takes intents and no results
    for _ in range(3):
        assert isinstance(desk.engine.tick().trouble, LedgerError)
    assert sum(len(network.accepted) for network in desk.networks.values()) == 1
    desk.ledger.advance = advance  # type: ignore[method-assign]  # there is space again
    assert desk.engine.tick().count(State.SENT) == 3
    assert {number for network in desk.networks.values() for number in network.times().values()} == {1}


def test_a_late_answer_from_a_machine_that_was_given_up_settles_what_was_cancelled_meanwhile(desk: Desk) -> None:
    """The network said “not there”, the file was deleted, and then the machine that stood still went on."""
    post, other = entry(), entry("other", due=NOON + timedelta(days=9))
    queued(desk.ledger, post, other)
    elsewhere = sending(desk.ledger, post)
    later = NOON + 11 * MINUTE
    desk.ledger.recover(later, lambda _owner: False)
    (doubt,) = desk.ledger.doubts()
    assert desk.ledger.resolve(doubt, Absent(), later).state is State.QUEUED
    queued(desk.ledger, other, now=later)
    assert state_of(desk.ledger, post) is State.CANCELLED
    assert desk.ledger.settle(elsewhere, Published("1", "https://example.org/1"), later).state is State.SENT
    queued(desk.ledger, post, other, now=later)
    assert state_of(desk.ledger, post) is State.SENT


def test_a_post_of_many_steps_keeps_its_claim_as_long_as_it_goes_on(desk: Desk) -> None:
    post, hall = entry(), desk.networks["hall"]
    desk.agenda = agenda(post)
    second = desk.hire("second")

    def publish_slowly(arrived: Envelope, remember: Remember) -> Outcome:
        for number in range(3):
            desk.clock.advance(8 * MINUTE)
            remember(f"picture {number}", str(number))
            assert second.tick().done == ()
        return hall.accept(arrived)

    hall.publish = publish_slowly  # type: ignore[method-assign, assignment]  # a network that takes pictures one by one
    desk.engine.refresh()
    assert desk.engine.tick().count(State.SENT) == 1
    assert hall.times() == {post.delivery.id: 1}
