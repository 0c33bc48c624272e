"""Edits, deletions, clock moves, lost answers and crashes in any order: the network's own account decides whether that was right."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection

from scheduler.clock import VirtualClock
from scheduler.daemon import delivering
from scheduler.ledger import open_ledger, recovery, settling
from scheduler.ledger.events import Move, move
from scheduler.ledger.pauses import Scope
from scheduler.ledger.settling import Settlement
from scheduler.model.delivery import State
from scheduler.model.outcome import Outcome, Refused, Uncertain
from scheduler.model.outgoing import Envelope
from scheduler.model.plan import Entry
from tests.daemon.conftest import Desk
from tests.ledger.making import NOON, agenda, entry

NAMES = ("a", "b", "c", "d")
ACCOUNTS = ("hall", "other")
POINTS = ("record", "before_claim", "before_send", "after_send", "after_settle", "accepted")
OUT = {State.SENT, State.SENDING, State.UNCERTAIN}


class CrashError(BaseException):
    """Ends the engine as a kill would: nothing of ours catches it."""


def fresh_template() -> Path:
    """Returns an empty ledger to copy, since making one takes longer than a whole run of the machine."""
    path = Path(tempfile.mkdtemp()) / "ledger.sqlite"
    open_ledger(path, VirtualClock(NOON)).close()
    return path


class Campaign(RuleBasedStateMachine):
    """Is a folder that people work in while the engine runs, stops, crashes and starts again."""

    template = fresh_template()

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "ledger.sqlite")
        self.desk = Desk(self.folder)
        self.posts: dict[str, Entry] = {}
        self.broken: set[str] = set()
        self.recorded: set[str] = set()
        self.runs = 1

    @rule(name=st.sampled_from(NAMES), account=st.sampled_from(ACCOUNTS), text=st.integers(0, 99), minutes=st.integers(-40, 40))
    def write(self, name: str, account: str, text: int, minutes: int) -> None:
        due = self.desk.clock.now() + timedelta(minutes=minutes)
        self.posts[name] = entry(name, account=account, text=f"{name} says {text}", due=due)
        self.broken.discard(name)

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name: str) -> None:
        self.posts.pop(name, None)

    @rule(name=st.sampled_from(NAMES))
    def garble(self, name: str) -> None:
        self.broken.add(name)

    @rule(minutes=st.integers(0, 25))
    def time_passes(self, minutes: int) -> None:
        self.desk.clock.advance(timedelta(minutes=minutes))

    @rule(minutes=st.integers(-90, 90))
    def the_clock_is_set(self, minutes: int) -> None:
        self.desk.clock.jump(timedelta(minutes=minutes))

    @rule(scope=st.sampled_from([(Scope.ALL, ""), (Scope.ACCOUNT, "hall"), (Scope.CAMPAIGN, "spring")]), on=st.booleans())
    def pause(self, scope: tuple[Scope, str], on: bool) -> None:
        if on:
            self.desk.ledger.pause(*scope, "", self.desk.clock.now())
        else:
            self.desk.ledger.resume(*scope)

    @rule()
    def work(self) -> None:
        self.run()

    @rule(account=st.sampled_from(ACCOUNTS), arrives=st.booleans())
    def lose_an_answer(self, account: str, arrives: bool) -> None:
        network = self.desk.networks[account]

        def lost(envelope: Envelope) -> Outcome:
            if arrives:
                network.accept(envelope)
            return Uncertain("no answer")

        network.answers = [lost]
        self.run()

    @rule(account=st.sampled_from(ACCOUNTS), permanent=st.booleans())
    def refuse(self, account: str, permanent: bool) -> None:
        self.desk.networks[account].answers = [Refused("no", permanent)]
        self.run()

    @rule(point=st.sampled_from(POINTS), due_now=st.sampled_from(NAMES))
    def crash(self, point: str, due_now: str) -> None:
        self.write(due_now, "hall", 1000 + self.runs, 0)

        def die(here: str) -> None:
            if here == point:
                raise CrashError

        def accept_and_die(envelope: Envelope) -> Outcome:
            self.desk.networks["hall"].accept(envelope)
            raise CrashError

        if point == "accepted":
            self.desk.networks["hall"].answers = [accept_and_die]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delivering, "fault", die)
            patch.setattr("scheduler.daemon.engine.fault", die)
            try:
                self.run()
            except CrashError:
                self.restart()

    def run(self) -> None:
        self.desk.agenda = agenda(
            *(post for name, post in self.posts.items() if name not in self.broken),
            unreadable=dict.fromkeys(self.broken, "It cannot be understood."),
        )
        self.desk.engine.refresh()
        assert self.desk.engine.tick().trouble is None
        for network in self.desk.networks.values():
            network.answers = []
        self.recorded |= set(self.desk.ledger.facts().deliveries)

    def restart(self) -> None:
        self.runs += 1
        self.desk.ledger.close()
        self.desk.ledger = self.desk.open()
        self.desk.engine = self.desk.hire(f"run {self.runs}")
        for network in self.desk.networks.values():
            network.answers = []
        self.desk.engine.recover(alone=True)

    @invariant()
    def nothing_goes_out_twice(self) -> None:
        for network in self.desk.networks.values():
            assert all(number == 1 for number in network.times().values()), network.times()

    @invariant()
    def what_is_out_is_known_and_what_is_called_sent_is_out(self) -> None:
        facts = self.desk.ledger.facts().deliveries
        for name, network in self.desk.networks.items():
            sent = {key for key, fact in facts.items() if fact.account == name and fact.state is State.SENT}
            assert sent <= set(network.times())
            assert all(facts[key].state in OUT for key in network.times())

    @invariant()
    def nothing_is_lost_silently(self) -> None:
        facts = self.desk.ledger.facts().deliveries
        assert self.recorded <= set(facts)
        told = {State.HELD, State.MISSED, State.REFUSED, State.CANCELLED, State.UNCERTAIN}
        assert all(fact.reason for fact in facts.values() if fact.state in told)

    def teardown(self) -> None:
        self.restart()
        self.desk.clock.advance(timedelta(hours=2))
        self.desk.engine.tick()
        self.nothing_goes_out_twice()
        self.what_is_out_is_known_and_what_is_called_sent_is_out()
        assert not {State.CLAIMED, State.SENDING, State.UNCERTAIN} & set(self.desk.ledger.counts())
        self.desk.ledger.close()
        shutil.rmtree(self.folder)


FAST = settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
HUNT = settings(FAST, max_examples=300, phases=(Phase.generate,), database=None, print_blob=False)

TestCampaign = Campaign.TestCase
TestCampaign.settings = FAST


def retry_blindly(connection: Connection, row: Any, reason: str, now: Any) -> Settlement:
    move(connection, Move(row.id, row.fence, State.SENDING, State.QUEUED, reason), now)
    return Settlement(row.id, State.QUEUED, reason)


def break_recovery(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recovery, "doubted", retry_blindly)


def break_doubt(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settling, "doubted", retry_blindly)


def break_what_is_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(State, "is_open", property(lambda _state: True))


@pytest.mark.parametrize("broken", [break_recovery, break_doubt, break_what_is_open])
def test_the_machine_notices_a_broken_guard(broken: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Campaign, settings=HUNT)
