"""Several processes of one project folder: each keeps results aside in a journal of its own, and those of the dead are taken over."""

from pathlib import Path

from scheduler.ledger import Terms
from scheduler.ledger.database.journal import NAME, Journals
from scheduler.model.delivery import State
from scheduler.model.outcome import Published
from tests.ledger.conftest import OpenAgain
from tests.ledger.making import NOON, entry, queued, sending, state_of


def test_each_process_keeps_results_in_a_journal_of_its_own(tmp_path: Path) -> None:
    first, second = Journals(tmp_path), Journals(tmp_path)
    first.own.append('{"first": 1}')
    second.own.append('{"second": 2}')
    first.own.append('{"first": 3}')
    assert first.own.path != second.own.path
    assert first.own.lines() == ('{"first": 1}', '{"first": 3}')
    assert second.own.lines() == ('{"second": 2}',)


def test_a_journal_is_left_alone_while_its_process_lives_and_taken_over_when_it_has_ended(tmp_path: Path) -> None:
    first, second, reader = Journals(tmp_path), Journals(tmp_path), Journals(tmp_path)
    first.own.append('{"first": 1}')
    second.own.append('{"second": 2}')
    assert [journal.path for journal in second.left()] == [second.own.path]
    assert list(reader.left()) == []
    mine = first.own.path
    first.release()
    assert {journal.path for journal in second.left()} == {mine, second.own.path}
    assert [journal.path for journal in reader.left()] == [mine]


def test_a_journal_that_was_given_up_goes_to_the_next_process_with_what_is_in_it(tmp_path: Path) -> None:
    first, second = Journals(tmp_path), Journals(tmp_path)
    first.own.append('{"first": 1}')
    first.release()
    second.own.append('{"second": 2}')
    assert second.own.path.name == f"{NAME}.jsonl"
    assert second.own.lines() == ('{"first": 1}', '{"second": 2}')


def test_results_of_two_processes_of_one_folder_are_all_taken_over(open_again: OpenAgain) -> None:
    first, second = open_again(), open_again()
    posts = [entry("a"), entry("b", account="other")]
    queued(first, *posts)
    for ledger, post, owner in zip((first, second), posts, ("first", "second"), strict=True):
        ledger.keep_aside(sending(ledger, post, terms=Terms(owner=owner)), Published(post.delivery.id), NOON)
    third = open_again()
    assert [state_of(third, post) for post in posts] == [State.SENDING, State.SENDING]
    first.close()
    second.close()
    third.replay()
    assert [state_of(third, post) for post in posts] == [State.SENT, State.SENT]
    assert {attempt.remote_id for attempt in third.attempts()} == {post.delivery.id for post in posts}
    third.replay()
    assert len(third.attempts()) == 2
