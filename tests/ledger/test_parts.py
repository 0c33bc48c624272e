"""A thread that is out in part: what is out is a fact, the rest waits for its file, and nobody's word sends a post of it twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.ledger import Claim, Ledger
from scheduler.ledger.sending.advancing import Next, Step
from scheduler.ledger.sending.settling import outcome_from_json, outcome_to_json
from scheduler.ledger.trouble import LedgerError
from scheduler.model.delivery import State
from scheduler.model.outcome import Halted, Outcome, Placed, Published, Refused, Uncertain, placed_text
from scheduler.model.outgoing import STANDING, Envelope, Reply
from scheduler.model.plan import Entry
from tests.ledger.making import NOON, TERMS, entry, queued, reason_of, sending, state_of

OUT = (Placed("1", "https://social.example/1"), Placed("2", "https://social.example/2", "mark"))
HALTED = Halted(OUT, "It says Forbidden.")


def thread(*words: str) -> Entry:
    """Returns a post with answers."""
    first, *others = words
    made = entry(text=first)
    assert made.outgoing is not None
    return replace(made, outgoing=replace(made.outgoing, replies=tuple(Reply(word) for word in others)))


def settled(ledger: Ledger, outcome: Outcome) -> Entry:
    """Sends a thread with that outcome."""
    post = thread("One", "Two", "Bad")
    queued(ledger, post)
    ledger.settle(sending(ledger, post), outcome, NOON)
    return post


def taken(ledger: Ledger, post: Entry) -> Envelope | None:
    """Takes what the file says now for sending, as the engine does."""
    queued(ledger, post)
    assert post.outgoing is not None
    took = ledger.advance(Step("hall", None, Next(Envelope(post.outgoing, {"key": "new"}), NOON, TERMS))).taken
    return took[1] if took else None


def test_a_refusal_in_the_middle_is_known_with_what_is_out(ledger: Ledger) -> None:
    post = settled(ledger, HALTED)
    assert state_of(ledger, post) is State.REFUSED
    told = "Post 3 of the thread was refused: It says Forbidden. Posts 1 and 2 are out: https://social.example/1 https://social.example/2"
    assert reason_of(ledger, post) == told
    assert [line.out for line in ledger.unfinished()] == [OUT]
    assert ledger.threads() == {post.delivery.id: OUT}
    assert [(each.outcome, each.reason) for each in ledger.attempts()] == [("halted", told)]


@pytest.mark.parametrize("outcome", [HALTED, Uncertain("The rest follows.", out=OUT)], ids=["refused", "in doubt"])
def test_a_person_s_word_sends_the_rest_and_nothing_that_is_out(ledger: Ledger, outcome: Outcome) -> None:
    post = settled(ledger, outcome)
    ledger.decide_not_sent(post.delivery.id, NOON)
    sent = taken(ledger, thread("One", "Two", "Good"))
    assert sent is not None
    assert sent.out == OUT
    assert [reply.text for reply in sent.outgoing.replies] == ["Two", "Good"]


@pytest.mark.parametrize("words", [("Another", "Two", "Good"), ("One", "Another", "Good"), ("One",)])
def test_words_that_are_out_must_not_have_changed(ledger: Ledger, words: tuple[str, ...]) -> None:
    post = settled(ledger, HALTED)
    ledger.decide_not_sent(post.delivery.id, NOON)
    assert taken(ledger, thread(*words)) is None
    assert state_of(ledger, post) is State.HELD
    number = 2 if words[0] == "One" else 1
    assert reason_of(ledger, post).startswith(f"Post {number} of the thread is out and reads differently in the file now")
    sent = taken(ledger, thread("One", "Two", "Good"))
    assert sent is not None
    assert sent.out == OUT


def test_a_rest_that_is_refused_before_it_is_sent_keeps_what_is_out(ledger: Ledger) -> None:
    post = settled(ledger, HALTED)
    ledger.decide_not_sent(post.delivery.id, NOON)
    queued(ledger, thread("One", "Two", "Worse"))
    worse = thread("One", "Two", "Worse")
    assert worse.outgoing is not None
    took = ledger.advance(Step("hall", None, Next(Envelope(worse.outgoing, {}), NOON, TERMS))).taken
    assert took is not None
    ledger.settle(took[0], Refused("It is too long."), NOON)
    assert state_of(ledger, post) is State.REFUSED
    assert reason_of(ledger, post).startswith("Post 3 of the thread was refused: It is too long. Posts 1 and 2 are out")


def test_what_a_look_finds_out_is_kept(ledger: Ledger) -> None:
    post = settled(ledger, Uncertain("No answer."))
    (doubt,) = ledger.doubts()
    ledger.resolve(doubt, Uncertain("The rest follows.", out=OUT[:1]), NOON)
    assert ledger.threads() == {post.delivery.id: OUT[:1]}
    (doubt,) = ledger.doubts()
    assert doubt.envelope.out == OUT[:1]
    assert ledger.resolve(doubt, HALTED, NOON).state is State.REFUSED
    assert ledger.threads() == {post.delivery.id: OUT}


def test_a_thread_that_a_person_finished_by_hand_is_out(ledger: Ledger) -> None:
    post = settled(ledger, HALTED)
    ledger.decide_sent(post.delivery.id, "https://social.example/1", NOON)
    assert state_of(ledger, post) is State.SENT
    assert ledger.threads() == {}


def test_of_what_was_refused_whole_nobody_can_say_that_it_is_out(ledger: Ledger) -> None:
    post = settled(ledger, Refused("No."))
    with pytest.raises(LedgerError, match="nothing to decide"):
        ledger.decide_sent(post.delivery.id, "https://social.example/1", NOON)


@pytest.mark.parametrize("outcome", [HALTED, Uncertain("Why", timedelta(seconds=3), OUT)])
def test_an_answer_that_the_ledger_could_not_take_is_kept_whole(outcome: Outcome) -> None:
    held = Claim("d", "hall", 1, NOON, 0)
    assert outcome_from_json(outcome_to_json(held, outcome, NOON)) == (held, outcome, NOON)


def test_a_crash_in_the_middle_goes_on_with_what_was_committed(ledger: Ledger) -> None:
    post = thread("One", "Two", "Three")
    queued(ledger, post)
    ledger.remember(sending(ledger, post), STANDING, placed_text(OUT))
    ledger.recover(NOON, lambda _owner: True)
    (doubt,) = ledger.doubts()
    assert doubt.envelope.out == OUT
    assert ledger.resolve(doubt, Published("1"), NOON).state is State.SENT
