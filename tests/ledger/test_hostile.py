"""What networks answer and processes do when they are at their worst."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ledger import Claim, Ledger, Terms
from scheduler.ledger.sending.late import span_words
from scheduler.ledger.sending.settling import outcome_from_json, outcome_to_json
from scheduler.ledger.tables import instant_text
from scheduler.model.delivery import State
from scheduler.model.outcome import Outcome, Published, Refused, Uncertain
from tests.ledger.conftest import OpenAgain
from tests.ledger.making import NOON, POLICY, agenda, entry, queued, reason_of, sending, state_of

WORDS = st.text()
OUTCOMES = st.one_of(
    st.builds(Published, WORDS, WORDS, st.none() | st.timedeltas()),
    st.builds(Refused, WORDS, st.booleans(), st.none() | st.timedeltas(), WORDS),
    st.builds(Uncertain, WORDS),
)


def test_processes_that_race_for_the_same_deliveries_share_them_without_overlap(ledger: Ledger, open_again: OpenAgain) -> None:
    posts = [entry(f"p{number}", account=f"account {number}") for number in range(24)]
    queued(ledger, *posts)
    claims: list[Claim] = []
    start = threading.Barrier(3)

    def take(mine: Ledger, owner: str) -> None:
        start.wait(timeout=120)
        for post in posts:
            assert post.outgoing is not None
            claim = mine.claim(post.delivery.id, post.outgoing.fingerprint, NOON, Terms(owner=owner))
            if claim is not None:
                claims.append(claim)

    threads = [
        threading.Thread(target=take, args=(one, f"process {number}")) for number, one in enumerate((ledger, open_again(), open_again()))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claim.delivery for claim in claims) == sorted(post.delivery.id for post in posts)


def test_processes_that_race_for_one_account_send_one_at_a_time(ledger: Ledger, open_again: OpenAgain) -> None:
    posts = [entry(f"p{number}") for number in range(12)]
    queued(ledger, *posts)
    claims: list[Claim] = []
    start = threading.Barrier(3)

    def take(mine: Ledger) -> None:
        start.wait(timeout=120)
        for post in posts:
            assert post.outgoing is not None
            claim = mine.claim(post.delivery.id, post.outgoing.fingerprint, NOON, Terms(owner="x"))
            if claim is not None:
                claims.append(claim)

    threads = [threading.Thread(target=take, args=(one,)) for one in (ledger, open_again(), open_again())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claims) == 1


@pytest.mark.parametrize("said", ["a\x00b", "half \ud83d pair", "<html>" * 100_000])
def test_an_answer_of_any_kind_can_be_kept(ledger: Ledger, said: str) -> None:
    post = entry()
    queued(ledger, post)
    ledger.settle(sending(ledger, post), Refused(said), NOON)
    assert state_of(ledger, post) is State.REFUSED
    assert 0 < len(reason_of(ledger, post)) <= 2000
    assert ledger.attempts()[0].reason == reason_of(ledger, post)


def test_an_address_of_any_kind_can_be_kept(ledger: Ledger) -> None:
    post = entry()
    queued(ledger, post)
    ledger.settle(sending(ledger, post), Published("1\x00", "https://example.org/\x00\udc00"), NOON)
    assert state_of(ledger, post) is State.SENT


@pytest.mark.parametrize("wait", [timedelta.max, timedelta(days=-5), timedelta(seconds=-1)])
def test_an_absurd_waiting_time_neither_breaks_nor_hurries(ledger: Ledger, wait: timedelta) -> None:
    post = entry()
    queued(ledger, post)
    ledger.settle(sending(ledger, post), Refused("busy", permanent=False, retry_after=wait), NOON)
    if wait > timedelta(0):
        assert state_of(ledger, post) is State.REFUSED
    else:
        next_due = ledger.next_due()
        assert next_due is not None
        assert NOON <= next_due <= NOON + timedelta(seconds=30)


@given(OUTCOMES)
def test_every_result_survives_the_emergency_journal(outcome: Outcome) -> None:
    claim = Claim("d", "hall", 3, NOON, 0)
    line = outcome_to_json(claim, outcome, NOON)
    assert "\n" not in line
    assert outcome_from_json(line) == (claim, outcome, NOON)


@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()))
def test_stored_times_sort_like_the_instants_they_name(first: datetime, second: datetime) -> None:
    try:
        one, two = first.astimezone(UTC), second.astimezone(UTC)
    except OverflowError:
        return
    texts = (instant_text(first), instant_text(second))
    assert {len(text) for text in texts} == {27}
    assert (texts[0] < texts[1]) == (one < two)
    assert datetime.fromisoformat(texts[0]) == one


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1800, "30 minutes"), (3600, "1 hour"), (5400, "90 minutes"), (86400, "1 day"), (45, "45 seconds"), (1, "1 second"), (60, "1 minute")],
)
def test_spans_are_said_in_words(seconds: int, words: str) -> None:
    assert span_words(timedelta(seconds=seconds)) == words


def test_the_same_delivery_twice_in_one_agenda_is_recorded_once(ledger: Ledger) -> None:
    assert ledger.record(agenda(entry(), entry()), NOON, POLICY).counts == {State.QUEUED: 1}
