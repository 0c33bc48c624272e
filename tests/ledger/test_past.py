"""Whether a ledger is the one that was used last: what is found, and what is not taken for it."""

import json
import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from scheduler.clock import VirtualClock
from scheduler.ledger import Ledger, open_ledger
from scheduler.ledger.past import NAME, forget
from scheduler.model.delivery import State
from scheduler.model.outcome import Published
from tests.ledger.conftest import Address, OpenAgain
from tests.ledger.making import NOON, entry, queued, reason_of, sending, state_of

MINUTE = timedelta(minutes=1)
TABLES = ("event", "attempt", "delivery", "meta", "hashtag", "source")


class Snapshot:
    """Is everything that a ledger held, put back behind its back as the tools of its database do."""

    def __init__(self, address: Address) -> None:
        url = f"sqlite:///{address}" if isinstance(address, Path) else address
        self.engine = create_engine(url, poolclass=NullPool)
        with self.engine.begin() as connection:
            self.rows = {name: [dict(row) for row in connection.execute(text(f"SELECT * FROM {name}")).mappings()] for name in TABLES}

    def put_back(self) -> None:
        with self.engine.begin() as connection:
            for name in TABLES:
                connection.execute(text(f"DELETE FROM {name}"))
            for name in reversed(TABLES):
                for row in self.rows[name]:
                    marks = ", ".join(f":{column}" for column in row)
                    connection.execute(text(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})"), row)
            if self.engine.dialect.name == "postgresql":
                connection.execute(text("SELECT setval(pg_get_serial_sequence('event', 'id'), (SELECT max(id) FROM event))"))


def sent(ledger: Ledger, *names: str) -> None:
    for name in names:
        post = entry(name, account=name)
        ledger.settle(sending(ledger, post), Published(name), NOON)


@pytest.fixture
def posts(ledger: Ledger) -> Ledger:
    """A ledger of three posts that are due, and that was looked at."""
    assert ledger.past.look_back(NOON) is None
    queued(ledger, *(entry(name, account=name) for name in "abc"))
    assert ledger.past.look_back(NOON) is None
    return ledger


def test_what_was_sent_since_is_in_doubt(posts: Ledger, address: Address) -> None:
    snapshot = Snapshot(address)
    sent(posts, "a")
    posts.past.keep()
    snapshot.put_back()
    gap = posts.past.look_back(NOON + MINUTE)
    assert gap is not None
    assert (gap.cause, gap.copied_at, gap.restored_at) == ("found", NOON, NOON + MINUTE)
    assert posts.counts() == {State.UNCERTAIN: 3}
    assert "The ledger was found set back to one of 2027-03-27 12:00 UTC" in reason_of(posts, entry("a", account="a"))
    assert posts.past.look_back(NOON + MINUTE) is None


def test_a_ledger_that_has_grown_past_what_was_seen_is_found_too(posts: Ledger, address: Address) -> None:
    """Somebody else, who had not seen more of it, worked on it for a while."""
    snapshot = Snapshot(address)
    sent(posts, "a")
    posts.past.keep()
    snapshot.put_back()
    later = NOON + MINUTE
    for name in ("b", "c"):
        post = entry(name, account=name)
        posts.settle(sending(posts, post, later), Published(name), later)
    assert len(posts.events()) > 5
    gap = posts.past.look_back(later + MINUTE)
    assert gap is not None
    assert gap.copied_at == NOON
    assert [state_of(posts, entry(name, account=name)) for name in "abc"] == [State.UNCERTAIN, State.SENT, State.SENT]


def test_another_machine_takes_over_what_the_first_one_found(posts: Ledger, address: Address, clock: VirtualClock, tmp_path: Path) -> None:
    other = open_ledger(address, clock, folder=tmp_path / "other", chance=random.Random(1))
    assert other.past.look_back(NOON) is None
    snapshot = Snapshot(address)
    sent(posts, "a")
    posts.past.keep()
    other.past.keep()
    snapshot.put_back()
    assert other.past.look_back(NOON + MINUTE) is not None
    b = entry("b", account="b")
    other.decide_not_sent(b.delivery.id, NOON + MINUTE)
    assert posts.past.look_back(NOON + MINUTE) is None
    assert state_of(posts, b) is State.QUEUED
    other.close()


def test_a_machine_that_died_before_it_kept_what_it_wrote_raises_no_alarm(posts: Ledger, open_again: OpenAgain) -> None:
    sent(posts, "a", "b")
    assert open_again().past.look_back(NOON + MINUTE) is None


def test_a_ledger_without_a_past_holds_what_may_be_out_and_no_more(posts: Ledger, address: Address) -> None:
    sent(posts, "a")
    posts.past.keep()
    snapshot = Snapshot(address)
    snapshot.rows = {name: [] for name in TABLES}
    with snapshot.engine.begin() as connection:
        for name in TABLES:
            connection.execute(text(f"DELETE FROM {name}"))
    gap = posts.past.look_back(NOON + MINUTE)
    assert gap is not None
    assert gap.cause == "new"
    late = entry("late", due=NOON - 2 * timedelta(hours=1))
    later = entry("later", due=NOON + timedelta(hours=1))
    queued(posts, entry("a", account="a"), late, later, now=NOON + MINUTE)
    assert [state_of(posts, post) for post in (entry("a", account="a"), later)] == [State.UNCERTAIN, State.QUEUED]
    posts.mark_late(NOON + MINUTE)
    assert state_of(posts, late) is State.MISSED


def test_two_ledgers_in_turn_are_each_in_recovery_after_the_other(posts: Ledger, clock: VirtualClock, tmp_path: Path) -> None:
    sent(posts, "a")
    posts.past.keep()
    other = open_ledger(tmp_path / "elsewhere.sqlite", clock, folder=tmp_path)
    gap = other.past.look_back(NOON + MINUTE)
    assert gap is not None
    assert gap.cause == "new"
    other.close()


@pytest.mark.parametrize("words", ["", "{}", "[]", '{"lives": 1, "event": "x", "at": "", "sha256": ""}', "\x00" * 40])
def test_a_damaged_file_is_told_of_and_written_anew(
    posts: Ledger, open_again: OpenAgain, tmp_path: Path, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / NAME).write_text(words, encoding="utf-8")
    sent(posts, "a")
    assert open_again().past.look_back(NOON) is None
    assert "cannot be read" in caplog.text
    assert json.loads((tmp_path / NAME).read_bytes())["event"] == len(posts.events())


def test_what_was_put_back_knowingly_is_forgotten(posts: Ledger, open_again: OpenAgain, address: Address, tmp_path: Path) -> None:
    snapshot = Snapshot(address)
    sent(posts, "a")
    posts.past.keep()
    snapshot.put_back()
    forget(tmp_path)
    assert open_again().past.look_back(NOON) is None
