"""Open deliveries follow the folder; what has begun does not."""

from datetime import timedelta

import pytest

from scheduler.ledger import Ledger, Terms
from scheduler.model.delivery import REHEARSAL, State
from scheduler.model.outcome import Outcome, Published, Refused, Uncertain
from scheduler.model.plan import Agenda
from tests.ledger.making import NOON, POLICY, agenda, claimed, entry, queued, reason_of, sending, state_of

MINUTE = timedelta(minutes=1)


def test_recording_the_same_folder_again_changes_nothing(ledger: Ledger) -> None:
    posts = [entry("a"), entry("b", state=State.HELD, reason="The picture is missing."), entry("c", state=State.MISSED, reason="Too late.")]
    assert ledger.record(agenda(*posts), NOON, POLICY).counts == {State.QUEUED: 1, State.HELD: 1, State.MISSED: 1}
    written = ledger.events()
    assert ledger.record(agenda(*posts), NOON + MINUTE, POLICY).counts == {}
    assert ledger.events() == written


def test_a_moved_post_is_due_at_its_new_time(ledger: Ledger) -> None:
    queued(ledger, entry(due=NOON))
    queued(ledger, entry(due=NOON + 5 * MINUTE))
    assert ledger.next_due() == NOON + 5 * MINUTE
    queued(ledger, entry(due=NOON - 5 * MINUTE))
    assert ledger.next_due() == NOON - 5 * MINUTE


def test_a_file_saved_just_now_waits_and_is_late_by_its_due_time(ledger: Ledger) -> None:
    queued(ledger, entry(not_before=NOON + 2 * MINUTE))
    assert ledger.next_due() == NOON + 2 * MINUTE
    assert ledger.overdue(NOON + MINUTE) == 0
    assert ledger.overdue(NOON + 3 * MINUTE) == 1


def test_a_post_that_vanished_is_cancelled_and_one_that_returns_is_queued(ledger: Ledger) -> None:
    post, other = entry("a"), entry("b")
    queued(ledger, post, other)
    queued(ledger, other)
    assert (state_of(ledger, post), reason_of(ledger, post)) == (State.CANCELLED, "The post file no longer asks for this.")
    queued(ledger, post, other)
    assert (state_of(ledger, post), reason_of(ledger, post)) == (State.QUEUED, "")


def test_a_file_that_cannot_be_understood_holds_its_own_post_and_no_other(ledger: Ledger) -> None:
    broken, other = entry("a"), entry("b")
    queued(ledger, broken, other)
    ledger.record(agenda(other, unreadable={"a": "The front matter is not closed."}), NOON, POLICY)
    assert (state_of(ledger, broken), reason_of(ledger, broken)) == (State.HELD, "The front matter is not closed.")
    assert state_of(ledger, other) is State.QUEUED
    queued(ledger, broken, other)
    assert state_of(ledger, broken) is State.QUEUED


def test_a_file_being_written_stays_as_it_was(ledger: Ledger) -> None:
    post = entry("a")
    queued(ledger, post)
    ledger.record(agenda(unsettled=frozenset({"a"})), NOON, POLICY)
    assert state_of(ledger, post) is State.QUEUED


def test_a_held_post_that_was_mended_is_queued(ledger: Ledger) -> None:
    queued(ledger, entry(state=State.HELD, reason="The alt text is missing."))
    mended = entry()
    queued(ledger, mended)
    assert (state_of(ledger, mended), reason_of(ledger, mended)) == (State.QUEUED, "")


def test_a_missed_post_stays_missed_until_its_time_is_changed(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    ledger.mark_late(NOON + timedelta(hours=1))
    queued(ledger, post, now=NOON + timedelta(hours=1))
    assert state_of(ledger, post) is State.MISSED
    queued(ledger, entry(due=NOON + timedelta(hours=2)), now=NOON + timedelta(hours=1))
    assert state_of(ledger, post) is State.QUEUED


@pytest.mark.parametrize("state", [State.CLAIMED, State.SENDING, State.SENT, State.REFUSED, State.UNCERTAIN])
@pytest.mark.parametrize(
    "now_says",
    [
        Agenda(),
        agenda(entry(due=NOON + MINUTE, text="edited")),
        agenda(entry(state=State.HELD, reason="bad")),
        agenda(unreadable={"march": "broken"}),
        agenda(entry(state=State.SENT)),
    ],
    ids=["deleted", "edited", "held", "unreadable", "echoed"],
)
def test_what_has_begun_no_longer_follows_the_file(ledger: Ledger, state: State, now_says: Agenda) -> None:
    post = entry()
    queued(ledger, post)
    if state is State.CLAIMED:
        assert claimed(ledger, post) is not None
    else:
        claim = sending(ledger, post)
        answers: dict[State, Outcome] = {State.SENT: Published("1"), State.REFUSED: Refused("no"), State.UNCERTAIN: Uncertain("?")}
        if state in answers:
            ledger.settle(claim, answers[state], NOON)
    before = ledger.facts().deliveries
    assert ledger.record(now_says, NOON, POLICY).counts == {}
    assert ledger.facts().deliveries == before


def test_what_was_only_rehearsed_begins_anew_at_a_later_time_and_at_no_other(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    ledger.settle(sending(ledger, post), Published(f"{REHEARSAL}{post.delivery.id}", "file:///rehearsal"), NOON)
    before = ledger.facts().deliveries
    for same in (post, entry(due=NOON - MINUTE), entry(text="edited"), entry(state=State.HELD, reason="bad")):
        assert ledger.record(agenda(same), NOON + MINUTE, POLICY).counts == {}, "a folder that was read before it was rehearsed"
    assert ledger.facts().deliveries == before
    queued(ledger, entry(due=NOON + 5 * MINUTE), now=NOON + MINUTE)
    fact = ledger.facts().deliveries[post.delivery.id]
    assert (fact.state, fact.due, fact.remote_id, fact.url, fact.sent_at) == (State.QUEUED, NOON + 5 * MINUTE, "", "", None)
    again = claimed(ledger, entry(due=NOON + 5 * MINUTE), now=NOON + 6 * MINUTE)
    assert again is not None
    assert again.first_attempt_at is None, "no network has heard its key yet"


def test_an_empty_file_list_of_a_readable_folder_cancels_what_is_open(ledger: Ledger) -> None:
    queued(ledger, *(entry(f"p{number}") for number in range(5)))
    queued(ledger)
    assert ledger.counts() == {State.CANCELLED: 5}


def test_a_crash_in_the_middle_of_recording_leaves_the_ledger_as_it_was(ledger: Ledger) -> None:
    queued(ledger, entry("a"))
    before = (ledger.facts(), ledger.events())

    def crash(_point: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ledger.record(agenda(entry("a", due=NOON + MINUTE), *(entry(f"p{number}") for number in range(1200))), NOON, POLICY, crash)
    assert (ledger.facts(), ledger.events()) == before


def test_thousands_of_posts_are_recorded_moved_and_cancelled(ledger: Ledger) -> None:
    assert ledger.record(agenda(*(entry(f"p{number}") for number in range(3000))), NOON, POLICY).counts == {State.QUEUED: 3000}
    moved = agenda(*(entry(f"p{number}", due=NOON + MINUTE) for number in range(2500)))
    assert ledger.record(moved, NOON, POLICY).counts == {State.CANCELLED: 500}
    assert len(ledger.due(NOON + MINUTE)) == 2500
    assert ledger.due(NOON) == ()


def test_parts_and_accounts_of_a_post_are_deliveries_of_their_own(ledger: Ledger) -> None:
    queued(ledger, entry("a", part="announce"), entry("a", part="recap"), entry("a", account="other"), entry("a"))
    assert {(fact.part, fact.account) for fact in ledger.facts().deliveries.values()} == {
        ("announce", "hall"),
        ("recap", "hall"),
        (None, "other"),
        (None, "hall"),
    }


def test_text_of_any_kind_survives(ledger: Ledger) -> None:
    said = "¡Huelga! ✊🏽 “quotes” \u200d 'x'; DROP TABLE delivery; -- %s :name"
    post = entry("campañas/abril/ö", text=said)
    queued(ledger, post)
    claim = sending(ledger, post)
    ledger.settle(claim, Uncertain(said), NOON)
    (doubt,) = ledger.doubts()
    assert doubt.envelope.outgoing == post.outgoing
    assert reason_of(ledger, post) == said


def test_times_of_any_zone_and_precision_come_back_equal(ledger: Ledger) -> None:
    due = NOON.replace(microsecond=1)
    queued(ledger, entry(due=due))
    assert ledger.next_due() == due
    assert ledger.due(NOON) == ()
    assert claimed(ledger, entry(due=due), due, Terms(owner="x")) is not None
