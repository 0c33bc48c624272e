"""What a sender handed over after it had lost its claim, and could not take back: known until it is gone or a person decides."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.ledger import Claim
from scheduler.ledger.sending.recovery import LOOKS
from scheduler.ledger.sending.strays import Stray
from scheduler.model.outcome import Absent, Handed
from tests.daemon.keeper import EARLY, Office
from tests.daemon.test_ahead import MINUTE
from tests.ledger.making import NOON, envelope

HOUR = timedelta(hours=1)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def overtaken(office: Office) -> None:
    """Hands a post over while another process finds that it is not there; the network cannot be reached afterwards."""

    def happens() -> None:
        office.clock.advance(11 * MINUTE)
        office.ledger.recover(office.clock.now(), lambda _: True)
        doubt = office.ledger.doubts()[0]
        for _ in range(LOOKS):
            office.clock.advance(MINUTE)
            office.ledger.hand_overs.resolve(doubt, Absent(), office.clock.now())
        assert office.state() == "queued"
        office.keeper.during = None
        office.keeper.is_away = True

    office.write()
    office.keeper.during = happens
    office.work()


def only(office: Office) -> str:
    return next(iter(office.ledger.facts().deliveries))


def stray(office: Office) -> Stray:
    (found,) = office.ledger.hand_overs.strays()
    return found


def tries(office: Office) -> int:
    return office.keeper.calls.count("take back")


def test_it_is_a_fact_and_nothing_goes_out_beside_it(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    overtaken(office)
    found = stray(office)
    assert (found.account, found.remote_id, found.tries) == ("page", "r1", 1)
    assert "could not be taken back. Nobody answers." in found.told
    assert office.state() == "uncertain"
    assert office.reason() == found.told
    assert office.ledger.events()[-1].reason == found.told
    assert [record.levelno for record in caplog.records if "Remove it there" in record.message] == [logging.CRITICAL]
    assert "https://example.org/r1" in caplog.text


def test_it_is_tried_again_ever_more_rarely_and_gone_once_the_network_says_so(office: Office) -> None:
    overtaken(office)
    before = tries(office)
    office.pass_time(HOUR)
    assert 4 <= tries(office) - before <= 7
    office.pass_time(4 * HOUR, step=5 * MINUTE)
    assert tries(office) - before <= 12
    office.keeper.is_away = False
    office.pass_time(HOUR + MINUTE, step=5 * MINUTE)
    assert office.ledger.hand_overs.strays() == ()
    assert office.keeper.posts.keys() == {"r2"}
    assert office.state() == "handed"
    office.pass_time(2 * EARLY, step=HOUR)
    assert (office.keeper.times().total(), office.state()) == (1, "sent")


def test_the_next_process_goes_on_with_it(office: Office) -> None:
    overtaken(office)
    office.restart()
    office.keeper.is_away = False
    office.pass_time(3 * MINUTE)
    assert office.ledger.hand_overs.strays() == ()
    assert office.keeper.times().total() == 1


def test_what_the_network_sent_after_all_is_what_went_out(office: Office) -> None:
    overtaken(office)
    office.pass_time(EARLY + HOUR, step=HOUR)
    office.keeper.is_away = False
    office.pass_time(2 * HOUR, step=HOUR / 2)
    assert (office.state(), office.ledger.hand_overs.strays()) == ("sent", ())
    assert office.keeper.times().total() == 1
    assert office.ledger.facts().deliveries[only(office)].remote_id == "r1"


@pytest.mark.parametrize("word", ["sent", "not sent", "removed"])
def test_a_person_decides(office: Office, word: str) -> None:
    overtaken(office)
    delivery, now = only(office), office.clock.now()
    if word == "sent":
        office.ledger.decide_sent(delivery, "https://example.org/r1", now)
    elif word == "not sent":
        office.ledger.decide_not_sent(delivery, now)
    else:
        assert office.ledger.hand_overs.removed(delivery, now) == 1
        assert office.ledger.hand_overs.removed(delivery, now) == 0
    assert office.ledger.hand_overs.strays() == ()
    assert office.state() == ("sent" if word == "sent" else "queued")


def test_one_that_is_out_beside_what_was_sent_is_told_until_it_is_removed(office: Office) -> None:
    overtaken(office)
    delivery, now = only(office), office.clock.now()
    office.ledger.decide_sent(delivery, "https://example.org/by-hand", now)
    claim = Claim(delivery, "page", 1, now, 1)
    late = envelope(office.files["march"]).going_out(NOON + EARLY)
    assert office.ledger.hand_overs.settle(claim, late, Handed("r1", "https://example.org/r1"), now).state is None
    office.pass_time(EARLY + HOUR, step=HOUR)
    office.keeper.is_away = False
    office.pass_time(HOUR, step=HOUR / 2)
    told = stray(office)
    assert told.told == "What page was handed before is out as well, at https://example.org/r1."
    assert office.state() == "sent"
    del office.keeper.posts["r1"]
    office.pass_time(HOUR + MINUTE, step=HOUR / 2)
    assert office.ledger.hand_overs.strays() == ()


def test_what_is_found_in_the_network_s_lists_is_no_stray(office: Office) -> None:
    """The process that took over asks the network, which names the very post."""
    office.write()

    def happens() -> None:
        office.clock.advance(11 * MINUTE)
        office.ledger.recover(office.clock.now(), lambda _: True)
        doubt = office.ledger.doubts()[0]
        office.ledger.hand_overs.resolve(doubt, Handed("r1"), office.clock.now())
        office.keeper.during = None
        office.keeper.is_away = True

    office.keeper.during = happens
    office.work()
    assert office.state() == "handed"
    office.keeper.is_away = False
    office.pass_time(HOUR, step=5 * MINUTE)
    assert office.ledger.hand_overs.strays() == ()
    assert office.keeper.posts.keys() == {"r1"}
