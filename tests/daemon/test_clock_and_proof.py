"""A clock that jumps, and what each network's word is worth after a lost answer."""

from datetime import timedelta

import pytest

from scheduler.daemon import Engine, Settings
from scheduler.daemon.timekeeping import CONFIRMED_AFTER
from scheduler.model.delivery import State
from scheduler.model.network import Abilities, Recovery
from scheduler.model.outcome import Absent, Outcome, Refused, Uncertain
from scheduler.model.outgoing import Envelope
from tests.daemon.conftest import Desk
from tests.daemon.network import Network
from tests.ledger.making import NOON, agenda, entry, state_of

MINUTE = timedelta(minutes=1)


def test_what_falls_due_only_by_a_jump_of_the_clock_waits_until_the_clock_is_confirmed(desk: Desk) -> None:
    post = entry(due=NOON + 50 * MINUTE)
    desk.agenda = agenda(post)
    desk.engine.refresh()
    desk.engine.tick()
    desk.clock.jump(timedelta(hours=1))
    assert desk.engine.tick().done == ()
    desk.clock.advance(MINUTE)
    assert desk.engine.tick().done == ()
    assert desk.ledger.get("clock_jump") is not None
    desk.clock.advance(timedelta(seconds=CONFIRMED_AFTER))
    assert desk.engine.tick().count(State.SENT) == 1


def test_a_clock_that_was_a_year_ahead_for_a_minute_costs_no_post(desk: Desk) -> None:
    posts = [entry(f"p{number}", due=NOON + number * timedelta(days=30)) for number in range(1, 6)]
    desk.agenda = agenda(*posts)
    desk.engine.refresh()
    desk.engine.tick()
    desk.clock.jump(timedelta(days=365))
    desk.engine.tick()
    desk.clock.advance(MINUTE)
    desk.clock.jump(-timedelta(days=365))
    desk.engine.tick()
    assert desk.ledger.counts() == {State.QUEUED: 5}
    assert desk.networks["hall"].accepted == []


def test_a_clock_set_back_sends_nothing_again(desk: Desk) -> None:
    desk.agenda = agenda(entry())
    desk.engine.refresh()
    assert desk.engine.tick().count(State.SENT) == 1
    desk.clock.jump(-timedelta(hours=1))
    desk.engine.refresh()
    assert desk.engine.tick().done == ()


def able(desk: Desk, recovery: Recovery, window: timedelta | None = None) -> Engine:
    settings = Settings(owner="able", workers=1, abilities={"hall": Abilities(recovery=recovery, key_window=window)})
    return Engine(desk.ledger, desk.clock, desk.networks, desk.make_agenda, settings)


def lose(desk: Desk, engine: Engine, *, arrives: bool) -> None:
    """Sends a post whose answer is lost; it arrived or it did not."""

    def lost(envelope: Envelope) -> Outcome:
        if arrives:
            desk.networks["hall"].accept(envelope)
        return Uncertain("no answer")

    desk.networks["hall"].answers = [lost]
    desk.agenda = agenda(entry())
    engine.refresh()
    engine.tick()


def test_a_list_that_lags_behind_is_read_three_times_before_it_proves_anything(desk: Desk) -> None:
    engine = able(desk, Recovery.READBACK)
    lose(desk, engine, arrives=False)
    looks = 0
    while state_of(desk.ledger, entry()) is State.UNCERTAIN:
        desk.clock.advance(MINUTE)
        looks += 1
        engine.tick()
        assert looks < 20
    assert looks >= 4
    assert len(desk.networks["hall"].accepted) == 1


def test_a_network_that_proves_nothing_is_never_sent_to_twice(desk: Desk) -> None:
    engine = able(desk, Recovery.NONE)
    lose(desk, engine, arrives=False)
    for _ in range(50):
        desk.clock.advance(10 * MINUTE)
        engine.tick()
    assert state_of(desk.ledger, entry()) is State.UNCERTAIN
    assert desk.networks["hall"].accepted == []
    assert "scheduler resolve" in desk.ledger.facts().deliveries[entry().delivery.id].reason


@pytest.mark.parametrize("minutes", [1, 29])
def test_within_its_window_a_key_is_used_again_with_the_same_bytes(desk: Desk, minutes: int) -> None:
    engine = able(desk, Recovery.IDEMPOTENCY_KEY, timedelta(hours=1))
    lose(desk, engine, arrives=False)
    desk.clock.advance(minutes * MINUTE)
    assert engine.tick().count(State.SENT) == 1
    assert len(desk.networks["hall"].accepted) == 1


def test_after_its_window_a_key_is_not_used_again(desk: Desk) -> None:
    engine = able(desk, Recovery.IDEMPOTENCY_KEY, timedelta(minutes=10))
    lose(desk, engine, arrives=True)
    desk.networks["hall"].find = lambda _envelope: Absent()  # type: ignore[method-assign, assignment]  # the list of posts lags behind
    desk.clock.advance(6 * MINUTE)
    assert engine.tick().trouble is None
    assert state_of(desk.ledger, entry()) is State.UNCERTAIN
    assert len(desk.networks["hall"].accepted) == 1


@pytest.mark.parametrize("ability", [Recovery.NONE, Recovery.READBACK])
def test_a_clock_set_back_does_not_make_a_call_one_that_can_be_repeated(desk: Desk, ability: Recovery) -> None:
    engine = able(desk, ability)
    lose(desk, engine, arrives=True)
    desk.networks["hall"].find = lambda _envelope: Uncertain("It does not answer.")  # type: ignore[method-assign, assignment]  # as some do
    desk.clock.jump(-timedelta(minutes=40))
    restarted = able(desk, ability)
    restarted.recover(alone=True)
    for _ in range(9):
        desk.clock.advance(10 * MINUTE)
        restarted.tick()
    assert state_of(desk.ledger, entry()) is State.UNCERTAIN
    assert len(desk.networks["hall"].accepted) == 1


class Forgetful(Network):
    """Is on a server that remembers keys for less long than its network does."""

    life = timedelta(0)

    def key_life(self) -> timedelta:
        return self.life


@pytest.mark.parametrize(("life", "sent"), [(timedelta(0), 1), (timedelta(minutes=3), 2)])
def test_the_account_s_own_server_decides_how_long_a_key_is_used(desk: Desk, life: timedelta, sent: int) -> None:
    network = desk.networks["hall"] = Forgetful()
    network.life = life
    engine = able(desk, Recovery.IDEMPOTENCY_KEY, timedelta(hours=1))
    lose(desk, engine, arrives=True)
    network.find = lambda _envelope: Absent()  # type: ignore[method-assign, assignment]  # the list of posts lags behind
    desk.clock.advance(2 * MINUTE)
    assert engine.tick().trouble is None
    assert len(network.accepted) == sent


def test_a_jump_that_is_not_confirmed_is_not_believed_by_the_next_process_either(desk: Desk) -> None:
    desk.agenda = agenda(entry(due=NOON + 50 * MINUTE))
    first = desk.hire("here/boot/1/a")
    first.refresh()
    first.tick()
    desk.clock.jump(timedelta(hours=1))
    assert first.tick().done == ()
    desk.clock.advance(MINUTE)
    second = desk.hire("here/boot/2/b")
    second.recover(alone=True)
    second.refresh()
    assert second.tick().done == ()
    desk.clock.advance(timedelta(seconds=CONFIRMED_AFTER - 50))
    assert desk.hire("here/boot/3/c").tick().count(State.SENT) == 1


def test_a_clock_that_is_right_again_at_the_next_start_costs_nothing(desk: Desk) -> None:
    desk.agenda = agenda(entry(due=NOON + 50 * MINUTE))
    first = desk.hire("here/boot/1/a")
    first.refresh()
    first.tick()
    desk.clock.jump(timedelta(hours=1))
    first.tick()
    desk.clock.jump(-timedelta(hours=1))
    desk.clock.advance(50 * MINUTE)
    second = desk.hire("here/boot/2/b")
    second.recover(alone=True)
    second.refresh()
    assert second.tick().count(State.SENT) == 1


def test_a_machine_that_was_started_anew_with_a_wrong_clock_waits_two_minutes_and_one_of_another_name_does_not(desk: Desk) -> None:
    desk.agenda = agenda(entry(due=NOON + 50 * MINUTE))
    first = desk.hire("here/boot/1/a")
    first.refresh()
    first.tick()
    desk.clock.jump(timedelta(hours=1))
    first.tick()
    again = desk.hire("here/later/1/b")
    again.refresh()
    assert again.tick().done == ()
    desk.clock.advance(timedelta(seconds=CONFIRMED_AFTER - 1))
    assert again.tick().done == ()
    assert desk.hire("there/boot/1/d").tick().count(State.SENT) == 1


def test_a_wait_that_a_clock_wrote_which_was_ahead_is_counted_from_when_it_is_right(desk: Desk) -> None:
    hall = desk.networks["hall"]
    desk.agenda = agenda(entry("a"), entry("b"))
    desk.engine.refresh()
    desk.engine.time.now()
    desk.clock.jump(timedelta(days=3))
    hall.answers = [Refused("slow down", permanent=False, retry_after=5 * MINUTE, kind="rate")]
    desk.engine.tick()
    assert hall.accepted == []
    desk.clock.jump(-timedelta(days=3))
    desk.engine.tick()
    desk.clock.advance(4 * MINUTE)
    desk.engine.tick()
    assert hall.accepted == []
    desk.clock.advance(2 * MINUTE)
    assert desk.engine.tick().count(State.SENT) == 1


def test_a_clock_set_back_does_not_make_a_key_younger(desk: Desk) -> None:
    engine = able(desk, Recovery.IDEMPOTENCY_KEY, timedelta(minutes=20))
    lose(desk, engine, arrives=True)
    desk.networks["hall"].find = lambda _envelope: Absent()  # type: ignore[method-assign, assignment]  # the list of posts lags behind
    desk.clock.advance(15 * MINUTE)
    engine.time.now()
    desk.clock.jump(-10 * MINUTE)
    engine.time.now()
    desk.clock.advance(6 * MINUTE)
    assert engine.tick().trouble is None
    assert len(desk.networks["hall"].accepted) == 1
