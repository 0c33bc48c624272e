"""What the ledger remembers of post files: renamed ones keep their deliveries, and a repeated post is no double."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.clock import VirtualClock
from scheduler.ledger import Ledger, open_ledger
from scheduler.model.delivery import State
from scheduler.model.outcome import Published
from scheduler.model.plan import Entry
from tests.ledger.making import NOON, POLICY, agenda, claimed, entry, queued, reason_of, sending, state_of

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def renamed(of: Entry, name: str) -> Entry:
    """Returns the same delivery of a file with a new name."""
    post = replace(of.delivery.post, id=name, path=f"posts/{name}.md")
    return replace(of, delivery=replace(of.delivery, post=post, identity=of.delivery.identity or of.delivery.post.id))


def at(of: Entry, occurrence: str, due: datetime = NOON) -> Entry:
    """Returns the delivery of a repeated post at one of its times."""
    delivery = replace(of.delivery, occurrence=occurrence, due=replace(of.delivery.due, utc=due))
    assert of.outgoing is not None
    return replace(of, delivery=delivery, not_before=due, outgoing=replace(of.outgoing, delivery=delivery.id))


def sent(ledger: Ledger, of: Entry) -> None:
    ledger.settle(sending(ledger, of), Published("1", "https://social.example/1"), NOON)


def test_files_are_remembered_by_the_name_of_their_deliveries(ledger: Ledger) -> None:
    queued(ledger, entry("march"))
    (source,) = ledger.facts().sources.values()
    assert (source.identity, source.post, source.sha256, source.gone_at) == ("march", "march", "0" * 64, None)
    assert "Text of march" in source.text


def test_a_file_is_missed_from_the_moment_it_is_gone_and_no_longer_when_it_comes_back(ledger: Ledger) -> None:
    march, other = entry("march"), entry("other")
    queued(ledger, march, other)
    queued(ledger, other, now=NOON + MINUTE)
    queued(ledger, other, now=NOON + 2 * MINUTE)
    assert ledger.facts().sources["march"].gone_at == NOON + MINUTE
    queued(ledger, march, other, now=NOON + 3 * MINUTE)
    assert ledger.facts().sources["march"].gone_at is None


@pytest.mark.parametrize("word", ["unreadable", "unsettled"])
def test_a_file_that_cannot_be_read_just_now_is_not_gone(ledger: Ledger, word: str) -> None:
    queued(ledger, entry("march"))
    left = {"unreadable": {"march": "It is broken."}} if word == "unreadable" else {"unsettled": frozenset({"march"})}
    ledger.record(agenda(**left), NOON, POLICY)
    assert ledger.facts().sources["march"].gone_at is None


def test_a_renamed_file_takes_its_deliveries_along_also_those_that_are_out(ledger: Ledger) -> None:
    out, waiting = entry("march", account="hall"), entry("march", account="port")
    queued(ledger, out, waiting)
    sent(ledger, out)
    queued(ledger, renamed(out, "may/march"), renamed(waiting, "may/march"))
    facts = ledger.facts()
    assert {fact.post for fact in facts.deliveries.values()} == {"may/march"}
    assert {fact.state for fact in facts.deliveries.values()} == {State.SENT, State.QUEUED}
    assert facts.sources["march"].post == "may/march"
    assert claimed(ledger, renamed(out, "may/march")) is None
    assert [attempt.outcome for attempt in ledger.attempts("may/march")] == ["published"]


def test_files_may_swap_their_names(ledger: Ledger) -> None:
    one, two = entry("a"), entry("b")
    queued(ledger, one, two)
    queued(ledger, renamed(one, "b"), renamed(two, "a"))
    posts = {fact.delivery: fact.post for fact in ledger.facts().deliveries.values()}
    assert posts == {one.delivery.id: "b", two.delivery.id: "a"}


def test_a_name_that_was_used_before_is_free_for_another_file(ledger: Ledger) -> None:
    gone, moving = entry("a"), entry("b")
    queued(ledger, gone, moving)
    queued(ledger, moving, now=NOON + MINUTE)
    queued(ledger, renamed(moving, "a"), now=NOON + 2 * MINUTE)
    posts = {fact.delivery: fact.post for fact in ledger.facts().deliveries.values()}
    assert posts == {gone.delivery.id: "a (until 2027-03-27 12:02:00)", moving.delivery.id: "a"}
    fresh = entry("b")
    again = replace(fresh, delivery=replace(fresh.delivery, identity="b~2"))
    queued(ledger, renamed(moving, "a"), again, now=NOON + 3 * MINUTE)
    assert state_of(ledger, again) is State.QUEUED


FILES = st.permutations(["a", "b", "c", "d"]).map(lambda names: names[:3])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FILES, min_size=1, max_size=5))
def test_whatever_names_three_files_take_each_keeps_its_delivery(
    clock: VirtualClock, tmp_path_factory: pytest.TempPathFactory, rounds: list[list[str]]
) -> None:
    ledger = open_ledger(tmp_path_factory.mktemp("ledger") / "ledger.sqlite", clock, durable=False)
    made = [entry(name) for name in ("x", "y", "z")]
    queued(ledger, *made)
    for number, names in enumerate(rounds):
        queued(ledger, *(renamed(each, name) for each, name in zip(made, names, strict=True)), now=NOON + number * MINUTE)
    facts = ledger.facts()
    ledger.close()
    assert {name: facts.deliveries[name].post for name in facts.deliveries} == {
        each.delivery.id: name for each, name in zip(made, rounds[-1], strict=True)
    }
    assert {fact.state for fact in facts.deliveries.values()} == {State.QUEUED}


def test_a_repeated_post_goes_out_again_with_the_same_words(ledger: Ledger) -> None:
    first, second = at(entry(), "2027-03-27"), at(entry(), "2027-04-03", NOON + 7 * DAY)
    queued(ledger, first, second)
    sent(ledger, first)
    assert claimed(ledger, second, NOON + 7 * DAY) is not None


def test_a_repeated_post_never_goes_out_twice_on_one_day(ledger: Ledger) -> None:
    first, second = at(entry(), "2027-03-27"), at(entry(), "2027-03-28", NOON + 5 * MINUTE)
    queued(ledger, first, second)
    sent(ledger, first)
    assert claimed(ledger, second, NOON + 5 * MINUTE) is None
    assert reason_of(ledger, second).startswith("Already published")


def test_the_same_words_in_another_repeated_post_are_held(ledger: Ledger) -> None:
    first = at(entry("one", text="Same"), "2027-03-27")
    second = at(entry("two", text="Same"), "2027-04-03", NOON + 7 * DAY)
    queued(ledger, first, second)
    sent(ledger, first)
    assert claimed(ledger, second, NOON + 7 * DAY) is None


def test_the_hashtags_whose_turn_it_is_are_remembered(ledger: Ledger) -> None:
    queued(ledger, replace(entry(), hashtags=("MayDay", "1Mai")))
    assert [fact.hashtags for fact in ledger.facts().deliveries.values()] == [("MayDay", "1Mai")]


def test_what_was_sent_can_be_looked_at(ledger: Ledger) -> None:
    made = entry()
    queued(ledger, made)
    assert ledger.frozen(made.delivery.id) is None
    sent(ledger, made)
    assert ledger.frozen(made.delivery.id) == made.outgoing


def test_a_ledger_of_the_first_release_is_taken_over_with_all_it_knows(tmp_path: Path, clock: VirtualClock) -> None:
    path = tmp_path / "ledger.sqlite"
    made = entry()
    ledger = open_ledger(path, clock)
    queued(ledger, made)
    sent(ledger, made)
    before = ledger.facts()
    ledger.close()
    with closing(sqlite3.connect(path)) as raw:
        for name in ("hashtags", "event_ends", "late_state", "released", "unproven", "ahead_at"):
            raw.execute(f"ALTER TABLE delivery DROP COLUMN {name}")
        raw.executescript("DROP TABLE source; UPDATE alembic_version SET version_num = '0001'")
    ledger = open_ledger(path, clock)
    assert ledger.facts() == replace(before, sources={})
    queued(ledger, made)
    assert ledger.facts() == before
    ledger.close()
