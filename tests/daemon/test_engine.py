"""What one tick does, seen from the network's own account of what arrived."""

import threading
from dataclasses import replace
from datetime import time, timedelta

from scheduler.daemon import Engine, Settings, play
from scheduler.model.delivery import State
from scheduler.model.errors import SchedulerError
from scheduler.model.outcome import Outcome, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope
from scheduler.model.plan import Entry
from scheduler.model.post import Repeat
from scheduler.model.settings import Kind, Lateness, Pace, Policy
from tests.daemon.conftest import Desk
from tests.ledger.making import NOON, agenda, entry, reason_of, state_of

MINUTE = timedelta(minutes=1)


def test_a_due_post_is_sent_once_however_often_the_engine_ticks(desk: Desk) -> None:
    post = entry()
    desk.agenda = agenda(post)
    desk.engine.refresh()
    report = desk.engine.tick()
    assert report.count(State.SENT) == 1
    for _ in range(3):
        assert desk.engine.tick().done == ()
    assert desk.networks["hall"].times() == {post.delivery.id: 1}


def test_what_is_not_due_waits(desk: Desk) -> None:
    post = entry(due=NOON + MINUTE)
    desk.agenda = agenda(post)
    desk.engine.refresh()
    report = desk.engine.tick()
    assert (report.done, report.next_due) == ((), NOON + MINUTE)
    desk.clock.advance(MINUTE)
    assert desk.engine.tick().count(State.SENT) == 1


def test_the_last_edit_before_the_due_time_wins(desk: Desk) -> None:
    desk.agenda = agenda(entry(text="first", due=NOON + MINUTE))
    desk.engine.refresh()
    desk.agenda = agenda(entry(text="second", due=NOON + MINUTE))
    desk.clock.advance(MINUTE)
    desk.engine.tick()
    assert [envelope.outgoing.text for envelope in desk.networks["hall"].accepted] == ["second"]


def test_a_post_deleted_before_its_time_is_cancelled(desk: Desk) -> None:
    post, other = entry(), entry("other")
    desk.agenda = agenda(post, other)
    desk.engine.refresh()
    desk.agenda = agenda(other)
    desk.engine.tick()
    assert state_of(desk.ledger, post) is State.CANCELLED
    assert set(desk.networks["hall"].times()) == {other.delivery.id}


def test_an_edit_after_it_went_out_sends_nothing(desk: Desk) -> None:
    desk.agenda = agenda(entry(text="first"))
    desk.engine.refresh()
    desk.engine.tick()
    desk.agenda = agenda(entry(text="second", due=NOON + MINUTE))
    desk.clock.advance(MINUTE)
    desk.engine.refresh()
    desk.engine.tick()
    assert len(desk.networks["hall"].accepted) == 1


def test_a_folder_that_cannot_be_read_sends_nothing_and_cancels_nothing(desk: Desk) -> None:
    post = entry()
    desk.agenda = agenda(post)
    desk.engine.refresh()
    desk.trouble = SchedulerError("The folder is gone.")
    assert desk.engine.tick().trouble is desk.trouble
    assert desk.networks["hall"].accepted == []
    assert state_of(desk.ledger, post) is State.QUEUED
    desk.trouble = None
    assert desk.engine.tick().count(State.SENT) == 1


def test_a_lost_answer_is_settled_by_the_networks_proof_and_sent_once(desk: Desk) -> None:
    hall = desk.networks["hall"]
    post = entry()

    def accept_and_lose(envelope: Envelope) -> Outcome:
        hall.accept(envelope)
        return Uncertain("The answer did not come.")

    hall.answers = [accept_and_lose]
    desk.agenda = agenda(post)
    desk.engine.refresh()
    assert desk.engine.tick().count(State.UNCERTAIN) == 1
    assert desk.engine.tick().done == ()
    desk.clock.advance(MINUTE)
    assert desk.engine.tick().count(State.SENT) == 1
    assert hall.times() == {post.delivery.id: 1}


def test_what_provably_did_not_arrive_is_sent_again_with_the_same_ids(desk: Desk) -> None:
    hall = desk.networks["hall"]
    seen: list[Envelope] = []

    def lose(envelope: Envelope) -> Outcome:
        seen.append(envelope)
        return Uncertain("The answer did not come.")

    hall.answers = [lose]
    desk.agenda = agenda(entry())
    desk.engine.refresh()
    desk.engine.tick()
    desk.clock.advance(MINUTE)
    assert desk.engine.tick().count(State.SENT) == 1
    (arrived,) = hall.accepted
    assert arrived.outgoing == seen[0].outgoing
    assert arrived.ids == {**seen[0].ids, "container": "c1"}


def test_a_temporary_refusal_is_tried_again(desk: Desk) -> None:
    desk.networks["hall"].answers = [Refused("busy", permanent=False, retry_after=2 * MINUTE)]
    desk.agenda = agenda(entry())
    desk.engine.refresh()
    report = desk.engine.tick()
    assert report.next_due == NOON + 2 * MINUTE
    desk.clock.advance(2 * MINUTE)
    assert desk.engine.tick().count(State.SENT) == 1


def test_an_adapter_that_breaks_while_sending_leaves_a_doubt_and_the_others_go_out(desk: Desk) -> None:
    def explode(envelope: Envelope) -> Outcome:
        raise RuntimeError(envelope.outgoing.delivery)

    desk.networks["hall"].answers = [explode]
    broken, behind, elsewhere = entry("a"), entry("b"), entry("c", account="other")
    desk.agenda = agenda(broken, behind, elsewhere)
    desk.engine.refresh()
    report = desk.engine.tick()
    assert report.count(State.SENT) == 2
    assert state_of(desk.ledger, broken) is State.UNCERTAIN


def test_an_account_that_is_not_connected_holds_its_posts_and_no_others(desk: Desk) -> None:
    stranger, post = entry("a", account="nobody"), entry("b")
    desk.agenda = agenda(stranger, post)
    desk.engine.refresh()
    desk.engine.tick()
    assert state_of(desk.ledger, stranger) is State.HELD
    assert reason_of(desk.ledger, stranger) == "nobody cannot publish yet: it is not connected."
    assert state_of(desk.ledger, post) is State.SENT
    desk.engine.refresh()
    assert desk.engine.tick().done == ()


def test_after_an_outage_nothing_goes_out_in_a_burst(desk: Desk) -> None:
    desk.agenda = agenda(*(entry(f"p{number}") for number in range(12)))
    desk.engine.refresh()
    desk.clock.advance(timedelta(days=3))
    assert desk.engine.tick().count(State.MISSED) == 12
    assert desk.networks["hall"].accepted == []


def test_accounts_are_served_at_the_same_time_and_each_in_order(desk: Desk) -> None:
    engine = desk.hire("pool", workers=4)
    meeting = threading.Barrier(2, timeout=120)

    def meet(network: str) -> None:
        def wait(envelope: Envelope) -> Outcome:
            meeting.wait()
            return desk.networks[network].accept(envelope)

        desk.networks[network].answers = [wait]

    meet("hall")
    meet("other")
    posts = [entry(f"p{number}", account=account) for number in range(5) for account in ("hall", "other")]
    desk.agenda = agenda(*posts)
    engine.refresh()
    assert engine.tick().count(State.SENT) == 10
    for network in desk.networks.values():
        assert network.most_busy == 1
        assert [item.outgoing.text[:10] for item in network.accepted] == [f"Text of p{number}" for number in range(5)]


def test_two_engines_on_one_ledger_send_each_post_once(desk: Desk) -> None:
    posts = [entry(f"p{number}", account=account) for number in range(20) for account in ("hall", "other")]
    desk.agenda = agenda(*posts)
    second_ledger = desk.open()
    engines = [desk.hire("one", 2), desk.hire("two", 2, second_ledger)]
    engines[0].refresh()
    threads = [threading.Thread(target=engine.tick) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        assert engine.tick().trouble is None
    second_ledger.close()
    for network in desk.networks.values():
        assert set(network.times().values()) == {1}
        assert network.most_busy == 1
    assert desk.ledger.counts() == {State.SENT: 40}


def test_a_rehearsal_of_a_thousand_plays_every_post_at_its_own_minute(desk: Desk) -> None:
    desk.agenda = agenda(*(entry(f"p{number}", due=NOON + number * MINUTE) for number in range(1000)))
    hours: list[object] = []
    report = play(desk.engine, desk.clock, NOON, NOON + timedelta(days=1), lambda _done, now: hours.append(now))
    assert report.count(State.SENT) == 1000
    assert hours == [NOON + number * MINUTE for number in range(1000)]
    assert all(fact.sent_at == fact.due for fact in desk.ledger.facts().deliveries.values())


def test_a_rehearsal_ends_at_its_end_and_retries_on_the_way(desk: Desk) -> None:
    desk.networks["hall"].answers = [Refused("busy", permanent=False, retry_after=MINUTE), Published("1")]
    desk.agenda = agenda(entry(), entry("later", due=NOON + timedelta(days=2)))
    report = play(desk.engine, desk.clock, NOON, NOON + timedelta(days=1))
    assert report.count(State.SENT) == 1
    assert report.next_due == NOON + timedelta(days=2)
    assert desk.clock.now() == NOON + timedelta(days=1)


def that_comes_again(made: Entry) -> Entry:
    weekly = Repeat(1, "week", (), time(13))
    return replace(made, delivery=replace(made.delivery, post=replace(made.delivery.post, repeat=weekly)))


def test_what_its_kind_calls_late_keeps_the_gap_of_what_goes_out_late_and_nothing_else_does(desk: Desk) -> None:
    plain = [entry(f"plain-{number}", account="other") for number in range(2)]
    evergreen = [that_comes_again(entry(f"evergreen-{number}")) for number in range(2)]
    desk.agenda = agenda(*plain, *evergreen)
    policy = Policy(by_kind={Kind.EVERGREEN: Lateness(15 * MINUTE, "publish")})
    engine = Engine(desk.ledger, desk.clock, desk.networks, desk.make_agenda, Settings(owner="second", policy=policy, workers=1))
    engine.refresh()
    desk.clock.advance(20 * MINUTE)
    engine.tick()
    engine.tick()
    assert {name: len(network.accepted) for name, network in desk.networks.items()} == {"hall": 1, "other": 2}
    desk.clock.advance(5 * MINUTE)
    engine.tick()
    assert len(desk.networks["hall"].accepted) == 2


def test_an_engine_sends_for_each_account_at_its_own_pace(desk: Desk) -> None:
    desk.agenda = agenda(*(entry(f"{account}-{number}", account=account) for account in ("hall", "other") for number in range(3)))
    policy = Policy(late_after=timedelta(days=1), paces={"hall": Pace(minimum_gap=10 * MINUTE)})
    engine = Engine(desk.ledger, desk.clock, desk.networks, desk.make_agenda, Settings(owner="second", policy=policy, workers=1))
    engine.refresh()
    sent = []
    for _ in range(3):
        engine.tick()
        sent.append({name: len(network.accepted) for name, network in desk.networks.items()})
        desk.clock.advance(10 * MINUTE)
    assert sent == [{"hall": 1, "other": 3}, {"hall": 2, "other": 3}, {"hall": 3, "other": 3}]
