"""Edits, deletions, clock moves, pauses, lost answers, crashes, sleepers and copies in any order: the networks' own books decide.

What must be true is in ``campaign.py`` (when a post becomes visible, and after each step) and in ``witness.py`` (of the ledger's file).
"""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from scheduler.ledger.pauses import Scope
from tests.daemon.booked import ABILITIES, ANSWERS, FLOOR
from tests.daemon.campaign import MINUTE, Scene

NAMES = ("a", "b", "c", "d")
ACCOUNTS = tuple(ABILITIES)
SENDING = ("before_claim", "before_send", "before_step", "after_step", "in_flight", "accepted", "after_send", "after_settle")
LOOKING = ("before_look", "after_look", "before_repeat", "after_repeat")
SCOPES = [(Scope.ALL, ""), (Scope.CAMPAIGN, "spring"), *((Scope.ACCOUNT, name) for name in ACCOUNTS)]

name_of = st.sampled_from(NAMES)
account_of = st.sampled_from(ACCOUNTS)


class Campaign(RuleBasedStateMachine):
    """Draws what people and processes do; ``shared`` scenes have processes that sleep, others are alone with their ledger."""

    scene: Scene

    @initialize(shared=st.booleans())
    def begin(self, shared: bool) -> None:
        self.scene = Scene(shared=shared)

    @rule(name=name_of, account=account_of, minutes=st.integers(-40, 40))
    def write(self, name: str, account: str, minutes: int) -> None:
        self.scene.write(name, account, self.scene.clock.now() + minutes * MINUTE)

    @rule(name=name_of)
    def delete(self, name: str) -> None:
        self.scene.files.pop(name, None)

    @rule(name=name_of)
    def garble(self, name: str) -> None:
        if name in self.scene.files:
            self.scene.files[name] = Scene.garbled(self.scene.files[name])

    @rule(name=name_of, new=name_of)
    def rename(self, name: str, new: str) -> None:
        """A file that was changed and renamed between two looks is another file to everybody."""
        file = self.scene.files.get(name)
        if file is not None and file.read and new not in self.scene.files:
            self.scene.files[new] = self.scene.files.pop(name)
            self.scene.work()

    @rule(minutes=st.integers(0, 25))
    def time_passes(self, minutes: int) -> None:
        self.scene.clock.advance(minutes * MINUTE)

    @rule(minutes=st.integers(-90, 90), name=name_of, account=account_of)
    def the_clock_is_set(self, minutes: int, name: str, account: str) -> None:
        scene = self.scene
        scene.work()
        before = scene.clock.now()
        scene.write(name, account, before + max(minutes, 0) * MINUTE / 2 + 5 * MINUTE)
        scene.clock.jump(minutes * MINUTE)
        out = set(scene.times())
        scene.work()
        jumped = {str(file.number) for file in scene.files.values() if file.due > before + 5 * MINUTE}
        assert not (set(scene.times()) - out) & jumped

    @rule(scope=st.sampled_from(SCOPES), account=account_of)
    def pause(self, scope: tuple[Scope, str], account: str) -> None:
        self.scene.new_post(account)
        self.scene.ledger.pause(*scope, "wait", self.scene.clock.now())
        self.scene.work()

    @rule()
    def resume(self) -> None:
        self.scene.resume_all()
        self.scene.work()

    @rule()
    def work(self) -> None:
        self.scene.work()

    @rule(account=account_of, told=st.sampled_from([*ANSWERS, "lose", "vanish"]))
    def trouble(self, account: str, told: str) -> None:
        self.scene.books[account].script = [told]
        self.scene.new_post(account)
        self.scene.work()

    @rule(account=account_of)
    def a_rate_limit_is_kept(self, account: str) -> None:
        scene = self.scene
        if not self.is_calm(account):
            return
        scene.resume_all()
        scene.work()
        name = scene.new_post(account)
        scene.books[account].script = ["rate"]
        scene.work()
        scene.clock.advance(FLOOR - MINUTE)
        other = scene.new_post(account)
        scene.work()
        assert not {str(scene.files[post].number) for post in (name, other)} & set(scene.times())

    @rule(point=st.sampled_from(SENDING), account=account_of)
    def crash_while_sending(self, point: str, account: str) -> None:
        self.scene.new_post(account)
        self.scene.work_and_die(point)

    @rule(point=st.sampled_from(LOOKING), account=account_of, told=st.sampled_from(["lose", "vanish"]))
    def crash_while_looking(self, point: str, account: str, told: str) -> None:
        self.trouble(account, told)
        self.scene.clock.advance(MINUTE)
        self.scene.work_and_die(point)

    @precondition(lambda self: self.scene.shared and self.scene.sleeper is None)
    @rule(point=st.sampled_from(SENDING), account=account_of, minutes=st.integers(0, 25))
    def stand_still(self, point: str, account: str, minutes: int) -> None:
        self.scene.new_post(account)
        self.scene.fall_asleep(point)
        self.scene.clock.advance(minutes * MINUTE)
        self.scene.work()

    @precondition(lambda self: self.scene.sleeper is not None)
    @rule()
    def wake(self) -> None:
        self.scene.wake()

    @precondition(lambda self: self.scene.sleeper is None)
    @rule()
    def back_up(self) -> None:
        self.scene.save_copy()

    @precondition(lambda self: self.scene.sleeper is None and self.scene.copy is not None)
    @rule(minutes=st.integers(1, 25), account=account_of)
    def restore(self, minutes: int, account: str) -> None:
        self.scene.new_post(account)
        self.scene.work()
        self.scene.clock.advance(minutes * MINUTE)
        self.scene.restore()

    @rule()
    def a_person_decides(self) -> None:
        self.scene.decide()

    @rule(account=account_of)
    def a_quiet_morning(self, account: str) -> None:
        """Where nothing stands in the way, what is due goes out: nothing is lost in silence."""
        scene = self.scene
        if not self.is_calm(account):
            return
        scene.resume_all()
        name = scene.new_post(account)
        scene.work()
        assert scene.times()[str(scene.files[name].number)] == 1

    def is_calm(self, account: str) -> bool:
        self.scene.work()
        return self.scene.is_calm(account)

    @invariant()
    def everything_holds(self) -> None:
        if hasattr(self, "scene"):
            self.scene.check()

    def teardown(self) -> None:
        if hasattr(self, "scene"):
            self.scene.end(settle=self.all_is_settled)

    def all_is_settled(self) -> None:
        rows = self.scene.witness.rows.values()
        assert not [row for row in rows if row["state"] in {"claimed", "sending"}]
        hopeless = [
            row for row in rows if (row["account"] == "none" and '"asked": "yes"' in row["ids"]) or row["unproven"] or not row["payload"]
        ]
        doubts = [row for row in rows if row["state"] == "uncertain"]
        assert [row for row in doubts if row not in hopeless] == []


HUNT = settings(
    max_examples=1000,
    stateful_step_count=50,
    deadline=None,
    phases=(Phase.generate,),
    database=None,
    suppress_health_check=list(HealthCheck),
)
USUAL = settings(HUNT, max_examples=20, stateful_step_count=30, derandomize=True)
"""The same campaigns every time, so that nobody's run fails by chance; the long run hunts for others."""

TestCampaign = Campaign.TestCase
TestCampaign.settings = USUAL


@pytest.mark.long
def test_a_thousand_campaigns_that_nobody_saw_before() -> None:
    run_state_machine_as_test(Campaign, settings=HUNT)
