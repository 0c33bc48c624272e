"""Trouble around the engine: a ledger that cannot be written, a pause, a stop, a machine that stood still."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from scheduler.clock import SystemClock
from scheduler.daemon import Daemon
from scheduler.daemon.delivering import STOOD_STILL
from scheduler.daemon.instance import AlreadyRunningError, Holder, only_one, read_holder, running
from scheduler.ledger import Ledger, LedgerBusyError, LedgerError
from scheduler.ledger.pauses import Scope
from scheduler.ledger.remembering import TROUBLE
from scheduler.model.delivery import State
from scheduler.model.errors import SchedulerError
from scheduler.model.outcome import Outcome, Uncertain
from scheduler.model.outgoing import Envelope
from tests.daemon.conftest import Desk
from tests.ledger.making import NOON, agenda, entry, reason_of, sending, state_of

MINUTE = timedelta(minutes=1)


def lock(ledger: Ledger, *, on: bool) -> None:
    """Makes the database refuse to write, as a disk that became read-only does; root may write to everything, so the database is told."""
    told = f"PRAGMA query_only={'ON' if on else 'OFF'}"
    ledger._writer.close()  # noqa: SLF001 - what is opened from now on is told; the last word holds
    event.listen(ledger._engine, "checkout", lambda raw, *_: raw.execute(told))  # noqa: SLF001 - as above


def send_while_the_disk_fails(desk: Desk) -> None:
    def accept_and_lock(envelope: Envelope) -> Outcome:
        answer = desk.networks["hall"].accept(envelope)
        lock(desk.ledger, on=True)
        return answer

    desk.networks["hall"].answers = [accept_and_lock]
    desk.agenda = agenda(entry("a"), entry("b"))
    desk.engine.refresh()
    report = desk.engine.tick()
    assert isinstance(report.trouble, LedgerError)
    assert "read-only" in report.trouble.message
    assert len(desk.networks["hall"].accepted) == 1


def test_a_result_that_cannot_be_written_stops_sending_and_is_written_when_that_works_again(desk: Desk) -> None:
    send_while_the_disk_fails(desk)
    assert desk.engine.tick().trouble is not None
    assert len(desk.networks["hall"].accepted) == 1
    lock(desk.ledger, on=False)
    assert desk.engine.tick().count(State.SENT) == 2
    assert set(desk.networks["hall"].times().values()) == {1}
    assert len(desk.ledger.attempts()) == 2
    assert (desk.path.parent / "unsaved-results.jsonl").read_bytes().strip() == b""


def test_a_result_that_cannot_be_written_is_found_by_the_next_start_even_without_proof(desk: Desk) -> None:
    send_while_the_disk_fails(desk)
    desk.ledger.close()
    desk.networks["hall"].find = lambda _envelope: pytest.fail("the journal knows")  # type: ignore[method-assign, assignment]  # a network without proof
    desk.ledger = desk.open()
    second = desk.hire("second")
    second.recover(alone=True)
    assert state_of(desk.ledger, entry("a")) is State.SENT
    assert second.tick().count(State.SENT) == 1
    assert set(desk.networks["hall"].times().values()) == {1}


def test_a_start_keeps_the_wait_that_a_network_asked_for_and_no_other(desk: Desk) -> None:
    desk.networks["hall"].answers = [lambda _: Uncertain("It said that it is busy.", retry_after=timedelta(hours=3))]
    desk.networks["other"].answers = [lambda _: Uncertain("Its answer was lost.")]
    desk.agenda = agenda(entry("a"), entry("b", account="other"))
    desk.engine.refresh()
    assert desk.engine.tick().count(State.UNCERTAIN) == 2
    looked: list[str] = []

    def find(envelope: Envelope) -> Uncertain:
        looked.append(envelope.outgoing.account)
        return Uncertain("?")

    for network in desk.networks.values():
        network.find = find  # type: ignore[method-assign]  # nobody can tell
    for hours in (0.1, 1, 1.5):
        desk.clock.advance(timedelta(hours=hours))
        again = desk.hire(f"after {hours}")
        again.recover(alone=True)
        again.tick()
    assert looked == ["other"] * 3, looked
    desk.clock.advance(timedelta(hours=0.4))
    desk.hire("last").recover(alone=True)
    assert sorted(looked[3:]) == ["hall", "other"]


def test_nothing_is_sent_whose_intent_cannot_be_written(desk: Desk) -> None:
    desk.agenda = agenda(entry())
    desk.engine.refresh()
    lock(desk.ledger, on=True)
    assert desk.engine.tick(fresh=False).trouble is not None
    assert desk.networks["hall"].accepted == []
    lock(desk.ledger, on=False)
    assert desk.engine.tick().count(State.SENT) == 1


def test_a_pause_stops_a_running_engine_at_once_and_resume_lets_it_go_on(desk: Desk) -> None:
    desk.agenda = agenda(entry("a"), entry("b"))

    def accept_and_pause(envelope: Envelope) -> Outcome:
        desk.ledger.pause(Scope.ALL, "", "wait", NOON)
        return desk.networks["hall"].accept(envelope)

    desk.networks["hall"].answers = [accept_and_pause]
    desk.engine.refresh()
    assert desk.engine.tick().count(State.SENT) == 1
    assert desk.engine.tick().done == ()
    desk.ledger.resume(Scope.ALL)
    assert desk.engine.tick().count(State.SENT) == 1


def test_a_stop_lets_the_post_that_is_being_sent_end_and_begins_no_other(desk: Desk) -> None:
    desk.agenda = agenda(entry("a"), entry("b"))

    def accept_and_stop(envelope: Envelope) -> Outcome:
        desk.engine.stop()
        return desk.networks["hall"].accept(envelope)

    desk.networks["hall"].answers = [accept_and_stop]
    desk.engine.refresh()
    assert desk.engine.tick().count(State.SENT) == 1
    assert desk.ledger.counts() == {State.SENT: 1, State.QUEUED: 1}


def test_what_the_ledger_took_without_saying_so_is_sent_once_it_answers_again(desk: Desk) -> None:
    posts = [entry("a"), entry("b")]
    desk.agenda = agenda(*posts)
    desk.engine.refresh()
    advance, broken = desk.ledger.advance, [1, 2]

    def break_off(*arguments: Any) -> Any:
        taken = advance(*arguments)
        if broken.pop(0) == 2:
            raise LedgerBusyError("The database of the ledger does not answer.")
        return taken

    desk.ledger.advance = break_off  # type: ignore[method-assign, assignment]  # the connection breaks after the commit
    assert desk.engine.tick().trouble is not None
    assert desk.networks["hall"].times() == {posts[0].delivery.id: 1}
    assert [state_of(desk.ledger, post) for post in posts] == [State.SENT, State.SENDING]
    desk.ledger.advance = advance  # type: ignore[method-assign]  # it answers again
    assert desk.engine.tick().trouble is None
    assert desk.networks["hall"].times() == {post.delivery.id: 1 for post in posts}
    assert [attempt.outcome for attempt in desk.ledger.attempts()] == ["published", "published"]


def test_a_machine_that_stood_still_past_its_lease_sends_nothing(desk: Desk) -> None:
    post = entry()
    desk.agenda = agenda(post)
    desk.engine.refresh()
    advance = desk.ledger.advance

    def stand_still(*arguments: Any) -> Any:
        taken = advance(*arguments)
        desk.clock.advance(timedelta(minutes=11))
        return taken

    desk.ledger.advance = stand_still  # type: ignore[method-assign, assignment]  # the machine sleeps between the intent and the first byte
    desk.engine.tick()
    assert desk.networks["hall"].accepted == []
    assert (state_of(desk.ledger, post), reason_of(desk.ledger, post)) == (State.QUEUED, STOOD_STILL)
    desk.ledger.advance = advance  # type: ignore[method-assign]  # awake again
    desk.clock.advance(MINUTE)
    assert desk.engine.tick().count(State.SENT) == 1


def test_a_dead_engines_claim_is_taken_up_when_its_lease_is_over(desk: Desk) -> None:
    post = entry(due=NOON)
    desk.agenda = agenda(post)
    desk.engine.refresh()
    sending(desk.ledger, post)
    assert desk.engine.tick().done == ()
    desk.clock.advance(timedelta(minutes=10))
    report = desk.engine.tick()
    assert report.count(State.SENT) == 1
    assert desk.networks["hall"].times() == {post.delivery.id: 1}


def test_only_one_process_holds_a_folder_and_the_next_is_told_which(tmp_path: Path) -> None:
    clock = SystemClock()
    assert running(tmp_path) is None
    with only_one(tmp_path, clock) as holder:
        with pytest.raises(AlreadyRunningError, match=f"process {holder.pid} on {holder.host}"), only_one(tmp_path, clock):
            pytest.fail("both hold it")
        assert running(tmp_path) == holder
        assert read_holder(tmp_path) == holder
    assert running(tmp_path) is None
    with only_one(tmp_path, clock):
        pass


def test_trouble_inside_is_not_mistaken_for_a_lock_that_is_held(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), only_one(tmp_path, SystemClock()):
        (tmp_path / "missing").read_bytes()
    assert running(tmp_path) is None


def test_run_once_says_when_the_folder_cannot_be_read(desk: Desk, tmp_path: Path) -> None:
    desk.trouble = SchedulerError("The folder posts/ is gone.")
    daemon = Daemon(desk.engine, desk.clock, tmp_path, [], Holder.here(NOON))
    with pytest.raises(SchedulerError, match="is gone"):
        daemon.run_once()
    assert running(tmp_path) is None


def test_a_daemon_outlives_a_folder_that_goes_and_comes_back(desk: Desk, tmp_path: Path) -> None:
    """The loop runs on the virtual clock: every wait moves it on at once."""
    desk.agenda = agenda(entry("a", due=NOON + 2 * MINUTE), entry("b", due=NOON + 30 * MINUTE))
    daemon = Daemon(desk.engine, desk.clock, tmp_path, [], Holder.here(NOON))
    give = desk.make_agenda

    def make(now: object, facts: object) -> object:
        minute = (desk.clock.now() - NOON) / MINUTE
        desk.trouble = SchedulerError("gone") if 1 <= minute < 20 else None
        if minute > 40:
            daemon.stop()
        return give(now, facts)  # type: ignore[arg-type]  # handed through

    desk.engine._outlook._make_agenda = make  # type: ignore[assignment]  # noqa: SLF001 - the folder of this test
    assert daemon.run() == 0
    facts = desk.ledger.facts().deliveries
    sent = {fact.post: fact.sent_at for fact in facts.values() if fact.sent_at}
    assert set(sent) == {"a", "b"}
    assert NOON + 20 * MINUTE <= sent["a"] < NOON + 21 * MINUTE
    assert NOON + 30 * MINUTE <= sent["b"] < NOON + 31 * MINUTE
    assert desk.ledger.last_tick() is not None


def test_what_keeps_the_daemon_from_its_work_is_told_until_it_is_over(desk: Desk, tmp_path: Path) -> None:
    daemon = Daemon(desk.engine, desk.clock, tmp_path, [], Holder.here(desk.clock.now()))
    daemon._elect()  # noqa: SLF001 - single turns of the loop, which otherwise runs until it is stopped
    desk.trouble = SchedulerError("The folder posts cannot be read.", "Give it back.")
    daemon._cycle()  # noqa: SLF001 - as above
    assert desk.ledger.get(TROUBLE) == [desk.clock.now().isoformat(), "The folder posts cannot be read.", "Give it back."]
    desk.trouble = None
    daemon._cycle()  # noqa: SLF001 - as above
    assert desk.ledger.get(TROUBLE) == []
