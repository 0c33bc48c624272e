"""Handing over is a change of state like any other: it happens once, to the right delivery, or not at all."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.clock import VirtualClock
from scheduler.ledger import Claim, Ledger, open_ledger
from scheduler.ledger.pauses import Scope
from scheduler.ledger.sending.claims import Wanted
from scheduler.ledger.sending.keeping import AFTERWARDS, Kept
from scheduler.model.delivery import State
from scheduler.model.outcome import Absent, Handed, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope
from scheduler.model.plan import Entry
from tests.ledger.conftest import OpenAgain
from tests.ledger.making import NOON, TERMS, claimed, entry, envelope, queued, reason_of, sending, state_of

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DUE = NOON + DAY


def taken(ledger: Ledger, of: Entry, fingerprint: str = "") -> Claim | None:
    assert of.outgoing is not None
    wanted = Wanted(of.delivery.id, fingerprint or of.outgoing.fingerprint, NOON, TERMS)
    return ledger.hand_overs.take(wanted, early(of))


def early(of: Entry) -> Envelope:
    return envelope(of).going_out(of.delivery.due.utc)


def handed(ledger: Ledger, of: Entry) -> Kept:
    claim = taken(ledger, of)
    assert claim is not None
    assert ledger.hand_overs.settle(claim, early(of), Handed("r1", "https://example.org/r1"), NOON).state is State.HANDED
    return ledger.hand_overs.kept()[0]


@pytest.fixture
def post(ledger: Ledger) -> Entry:
    made = entry(due=DUE)
    queued(ledger, made)
    return made


def test_everything_about_what_a_network_keeps_is_written_down(ledger: Ledger, post: Entry) -> None:
    kept = handed(ledger, post)
    assert (kept.due, kept.look_at, kept.url, kept.told) == (DUE, DUE + AFTERWARDS, "https://example.org/r1", "")
    assert kept.envelope.outgoing == post.outgoing
    assert (kept.envelope.goes_out, kept.envelope.kept_as) == (DUE, "r1")
    assert [event.became for event in ledger.events()] == [State.QUEUED, State.CLAIMED, State.SENDING, State.HANDED]
    (attempt,) = ledger.attempts("march")
    assert (attempt.step, attempt.outcome, attempt.remote_id, attempt.url) == ("hand over", "handed", "r1", "https://example.org/r1")


def test_what_a_network_keeps_is_nobody_s_to_send(ledger: Ledger, post: Entry) -> None:
    handed(ledger, post)
    assert ledger.due(DUE + DAY) == ()
    assert claimed(ledger, post, DUE) is None
    assert taken(ledger, post) is None
    assert ledger.mark_late(DUE + DAY) == ()


def test_the_file_does_not_move_what_a_network_keeps(ledger: Ledger, post: Entry) -> None:
    kept = handed(ledger, post)
    queued(ledger, entry(due=DUE + DAY, text="Other"))
    queued(ledger)
    assert ledger.hand_overs.kept() == (kept,)


def test_two_processes_cannot_hand_over_the_same_delivery(ledger: Ledger, open_again: OpenAgain, post: Entry) -> None:
    assert taken(ledger, post) is not None
    assert taken(open_again(), post) is None


def test_what_is_being_sent_paused_changed_or_past_is_not_taken(ledger: Ledger, post: Entry) -> None:
    other = entry("other")
    queued(ledger, post, other)
    assert taken(ledger, other) is None, "its time has come"
    assert taken(ledger, post, "0" * 64) is None, "the file says something else by now"
    ledger.pause(Scope.ACCOUNT, "hall", "wait", NOON)
    assert taken(ledger, post) is None
    ledger.resume(Scope.ACCOUNT, "hall")
    sending(ledger, other)
    assert taken(ledger, post) is None, "its account is busy"


def test_an_answer_under_an_old_fence_changes_nothing_and_is_kept(ledger: Ledger, post: Entry) -> None:
    claim = taken(ledger, post)
    assert claim is not None
    ledger.recover(NOON, lambda _: True)
    doubt = ledger.doubts()[0]
    for minutes in (3, 4, 5):
        ledger.hand_overs.resolve(doubt, Absent(), NOON + minutes * MINUTE)
    assert state_of(ledger, post) is State.QUEUED
    assert ledger.hand_overs.settle(claim, early(post), Handed("r1"), NOON + 6 * MINUTE).state is None
    assert state_of(ledger, post) is State.QUEUED
    assert "late answer" in ledger.events()[-1].reason


def test_what_comes_back_is_blank_and_goes_out_at_its_time(ledger: Ledger, post: Entry) -> None:
    kept = handed(ledger, post)
    settled = ledger.hand_overs.taken_back(kept, Absent(), "It is paused.", NOON + MINUTE)
    assert (settled.state, ledger.frozen(post.delivery.id)) == (State.QUEUED, None)
    fact = ledger.facts().deliveries[post.delivery.id]
    assert (fact.remote_id, fact.url, fact.fingerprint) == ("", "", "")
    assert ledger.due(DUE - MINUTE) == ()
    assert ledger.due(DUE) == (post.delivery.id,)


def test_taking_back_twice_or_too_late_is_told_once(ledger: Ledger, post: Entry) -> None:
    kept = handed(ledger, post)
    assert ledger.hand_overs.taken_back(kept, Published("r1", "https://example.org/r1"), "", DUE + MINUTE).state is State.SENT
    assert ledger.hand_overs.taken_back(kept, Absent(), "", DUE + MINUTE).state is None
    assert ledger.hand_overs.looked(kept, Absent(), DUE + MINUTE).state is None
    assert ledger.hand_overs.tell(kept, "?", DUE).state is None
    assert state_of(ledger, post) is State.SENT
    assert ledger.facts().deliveries[post.delivery.id].sent_at == DUE


def test_a_refusal_leaves_no_trace_in_what_comes_later(ledger: Ledger, post: Entry) -> None:
    claim = taken(ledger, post)
    assert claim is not None
    ledger.remember(claim, "photo-0", "17")
    assert ledger.hand_overs.settle(claim, early(post), Refused("no"), NOON).state is State.QUEUED
    assert "It goes out at its time from here." in reason_of(ledger, post)
    assert ledger.hand_overs.may_go([post.delivery.id], NOON + 59 * MINUTE, timedelta(0)) == frozenset()
    assert ledger.hand_overs.may_go([post.delivery.id], NOON + 61 * MINUTE, timedelta(0)) == {post.delivery.id}
    again = claimed(ledger, post, DUE)
    assert again is not None
    assert (again.attempts, again.frozen) == (0, None)


def test_a_wait_that_a_clock_wrote_which_was_ahead_is_not_kept(ledger: Ledger, post: Entry) -> None:
    claim = taken(ledger, post)
    assert claim is not None
    ledger.hand_overs.settle(claim, early(post), Refused("no"), NOON + 365 * DAY)
    assert ledger.hand_overs.may_go([post.delivery.id], NOON + 366 * DAY, timedelta(0)) == frozenset(), "its time has passed by then"
    later = entry("later", due=NOON + 400 * DAY)
    queued(ledger, later)
    claim = taken(ledger, later)
    assert claim is not None
    ledger.hand_overs.settle(claim, early(post), Refused("no"), NOON + 365 * DAY)
    assert ledger.hand_overs.may_go([later.delivery.id], NOON, timedelta(days=-366)) == {later.delivery.id}


def test_where_the_sender_may_still_live_absence_proves_nothing(ledger: Ledger, post: Entry) -> None:
    claim = taken(ledger, post)
    assert claim is not None
    ledger.recover(NOON + 11 * MINUTE, lambda _: False)
    doubt = ledger.doubts()[0]
    for minutes in range(12, 20):
        ledger.hand_overs.resolve(doubt, Absent(), NOON + minutes * MINUTE)
    assert state_of(ledger, post) is State.UNCERTAIN
    assert "may still do so" in reason_of(ledger, post)
    assert ledger.hand_overs.resolve(doubt, Handed("r1"), NOON + 21 * MINUTE).state is State.HANDED


def test_a_lost_answer_is_a_doubt_that_the_network_ends(ledger: Ledger, post: Entry) -> None:
    claim = taken(ledger, post)
    assert claim is not None
    assert ledger.hand_overs.settle(claim, early(post), Uncertain("No answer."), NOON).state is State.UNCERTAIN
    (doubt,) = ledger.doubts()
    assert doubt.envelope.goes_out == DUE
    assert ledger.hand_overs.resolve(doubt, Uncertain("Still none."), NOON + MINUTE).state is State.UNCERTAIN
    assert ledger.hand_overs.resolve(doubt, Published("r1"), DUE + MINUTE).state is State.SENT


def test_a_ledger_of_the_release_before_is_taken_over_with_its_data(tmp_path: Path, clock: VirtualClock) -> None:
    path = tmp_path / "ledger.sqlite"
    made = entry(due=DUE)
    ledger = open_ledger(path, clock)
    queued(ledger, made)
    before = ledger.facts()
    ledger.close()
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript("ALTER TABLE delivery DROP COLUMN ahead_at; UPDATE alembic_version SET version_num = '0003'")
    ledger = open_ledger(path, clock)
    assert ledger.facts() == before
    assert handed(ledger, made).delivery == made.delivery.id
    ledger.close()


def test_a_twin_of_what_a_network_keeps_is_held(ledger: Ledger, post: Entry) -> None:
    assert post.outgoing is not None
    handed(ledger, post)
    twin = entry("twin", due=NOON, text=post.outgoing.text)
    queued(ledger, post, twin)
    assert claimed(ledger, twin) is None
    assert "handed over already" in reason_of(ledger, twin)


def test_what_a_person_lets_go_uses_what_the_network_keeps_of_it(ledger: Ledger, post: Entry) -> None:
    kept = handed(ledger, post)
    ledger.hand_overs.looked(kept, Uncertain("Nobody answers."), DUE + DAY)
    assert state_of(ledger, post) is State.UNCERTAIN
    ledger.decide_not_sent(post.delivery.id, DUE + DAY)
    again = claimed(ledger, replace(post), DUE + DAY)
    assert again is not None
    assert again.frozen is not None
    assert again.frozen.from_here.kept_as == "r1"
    assert again.frozen.from_here.goes_out is None
