"""Each change of state happens once, to the right delivery, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.clock import VirtualClock
from scheduler.ledger import Ledger, LostClaimError, Terms
from scheduler.ledger.pauses import Scope
from scheduler.model.delivery import State
from scheduler.model.outcome import Absent, Published, Refused, Uncertain
from scheduler.model.settings import Policy
from tests.ledger.conftest import OpenAgain
from tests.ledger.making import LATE, NOON, TERMS, agenda, claimed, entry, envelope, queued, reason_of, sending, state_of

MINUTE = timedelta(minutes=1)


def test_a_delivery_goes_from_queued_to_sent_and_everything_about_it_is_kept(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    claim = sending(ledger, post)
    ledger.remember(claim, "container", "17")
    settled = ledger.settle(claim, Published("r1", "https://example.org/r1"), NOON + MINUTE)
    assert settled.state is State.SENT
    fact = ledger.facts().deliveries[post.delivery.id]
    assert (fact.state, fact.url, fact.remote_id, fact.sent_at) == (State.SENT, "https://example.org/r1", "r1", NOON + MINUTE)
    assert fact.fingerprint == envelope(post).outgoing.fingerprint
    (attempt,) = ledger.attempts("march")
    assert (attempt.attempt, attempt.step, attempt.outcome, attempt.started_at, attempt.finished_at) == (
        1,
        "publish",
        "published",
        NOON,
        NOON + MINUTE,
    )
    assert [event.became for event in ledger.events()] == [State.QUEUED, State.CLAIMED, State.SENDING, State.SENT]
    assert ledger.facts().hashtags_used == {"union": NOON + MINUTE}


def test_the_hashtags_of_a_first_comment_count_as_used(ledger: Ledger) -> None:
    plain = entry(text="Text")
    assert plain.outgoing is not None
    post = replace(plain, outgoing=replace(plain.outgoing, first_comment="Who pays?\n\n#MayDay"))
    queued(ledger, post)
    ledger.settle(sending(ledger, post), Published("r1", ""), NOON + MINUTE)
    assert ledger.facts().hashtags_used == {"MayDay": NOON + MINUTE}


def test_two_processes_cannot_claim_the_same_delivery(ledger: Ledger, open_again: OpenAgain) -> None:
    post = entry()
    queued(ledger, post)
    assert claimed(ledger, post) is not None
    assert claimed(open_again(), post) is None


def test_two_deliveries_of_one_account_are_not_sent_at_once(ledger: Ledger) -> None:
    first, second, elsewhere = entry("a"), entry("b"), entry("c", account="other")
    queued(ledger, first, second, elsewhere)
    claim = sending(ledger, first)
    assert claimed(ledger, second) is None
    assert claimed(ledger, elsewhere) is not None
    ledger.settle(claim, Published("1"), NOON)
    assert claimed(ledger, second) is not None


def test_nothing_is_claimed_before_its_time(ledger: Ledger) -> None:
    post = entry(due=NOON + MINUTE)
    queued(ledger, post)
    assert claimed(ledger, post) is None
    assert ledger.due(NOON) == ()
    assert ledger.next_due() == NOON + MINUTE
    assert claimed(ledger, post, NOON + MINUTE) is not None


@pytest.mark.parametrize(("scope", "name"), [(Scope.ALL, ""), (Scope.ACCOUNT, "hall"), (Scope.CAMPAIGN, "spring")])
def test_a_pause_is_seen_in_the_claim(ledger: Ledger, open_again: OpenAgain, scope: Scope, name: str) -> None:
    post = entry()
    queued(ledger, post)
    open_again().pause(scope, name, "a death in the family", NOON)
    assert ledger.due(NOON) == ()
    assert ledger.next_due() is None
    assert claimed(ledger, post) is None
    assert [pause.reason for pause in ledger.pauses()] == ["a death in the family"]
    assert ledger.resume(scope, name)
    assert not ledger.resume(scope, name)
    assert claimed(ledger, post) is not None


def test_a_pause_of_another_account_changes_nothing(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    ledger.pause(Scope.ACCOUNT, "other", "", NOON)
    ledger.pause(Scope.CAMPAIGN, "autumn", "", NOON)
    assert claimed(ledger, post) is not None


def test_what_is_more_than_thirty_minutes_late_is_missed_in_the_claim(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    assert claimed(ledger, post, NOON + LATE + timedelta(seconds=1)) is None
    assert state_of(ledger, post) is State.MISSED
    assert reason_of(ledger, post) == "It was due at 2027-03-27 13:00 and did not go out within 30 minutes."


def test_exactly_thirty_minutes_late_still_goes_out(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    assert ledger.mark_late(NOON + LATE) == ()
    assert claimed(ledger, post, NOON + LATE) is not None


def test_twelve_posts_three_days_stale_are_all_missed(ledger: Ledger) -> None:
    posts = [entry(f"p{number}") for number in range(12)]
    queued(ledger, *posts)
    assert len(ledger.mark_late(NOON + timedelta(days=3))) == 12
    assert ledger.due(NOON + timedelta(days=3)) == ()
    assert ledger.counts() == {State.MISSED: 12}


def test_an_expired_post_is_missed(ledger: Ledger) -> None:
    post = entry(expires=NOON + MINUTE)
    queued(ledger, post)
    assert claimed(ledger, post, NOON + MINUTE) is None
    assert reason_of(ledger, post) == "The post expired before it went out."


def test_the_gap_between_posts_of_an_account_moves_the_next_one(ledger: Ledger) -> None:
    first, second = entry("a"), entry("b")
    queued(ledger, first, second)
    ledger.settle(sending(ledger, first), Published("1"), NOON)
    spaced = Terms(owner="here", minimum_gap=10 * MINUTE)
    assert claimed(ledger, second, NOON + MINUTE, spaced) is None
    assert ledger.next_due() == NOON + 10 * MINUTE
    assert claimed(ledger, second, NOON + 10 * MINUTE, spaced) is not None


@pytest.mark.parametrize("first_became", [Published("1", "https://example.org/1"), Uncertain("no answer")])
def test_the_same_content_under_another_name_is_held(ledger: Ledger, first_became: Published | Uncertain) -> None:
    first, renamed = entry("a", text="Same"), entry("b", text="Same")
    queued(ledger, first, renamed)
    ledger.settle(sending(ledger, first), first_became, NOON)
    assert claimed(ledger, renamed) is None
    assert state_of(ledger, renamed) is State.HELD
    assert "a" in reason_of(ledger, renamed)
    queued(ledger, first, renamed)
    assert state_of(ledger, renamed) is State.HELD
    edited = entry("b", text="Not the same")
    queued(ledger, first, edited)
    assert state_of(ledger, edited) is State.QUEUED


def test_the_same_content_may_be_posted_again_after_ninety_days_or_elsewhere(ledger: Ledger) -> None:
    first, elsewhere = entry("a", text="Same"), entry("b", text="Same", account="other")
    later = entry("c", text="Same", due=NOON + timedelta(days=91))
    queued(ledger, first, elsewhere, later)
    ledger.settle(sending(ledger, first), Published("1"), NOON)
    assert claimed(ledger, elsewhere) is not None
    assert claimed(ledger, later, NOON + timedelta(days=91)) is not None


def test_sending_does_not_begin_when_the_claim_was_lost(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    claim = claimed(ledger, post)
    assert claim is not None
    ledger.recover(NOON + timedelta(hours=1), lambda _owner: False)
    with pytest.raises(LostClaimError):
        ledger.begin_sending(claim, envelope(post), NOON)
    again = claimed(ledger, post)
    assert again is not None
    assert again.fence == claim.fence + 1
    with pytest.raises(LostClaimError):
        ledger.begin_sending(claim, envelope(post), NOON)
    ledger.begin_sending(again, envelope(post), NOON)
    with pytest.raises(LostClaimError):
        ledger.remember(claim, "container", "1")


def test_sending_does_not_begin_after_the_lease(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    claim = claimed(ledger, post)
    assert claim is not None
    with pytest.raises(LostClaimError):
        ledger.begin_sending(claim, envelope(post), NOON + TERMS.lease)


def test_a_released_claim_is_queued_again(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    claim = claimed(ledger, post)
    assert claim is not None
    assert ledger.release(claim, NOON)
    assert not ledger.release(claim, NOON)
    assert state_of(ledger, post) is State.QUEUED


def test_a_permanent_refusal_is_final(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    ledger.settle(sending(ledger, post), Refused("The picture is too large."), NOON)
    assert state_of(ledger, post) is State.REFUSED
    queued(ledger, post)
    assert state_of(ledger, post) is State.REFUSED
    assert ledger.next_due() is None


def test_a_temporary_refusal_waits_at_least_as_long_as_the_network_asks(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    ledger.settle(sending(ledger, post), Refused("busy", permanent=False, retry_after=20 * MINUTE), NOON)
    assert state_of(ledger, post) is State.QUEUED
    assert ledger.next_due() == NOON + 20 * MINUTE
    queued(ledger, post)
    assert ledger.next_due() == NOON + 20 * MINUTE


def test_temporary_refusals_end_after_eight_attempts(ledger: Ledger) -> None:
    post, now = entry(), NOON
    ledger.record(agenda(post), NOON, Policy(late_after=timedelta(days=3)))
    for number in range(1, 9):
        assert state_of(ledger, post) is State.QUEUED, f"attempt {number}"
        ledger.settle(sending(ledger, post, now), Refused("busy", permanent=False), now)
        now += timedelta(minutes=31)
    assert state_of(ledger, post) is State.REFUSED
    assert reason_of(ledger, post) == "Given up after 8 attempts. busy"


def test_temporary_refusals_end_after_a_day(ledger: Ledger) -> None:
    post = entry()
    ledger.record(agenda(post), NOON, Policy(late_after=timedelta(days=3)))
    ledger.settle(sending(ledger, post), Refused("come back tomorrow", permanent=False, retry_after=timedelta(hours=25)), NOON)
    assert state_of(ledger, post) is State.REFUSED


def test_a_second_attempt_gets_what_the_first_one_froze(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    claim = sending(ledger, post)
    ledger.remember(claim, "container", "17")
    ledger.settle(claim, Refused("busy", permanent=False), NOON)
    again = claimed(ledger, post, NOON + MINUTE)
    assert again is not None
    assert again.frozen is not None
    assert again.frozen.outgoing == post.outgoing
    assert again.frozen.ids == {"slug": post.delivery.id, "container": "17"}
    assert again.attempts == 1


def test_a_crash_before_sending_queues_again_and_one_while_sending_does_not(ledger: Ledger, open_again: OpenAgain) -> None:
    before, during = entry("a"), entry("b", account="other")
    queued(ledger, before, during)
    claimed(ledger, before)
    sending(ledger, during)
    restarted = open_again()
    assert restarted.recover(NOON + MINUTE, lambda owner: owner == "somebody else") == ()
    assert len(restarted.recover(NOON + MINUTE, lambda owner: owner == "here")) == 2
    assert state_of(restarted, before) is State.QUEUED
    assert state_of(restarted, during) is State.UNCERTAIN
    assert restarted.due(NOON + MINUTE) == (before.delivery.id,)
    (doubt,) = restarted.doubts(NOON + MINUTE)
    assert doubt.envelope == envelope(during)


def test_proof_settles_a_doubt_once(ledger: Ledger) -> None:
    out, absent, open_still = entry("a"), entry("b", account="x"), entry("c", account="y")
    queued(ledger, out, absent, open_still)
    for post in (out, absent, open_still):
        ledger.settle(sending(ledger, post), Uncertain("no answer"), NOON)
    doubts = {doubt.delivery: doubt for doubt in ledger.doubts()}
    assert ledger.doubts(NOON) == ()
    assert ledger.resolve(doubts[out.delivery.id], Published("1", "u"), NOON + MINUTE).state is State.SENT
    assert ledger.resolve(doubts[out.delivery.id], Absent(), NOON + MINUTE).state is None
    assert state_of(ledger, out) is State.SENT
    assert ledger.resolve(doubts[absent.delivery.id], Absent(), NOON + MINUTE).state is State.QUEUED
    assert ledger.resolve(doubts[open_still.delivery.id], Uncertain("still nothing"), NOON + MINUTE).state is State.UNCERTAIN
    assert reason_of(ledger, open_still) == "still nothing"
    assert ledger.doubts(NOON + MINUTE) == ()
    assert len(ledger.doubts(NOON + 2 * MINUTE)) == 1


def test_an_old_proof_of_absence_cannot_queue_what_was_sent_since(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    ledger.settle(sending(ledger, post), Uncertain("no answer"), NOON)
    (doubt,) = ledger.doubts()
    ledger.resolve(doubt, Absent(), NOON)
    ledger.settle(sending(ledger, post), Uncertain("no answer again"), NOON)
    assert ledger.resolve(doubt, Absent(), NOON).state is None
    assert state_of(ledger, post) is State.UNCERTAIN


def test_a_late_answer_with_an_address_settles_the_doubt(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    claim = sending(ledger, post)
    ledger.recover(NOON + timedelta(hours=1), lambda _owner: False)
    assert state_of(ledger, post) is State.UNCERTAIN
    assert ledger.settle(claim, Published("1", "u"), NOON).state is State.SENT
    assert state_of(ledger, post) is State.SENT


def test_a_late_answer_of_an_older_claim_changes_nothing_and_is_kept(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    old = sending(ledger, post)
    ledger.recover(NOON + timedelta(hours=1), lambda _owner: False)
    ledger.decide_not_sent(post.delivery.id, NOON)
    new = sending(ledger, post)
    for answer in (Refused("no"), Published("1"), Uncertain("?")):
        assert ledger.settle(old, answer, NOON).state is None
    assert state_of(ledger, post) is State.SENDING
    assert [attempt.step for attempt in ledger.attempts()][-3:] == ["late answer"] * 3
    assert ledger.settle(new, Published("2"), NOON).state is State.SENT


def test_an_answer_written_twice_is_one_attempt(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    claim = sending(ledger, post)
    ledger.settle(claim, Published("1"), NOON)
    ledger.settle(claim, Published("1"), NOON)
    assert len(ledger.attempts()) == 1


def test_a_person_settles_a_doubt(ledger: Ledger, clock: VirtualClock) -> None:
    first, second = entry("a"), entry("b", account="other")
    queued(ledger, first, second)
    for post in (first, second):
        ledger.settle(sending(ledger, post), Uncertain("no answer"), clock.now())
    ledger.decide_sent(first.delivery.id, "https://example.org/a", NOON)
    ledger.decide_not_sent(second.delivery.id, NOON)
    assert (state_of(ledger, first), state_of(ledger, second)) == (State.SENT, State.QUEUED)
    assert ledger.facts().deliveries[first.delivery.id].url == "https://example.org/a"
