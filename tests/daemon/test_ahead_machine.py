"""Edits, pauses, lost answers, absences, deaths and time in any order: what a network keeps goes out once, as it was asked for last."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from scheduler.daemon import ahead
from scheduler.ledger.pauses import Scope
from scheduler.model.delivery import State
from tests.daemon.booked import CrashError
from tests.daemon.keeper import Office
from tests.daemon.witness import Witness

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NAMES = ("a", "b")
POINTS = ("before_claim", "before_send", "after_send", "after_settle", "before_look", "after_look")
name_of = st.sampled_from(NAMES)


class Keeping(RuleBasedStateMachine):
    """Draws what people, the network and processes do to two posts of one account."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.office = Office(self.folder)
        self.witness = Witness(self.office.path)
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(ahead, "fault", self.reach)
        self.point = ""
        self.edition = 0

    def reach(self, point: str) -> None:
        if point == self.point:
            self.point = ""
            raise CrashError

    def work(self) -> None:
        try:
            self.office.work()
        except CrashError:
            self.office.restart()
        assert self.witness.look() == []

    @rule(name=name_of, minutes=st.integers(0, 180))
    def write(self, name: str, minutes: int) -> None:
        self.edition += 1
        self.office.write(name, ahead=self.office.clock.now() + minutes * MINUTE - self.office.start, text=f"{name} edition {self.edition}")
        self.work()

    @rule(name=name_of)
    def edit(self, name: str) -> None:
        known = self.office.files.get(name)
        if known is not None:
            self.edition += 1
            self.office.write(name, ahead=known.delivery.due.utc - self.office.start, text=f"{name} edition {self.edition}")
            self.work()

    @rule(name=name_of)
    def delete(self, name: str) -> None:
        self.office.files.pop(name, None)
        self.work()

    @rule(name=name_of)
    def hold(self, name: str) -> None:
        known = self.office.files.get(name)
        if known is not None:
            self.office.write(name, ahead=known.delivery.due.utc - self.office.start, state=State.HELD, reason="It waits.")
            self.work()

    @rule()
    def pause(self) -> None:
        self.office.ledger.pause(Scope.ALL, "", "wait", self.office.clock.now())
        self.work()

    @rule()
    def resume(self) -> None:
        self.office.ledger.resume(Scope.ALL, "")
        self.work()

    @rule(minutes=st.integers(1, 40))
    def time_passes(self, minutes: int) -> None:
        self.office.clock.advance(minutes * MINUTE)
        self.work()

    @rule(minutes=st.integers(1, 90))
    def nobody_runs(self, minutes: int) -> None:
        self.office.clock.advance(minutes * MINUTE)

    @rule(told=st.sampled_from(["lose", "vanish", "crash"]))
    def trouble(self, told: str) -> None:
        self.office.keeper.told = [told]
        self.work()

    @rule(point=st.sampled_from(POINTS))
    def die(self, point: str) -> None:
        self.point = point
        self.work()

    @rule(away=st.booleans())
    def reach_the_network(self, away: bool) -> None:
        self.office.keeper.is_away = away
        self.work()

    @rule(sleeps=st.booleans())
    def oversleep(self, sleeps: bool) -> None:
        self.office.keeper.oversleeps = sleeps
        self.work()

    @invariant()
    def each_post_is_there_once(self) -> None:
        if hasattr(self, "office"):
            self.office.keeper.ripen()
            there = [post.delivery for post in self.office.keeper.posts.values()]
            assert len(there) == len(set(there)), self.story()

    @invariant()
    def what_the_network_keeps_is_known(self) -> None:
        if hasattr(self, "office"):
            facts = self.office.ledger.facts().deliveries
            kept = {post.delivery for post in self.office.keeper.posts.values() if post.at is not None and post.out_at is None}
            assert {facts[name].state for name in kept} <= {State.HANDED, State.SENDING, State.UNCERTAIN}, self.story()

    def story(self) -> str:
        return "\n".join(
            f"{event['at']} {event['delivery']} {event['was']} -> {event['became']} {event['reason']}" for event in self.witness.events
        )

    def teardown(self) -> None:
        if not hasattr(self, "office"):
            return
        try:
            self.settle()
        finally:
            self.patch.undo()
            self.office.ledger.close()
            shutil.rmtree(self.folder)

    def settle(self) -> None:
        """In the end the network answers, somebody runs, and all is out as last asked, told of, or nowhere."""
        self.office.keeper.is_away = False
        self.office.keeper.told = []
        self.point = ""
        for _ in range(14):
            self.work()
            self.office.clock.advance(HOUR)
        self.work()
        for post in self.office.keeper.posts.values():
            assert post.out_at is not None or post.at is None, self.story()
        for fact in self.office.ledger.facts().deliveries.values():
            out = [post for post in self.office.keeper.posts.values() if post.delivery == fact.delivery]
            assert len(out) == (1 if fact.state is State.SENT else 0), self.story()
            assert fact.state not in {State.HANDED, State.SENDING, State.CLAIMED}, self.story()


HUNT = settings(
    max_examples=200,
    stateful_step_count=40,
    deadline=None,
    phases=(Phase.generate,),
    database=None,
    suppress_health_check=list(HealthCheck),
)
USUAL = settings(HUNT, max_examples=8, stateful_step_count=25, derandomize=True)
TestKeeping = Keeping.TestCase
TestKeeping.settings = USUAL


@pytest.mark.long
def test_hundreds_of_campaigns_that_nobody_saw_before() -> None:
    run_state_machine_as_test(Keeping, settings=HUNT)
