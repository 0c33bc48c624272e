"""Many rows by few statements, on both databases."""

from datetime import timedelta

from scheduler.ledger import Ledger
from scheduler.ledger.database.batches import MOST_VALUES
from scheduler.ledger.tables import DELIVERY
from scheduler.model.delivery import State
from tests.ledger.making import NOON, entry, queued

NUMBER = 2 * MOST_VALUES // len(DELIVERY.columns) + 7
WORDS = "100 % :at %(id)s ? ✊ “’"


def test_more_rows_than_one_statement_takes_are_all_written_each_with_its_own_values(ledger: Ledger) -> None:
    posts = [entry(f"p{number}", text=f"{WORDS} {number}", due=NOON + timedelta(seconds=number)) for number in range(NUMBER)]
    queued(ledger, *posts)
    facts = ledger.facts().deliveries
    assert {post.delivery.id: post.delivery.due.utc for post in posts} == {name: fact.due for name, fact in facts.items()}
    assert [event.became for event in ledger.events()] == [State.QUEUED] * NUMBER
    assert len({event.delivery for event in ledger.events()}) == NUMBER


def test_odd_words_come_back_as_they_were(ledger: Ledger) -> None:
    odd = entry("odd", state=State.HELD, reason=WORDS)
    queued(ledger, odd)
    (event,) = ledger.events()
    assert event.reason == ledger.facts().deliveries[odd.delivery.id].reason == WORDS
