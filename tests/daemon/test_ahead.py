"""Posts that are handed over early: out at their time without us, taken back when the file asks for something else, and never twice."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from scheduler.daemon import ahead
from scheduler.ledger import LedgerError
from scheduler.ledger.database.copies import put_back
from scheduler.ledger.pauses import Scope
from scheduler.ledger.sending.ahead import TRY_AGAIN
from scheduler.model.delivery import State
from scheduler.model.outcome import Refused
from tests.daemon.booked import CrashError
from tests.daemon.keeper import EARLY, POLICY, Office
from tests.daemon.network import Network
from tests.ledger.making import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POINTS = ("before_claim", "before_send", "after_send", "after_settle", "before_look", "after_look")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.ledger.close()


def steps(office: Office) -> list[tuple[str, str]]:
    return [(attempt.step, attempt.outcome) for attempt in office.ledger.attempts()]


def test_a_post_is_handed_over_as_long_before_its_time_as_its_account_says_and_not_earlier(office: Office) -> None:
    office.write(ahead=EARLY + HOUR)
    office.work()
    assert (office.state(), office.keeper.calls) == ("queued", [])
    office.clock.advance(HOUR)
    office.work(3)
    assert (office.state(), office.keeper.calls) == ("handed", ["hand over"])
    assert [(post.text, post.at) for post in office.keeper.kept()] == [("Text of march #union", NOON + EARLY + HOUR)]
    assert steps(office) == [("hand over", "handed")]


def test_it_goes_out_at_its_time_though_nobody_runs_and_is_read_back_afterwards(office: Office) -> None:
    due = office.write().delivery.due.utc
    office.work()
    office.clock.advance(EARLY + 5 * HOUR)
    assert office.keeper.texts() == ["Text of march #union"]
    office.restart()
    office.work()
    fact = next(iter(office.ledger.facts().deliveries.values()))
    assert (fact.state, fact.sent_at, fact.url) == (State.SENT, due, "https://example.org/r1")
    assert steps(office) == [("hand over", "handed"), ("check", "published")]
    assert office.ledger.facts().hashtags_used.keys() == {"union"}
    assert office.keeper.calls.count("publish") == 0


@pytest.mark.parametrize("early", [timedelta(0), HOUR])
def test_an_account_that_does_not_ask_for_it_sends_at_the_time(office: Office, early: timedelta) -> None:
    office.write(early=early)
    office.work()
    assert office.state() == "queued"
    office.write("soon", ahead=10 * MINUTE)
    office.work()
    assert (office.state("soon"), office.keeper.calls) == ("queued", [])
    office.pass_time(10 * MINUTE)
    assert (office.state("soon"), office.keeper.calls) == ("sent", ["publish"])


def test_what_cannot_be_given_away_goes_out_at_its_time(office: Office) -> None:
    made = office.write(ahead=HOUR)
    assert made.outgoing is not None
    office.files["march"] = replace(made, outgoing=replace(made.outgoing, first_comment="Sign here"))
    office.pass_time(HOUR + MINUTE)
    assert (office.state(), office.keeper.calls) == ("sent", ["publish"])


@pytest.mark.parametrize(
    "policy",
    [
        replace(POLICY, quiet_hours=(time(11), time(16))),
        replace(POLICY, minimum_gap=HOUR),
        replace(POLICY, most_per_hour=1),
    ],
)
def test_nothing_is_handed_over_that_the_pace_or_the_quiet_hours_would_hold_up_here(tmp_path: Path, policy: object) -> None:
    assert isinstance(policy, type(POLICY))
    office = Office(tmp_path, policy)
    office.write()
    office.write("other", ahead=EARLY + 10 * MINUTE)
    office.work()
    assert (office.state(), office.state("other"), office.keeper.calls) == ("queued", "queued", [])
    office.ledger.close()


def test_a_file_that_was_saved_a_moment_ago_is_left_alone_first(tmp_path: Path) -> None:
    office = Office(tmp_path, replace(POLICY, quiet_before_publish=2 * MINUTE))
    office.write(ahead=HOUR)
    office.work()
    office.clock.advance(MINUTE)
    office.work()
    assert office.state() == "queued"
    office.clock.advance(MINUTE)
    office.work()
    assert office.state() == "handed"
    office.ledger.close()


def test_the_same_words_are_not_handed_over_beside_themselves(office: Office) -> None:
    office.write(text="Same")
    office.write("other", text="Same", ahead=EARLY - HOUR)
    office.work(2)
    assert sorted([office.state(), office.state("other")]) == ["handed", "held"]
    assert len(office.keeper.posts) == 1


def test_a_post_that_comes_again_is_handed_over_for_each_of_its_days(office: Office) -> None:
    for day in (0, 1):
        made = office.write(f"day {day}", text="Every day", ahead=EARLY - (1 - day) * DAY)
        delivery = replace(made.delivery, occurrence=f"2027-03-{28 + day}", post=replace(made.delivery.post, id="daily"))
        assert made.outgoing is not None
        office.files[f"day {day}"] = replace(made, delivery=delivery, outgoing=replace(made.outgoing, delivery=delivery.id))
    office.work(2)
    assert [fact.state.value for fact in office.ledger.facts().deliveries.values()] == ["handed", "handed"]
    office.pass_time(EARLY + HOUR, step=2 * HOUR)
    assert office.keeper.texts() == ["Every day"] * 2


def test_what_is_to_be_sent_from_here_in_a_moment_goes_before(office: Office) -> None:
    office.write()
    office.write("soon", ahead=timedelta(seconds=15))
    office.work()
    assert office.keeper.calls == []
    office.clock.advance(timedelta(seconds=15))
    office.work()
    assert office.keeper.calls == ["publish", "hand over"]


def test_a_network_that_does_not_answer_is_asked_once_at_each_look(office: Office) -> None:
    for number in range(5):
        office.write(f"post {number}", ahead=HOUR + number * MINUTE)
    office.work()
    assert len(office.keeper.kept()) == 5
    office.keeper.is_away = True
    office.keeper.calls.clear()
    office.files.clear()
    office.work()
    assert office.keeper.calls == ["take back", "where is"]
    office.keeper.is_away = False
    office.pass_time(2 * MINUTE)
    assert office.keeper.posts == {}


def test_what_was_held_for_being_the_same_goes_once_the_other_was_taken_back(office: Office) -> None:
    office.write(text="Same", ahead=EARLY - HOUR)
    office.work()
    office.write("other", text="Same")
    office.work()
    assert office.state("other") == "held"
    office.files.pop("march")
    office.pass_time(3 * MINUTE)
    assert (office.state(), office.state("other")) == ("cancelled", "handed")
    assert len(office.keeper.posts) == 1


# Taking back.


def changed(office: Office) -> None:
    office.write(text="Other words")


def moved(office: Office) -> None:
    office.write(ahead=EARLY - HOUR)


def deleted(office: Office) -> None:
    office.files.clear()


def held(office: Office) -> None:
    office.write(state=State.HELD, reason="It waits until everybody agrees.")


def expired(office: Office) -> None:
    office.write(state=State.SKIPPED, reason="It expired.")


def cancelled(office: Office) -> None:
    office.write(state=State.HELD, reason="The event is cancelled.")


def garbled(office: Office) -> None:
    office.files.clear()
    office.more = {"unreadable": {"march": "The file cannot be read."}}


def paused(office: Office) -> None:
    office.ledger.pause(Scope.CAMPAIGN, "spring", "wait", office.clock.now())


def other_alt(office: Office) -> None:
    made = office.files["march"]
    assert made.outgoing is not None
    office.files["march"] = replace(made, outgoing=replace(made.outgoing, language="es"))


WAYS: dict[str, tuple[Callable[[Office], None], str]] = {
    "changed": (changed, "handed"),
    "moved": (moved, "handed"),
    "another language": (other_alt, "handed"),
    "deleted": (deleted, "cancelled"),
    "held": (held, "held"),
    "expired": (expired, "skipped"),
    "cancelled": (cancelled, "held"),
    "garbled": (garbled, "held"),
    "paused": (paused, "queued"),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_the_folder_no_longer_asks_for_is_taken_back_before_anything_else(office: Office, way: str) -> None:
    change, ends = WAYS[way]
    office.write()
    office.work()
    change(office)
    office.work()
    assert (office.state(), office.keeper.posts) == ("queued", {})
    office.pass_time(5 * MINUTE)
    assert office.state() == ends
    assert [post.text for post in office.keeper.kept()] == ([office.files["march"].outgoing.text] if ends == "handed" else [])  # type: ignore[union-attr] # every entry here has one
    office.pass_time(EARLY + HOUR, step=6 * HOUR)
    assert len(office.keeper.out()) == (1 if ends == "handed" else 0)


def test_a_file_that_is_being_written_is_waited_for(office: Office) -> None:
    office.write()
    office.work()
    office.files.clear()
    office.more = {"unsettled": frozenset({"march"})}
    office.work()
    assert office.state() == "handed"


def test_what_was_paused_is_handed_over_again_when_the_pause_ends(office: Office) -> None:
    office.write()
    office.work()
    paused(office)
    office.pass_time(5 * MINUTE)
    office.ledger.resume(Scope.CAMPAIGN, "spring")
    office.pass_time(5 * MINUTE)
    assert (office.state(), len(office.keeper.kept())) == ("handed", 1)


def test_where_the_network_cannot_be_reached_a_person_is_told_what_goes_out_when_and_where_to_remove_it(office: Office) -> None:
    office.write()
    office.work()
    changed(office)
    office.keeper.is_away = True
    office.work()
    assert office.state() == "handed"
    told = office.reason()
    assert "Its post file was changed." in told
    assert "2027-03-29 14:00" in told
    assert "https://example.org/r1" in told
    office.pass_time(3 * MINUTE)
    assert [event.reason for event in office.ledger.events() if event.was is event.became] == [told]
    office.keeper.is_away = False
    office.pass_time(3 * MINUTE)
    assert (office.state(), office.reason()) == ("handed", "")
    assert [post.text for post in office.keeper.kept()] == ["Other words"]


def test_a_person_who_removes_it_by_hand_as_told_is_believed(office: Office) -> None:
    office.write()
    office.work()
    changed(office)
    office.keeper.is_away = True
    office.work()
    office.keeper.posts.clear()
    office.keeper.is_away = False
    office.pass_time(5 * MINUTE)
    assert (office.state(), [post.text for post in office.keeper.kept()]) == ("handed", ["Other words"])


def test_words_that_are_taken_back_again_need_nothing(office: Office) -> None:
    office.write()
    office.work()
    office.keeper.is_away = True
    changed(office)
    office.work()
    office.write()
    office.work()
    assert (office.state(), office.reason()) == ("handed", "")
    office.keeper.is_away = False
    office.pass_time(3 * MINUTE)
    assert office.keeper.calls.count("hand over") == 1


def test_a_change_in_the_last_minutes_comes_too_late_and_is_told(office: Office) -> None:
    office.write(ahead=HOUR)
    office.work()
    office.clock.advance(HOUR - 2 * MINUTE)
    changed(office)
    office.write(text="Other words", ahead=HOUR)
    office.work()
    assert office.state() == "handed"
    assert "too late" in office.reason()
    office.pass_time(5 * MINUTE)
    assert (office.state(), office.keeper.texts()) == ("sent", ["Text of march #union"])


@pytest.mark.parametrize("told", ["lose", "vanish"])
def test_a_lost_answer_to_taking_back_is_asked_for_again(office: Office, told: str) -> None:
    office.write()
    office.work()
    changed(office)
    office.keeper.told = [told]
    office.work()
    assert office.state() == "handed"
    office.pass_time(6 * MINUTE)
    assert [post.text for post in office.keeper.kept()] == ["Other words"]


# Doubts.


@pytest.mark.parametrize("told", ["lose", "vanish"])
def test_a_lost_answer_to_handing_over_is_settled_by_the_networks_lists(office: Office, told: str) -> None:
    office.write()
    office.keeper.told = [told]
    office.work()
    assert office.state() == "uncertain"
    office.pass_time(MINUTE)
    assert office.state() == ("handed" if told == "lose" else "uncertain")
    assert len(office.keeper.posts) == int(told == "lose")
    office.pass_time(10 * MINUTE)
    assert (office.state(), len(office.keeper.kept())) == ("handed", 1)
    office.clock.advance(EARLY)
    office.work()
    assert (office.state(), office.keeper.texts()) == ("sent", ["Text of march #union"])


@pytest.mark.parametrize("told", ["lose", "vanish"])
def test_a_doubt_that_lasts_until_after_its_time_ends_with_one_post(office: Office, told: str) -> None:
    office.write(ahead=20 * MINUTE)
    office.keeper.told = [told]
    office.work()
    office.keeper.is_away = True
    office.pass_time(20 * MINUTE)
    office.keeper.is_away = False
    office.pass_time(2 * HOUR)
    assert (office.state(), len(office.keeper.out())) == ("sent", 1)
    assert office.keeper.calls.count("publish") == int(told == "vanish")


def test_a_network_that_takes_nothing_early_is_asked_each_hour_and_gets_it_at_its_time(office: Office) -> None:
    office.write(ahead=3 * HOUR)
    office.keeper.told = ["refuse"] * 9
    office.keeper.answers = [Refused("The time is invalid.", kind="content")] * 9
    office.work()
    assert office.state() == "queued"
    assert "goes out at its time from here" in office.reason()
    office.pass_time(TRY_AGAIN - MINUTE)
    assert office.keeper.calls == ["hand over"]
    office.pass_time(2 * HOUR + 2 * MINUTE)
    assert (office.state(), office.keeper.calls) == ("sent", ["hand over"] * 3 + ["publish"])
    assert len(office.keeper.out()) == 1


def test_a_refused_account_is_paused_once(office: Office) -> None:
    office.write()
    office.write("other", ahead=EARLY - HOUR)
    office.keeper.told = ["refuse"]
    office.keeper.answers = [Refused("The token is no longer valid.", permanent=False, kind="auth")]
    office.work()
    assert [(pause.scope, pause.name) for pause in office.ledger.pauses()] == [(Scope.ACCOUNT, "page")]
    office.pass_time(5 * MINUTE)
    assert office.keeper.calls == ["hand over"]


def test_what_the_network_did_not_send_is_taken_back_and_sent_from_here_once(office: Office) -> None:
    office.write(ahead=HOUR)
    office.keeper.oversleeps = True
    office.work()
    office.clock.advance(HOUR + 3 * MINUTE)
    office.work()
    assert office.state() == "handed"
    office.pass_time(15 * MINUTE)
    assert (office.state(), office.keeper.calls[-1]) == ("sent", "publish")
    office.keeper.oversleeps = False
    assert len(office.keeper.out()) == 1


def test_what_the_network_did_not_send_and_is_too_late_by_now_is_missed(office: Office) -> None:
    office.write(ahead=HOUR)
    office.keeper.oversleeps = True
    office.work()
    office.clock.advance(3 * HOUR)
    office.work(2)
    assert (office.state(), office.keeper.posts) == ("missed", {})


def test_what_vanished_from_the_network_is_a_person_s_question(office: Office) -> None:
    office.write(ahead=HOUR)
    office.work()
    office.keeper.posts.clear()
    office.clock.advance(HOUR + 2 * MINUTE)
    office.work(2)
    assert office.state() == "uncertain"
    assert "scheduler resolve" in office.reason()
    office.pass_time(HOUR)
    assert office.state() == "uncertain"
    office.ledger.decide_not_sent(next(iter(office.ledger.facts().deliveries)), office.clock.now())
    office.work()
    assert (office.state(), len(office.keeper.out())) == ("sent", 1)


def test_a_network_that_cannot_be_asked_for_long_after_its_time_is_a_person_s_question_until_it_answers(office: Office) -> None:
    office.write(ahead=HOUR)
    office.work()
    office.keeper.is_away = True
    office.pass_time(2 * HOUR)
    assert office.state() == "uncertain"
    office.keeper.is_away = False
    office.pass_time(2 * HOUR, step=10 * MINUTE)
    assert (office.state(), len(office.keeper.out())) == ("sent", 1)


def test_an_account_that_is_no_longer_live_leaves_a_question(office: Office) -> None:
    office.write(ahead=HOUR)
    office.work()
    office.restart()
    engine = office.engine
    rehearsed = type(engine)(office.ledger, office.clock, {"page": Network()}, office.read, engine._settings)  # noqa: SLF001 - the same but for the account
    office.engine = rehearsed
    office.pass_time(2 * HOUR, step=5 * MINUTE)
    assert office.state() == "uncertain"
    assert len(office.keeper.out()) == 1


# Crashes, rivals and clocks.


class Breaker:
    """Ends the engine at the Nth passing of a point."""

    def __init__(self, point: str, number: int) -> None:
        self.point, self.left = point, number

    def __call__(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left == 0:
                raise CrashError


@pytest.mark.parametrize("point", POINTS)
def test_a_death_at_any_point_leaves_one_post(office: Office, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    dies(office, monkeypatch, point, "lose", 1)


@pytest.mark.long
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("told", ["", "lose", "vanish", "crash"])
@pytest.mark.parametrize("point", POINTS)
def test_deaths_at_all_points_with_all_answers_leave_one_post(
    office: Office, monkeypatch: pytest.MonkeyPatch, point: str, told: str, number: int
) -> None:
    dies(office, monkeypatch, point, told, number)


def dies(office: Office, monkeypatch: pytest.MonkeyPatch, point: str, told: str, number: int) -> None:
    """Plays a post from before it is handed over to after its time, with an edit on the way; the first life ends at the point."""
    office.write(ahead=HOUR)
    office.keeper.told = [told]
    monkeypatch.setattr(ahead, "fault", Breaker(point, number))
    for minute in range(100):
        if minute == 5:
            office.write(text="Other words", ahead=HOUR)
            office.keeper.told = [told]
        try:
            office.work()
        except CrashError:
            office.engine._ticking.release() if office.engine._ticking.locked() else None  # noqa: SLF001 - a dead process holds no lock
            office.restart()
        office.clock.advance(MINUTE)
        assert len(office.keeper.posts) <= 1
    assert office.state() == "sent"
    assert office.keeper.texts() == ["Other words"]


def test_an_answer_that_comes_after_somebody_else_took_over_is_taken_back(office: Office) -> None:
    """While the network works on it, the lease runs out, and a person says that it is not there."""

    def overtaken() -> None:
        office.clock.advance(11 * MINUTE)
        office.ledger.recover(office.clock.now(), lambda _: True)
        office.ledger.decide_not_sent(next(iter(office.ledger.facts().deliveries)), office.clock.now())
        office.keeper.during = None

    office.write()
    office.keeper.during = overtaken
    office.work()
    assert (office.state(), office.keeper.posts) == ("queued", {})
    office.work()
    assert (office.state(), len(office.keeper.posts)) == ("handed", 1)


def test_an_answer_that_comes_while_it_is_in_doubt_ends_the_doubt(office: Office) -> None:
    def doubted() -> None:
        office.ledger.recover(office.clock.now(), lambda _: True)
        office.keeper.during = None

    office.write()
    office.keeper.during = doubted
    office.work()
    assert (office.state(), len(office.keeper.posts)) == ("handed", 1)


def test_a_machine_that_stood_still_past_its_lease_hands_nothing_over(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(point: str) -> None:
        if point == "before_send":
            office.clock.advance(6 * MINUTE)

    office.write()
    monkeypatch.setattr(ahead, "fault", sleep)
    office.work()
    assert (office.state(), office.keeper.calls) == ("queued", [])


def test_an_answer_that_the_ledger_cannot_take_is_asked_for_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise LedgerError("The disk is full.", "Free some space.")

    office.write()
    office.engine.refresh()
    with monkeypatch.context() as broken:
        broken.setattr("scheduler.ledger.sending.ahead.settle_early", full)
        assert office.engine.tick().trouble is not None
    office.pass_time(2 * MINUTE)
    assert (office.state(), office.keeper.calls.count("hand over"), len(office.keeper.posts)) == ("handed", 1, 1)


def test_a_ledger_that_breaks_off_while_it_takes_hands_nothing_over(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    take = office.ledger.hand_overs.take

    def broken(*asked: object) -> None:
        take(*asked)  # type: ignore[arg-type] # passed on as it came
        raise LedgerError("The database does not answer.", "See that it runs.")

    office.write()
    office.engine.refresh()
    with monkeypatch.context() as patch:
        patch.setattr("scheduler.ledger.handovers.HandOvers.take", lambda _self, *asked: broken(*asked))
        assert office.engine.tick().trouble is not None
    assert (office.state(), office.keeper.calls) == ("sending", [])
    office.work(2)
    assert (office.state(), len(office.keeper.posts)) == ("handed", 1)


def test_a_clock_that_leapt_ahead_hands_nothing_over_until_it_is_believed(office: Office) -> None:
    office.write(ahead=EARLY + 5 * DAY)
    office.work()
    office.clock.jump(6 * DAY)
    office.work()
    assert (office.state(), office.keeper.calls) == ("queued", [])
    office.clock.jump(-6 * DAY)
    office.pass_time(5 * MINUTE)
    assert (office.state(), office.keeper.calls) == ("queued", [])


def test_a_clock_that_was_set_back_takes_nothing_for_missing(office: Office) -> None:
    office.write(ahead=HOUR)
    office.work()
    office.clock.jump(-3 * HOUR)
    office.pass_time(2 * HOUR)
    assert (office.state(), len(office.keeper.posts), office.keeper.calls.count("hand over")) == ("handed", 1, 1)


def test_what_a_copy_of_the_ledger_does_not_know_to_be_handed_over_is_a_person_s_question(office: Office) -> None:
    office.write()
    office.write("later", ahead=EARLY + DAY)
    office.engine.refresh()
    office.clock.advance(MINUTE)
    copy = office.ledger.back_up(office.clock.now())
    assert copy is not None
    office.clock.advance(MINUTE)
    office.work()
    assert office.state() == "handed"
    office.ledger.close()
    office.clock.advance(MINUTE)
    put_back(copy, office.path, office.clock.now())
    office.ledger = office.open()
    office.restart()
    office.work()
    assert (office.state(), office.state("later")) == ("uncertain", "queued")
    office.pass_time(EARLY + HOUR, step=6 * HOUR)
    assert (office.state(), len(office.keeper.out())) == ("uncertain", 1)
