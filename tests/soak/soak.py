"""Three processes, killed at random, behind a proxy that breaks connections; a receiver keeps its own book of what went out."""

import json
import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from scheduler.clock import SystemClock
from scheduler.ledger import Ledger
from scheduler.model.delivery import State
from tests.fleet.driver import QuickClock
from tests.fleet.scene import CLOCK, Scene

ABILITIES = ("key", "read", "none")
SPEED = 30.0
"""A minute until the first look at a delivery in doubt is two seconds here; so every process agrees on the time."""

LEASE = 120.0
FAULT_RATE = 0.15
LOST_NAMES = 0.01


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Is what came of a run. ``uncertain`` is split by what the receiver's book says."""

    seed: int
    driver: str
    deliveries: int
    seconds: float
    kills: int
    faults: dict[str, int]
    sent: int
    refused: int
    duplicates: int
    lost: int
    falsely_sent: int
    falsely_refused: int
    uncertain_out: int
    uncertain_not_out: int
    uncertain_by_account: dict[str, int]

    def told(self) -> str:
        faults = ", ".join(f"{kind} {number}" for kind, number in sorted(self.faults.items()) if kind != "pass")
        doubts = f"really out {self.uncertain_out}, not out {self.uncertain_not_out}; {self.uncertain_by_account}"
        return (
            f"soak, {self.driver}, seed {self.seed}: {self.deliveries} deliveries in {self.seconds:.0f} s, {self.kills} kills, "
            f"{sum(self.faults.values())} connections ({faults})\n"
            f"  sent {self.sent}, refused {self.refused}, duplicates {self.duplicates}, lost {self.lost}, "
            f"falsely sent {self.falsely_sent}, falsely refused {self.falsely_refused}, uncertain: {doubts}"
        )


class Soak:
    """Is one run; ``roles`` are the names and roles of the processes that are killed and started again."""

    def __init__(
        self, scene: Scene, roles: dict[str, str], seed: int, *, accounts: int = 12, every: float = 1.0, most_kills: int = 10**6
    ) -> None:
        self._scene = scene
        self._roles = roles
        self._seed = seed
        self._chance = random.Random(seed)
        self._accounts = [f"{ABILITIES[number % 3]}-{number}" for number in range(accounts)]
        self._every = every
        self._most_kills = most_kills
        self._log = scene.folder / "faults.jsonl"
        self._kills = 0

    def run(self, deliveries: int, limit: float) -> Figures:
        """Sends that many, killing a process about every ``every`` seconds until nearly all are done, and counts."""
        scene = self._scene
        began = CLOCK.monotonic()
        log = ["--seed", str(self._seed), "--rate", str(FAULT_RATE), "--log", str(self._log)]
        port = scene.listen("tests.faults.proxy", "--upstream", str(scene.port), *log)
        due = QuickClock(scene.began, SPEED).now() - timedelta(minutes=1)
        posts = [(f"post-{number}", self._accounts[number % len(self._accounts)], due) for number in range(deliveries)]
        scene.prepare(posts, port=port, speed=SPEED, lost_names=LOST_NAMES, lease=LEASE, at_once=4)
        ledger = scene.ledger()
        running = {name: scene.start(role, name) for name, role in self._roles.items()}
        killing = True
        try:
            while not self._kills or not self._is_over(ledger.counts(), deliveries):
                assert CLOCK.monotonic() - began < limit, scene.story()
                self._pause(ledger, began + limit)
                killing = killing and self._kills < self._most_kills and self._goes_on(ledger.counts(), deliveries)
                if killing:
                    name = self._chance.choice(sorted(self._roles))
                    running[name].kill()
                    running[name].wait()
                    self._kills += 1
                for name, process in running.items():
                    if process.poll() is not None:
                        running[name] = scene.start(self._roles[name], name)
        finally:
            ledger.close()
        return self._figures(deliveries, CLOCK.monotonic() - began)

    def _pause(self, ledger: Ledger, until: float) -> None:
        """Waits for the moment of the next kill: the first falls into the first sends, however quick these are."""
        if self._kills:
            CLOCK.wait(self._scene.never, self._chance.uniform(0.5, 1.5) * self._every)
            return
        while not self._sends(ledger.counts()) and CLOCK.monotonic() < until:
            CLOCK.wait(self._scene.never, 0.01)

    def _goes_on(self, counts: Counter[State], deliveries: int) -> bool:
        """Returns whether enough is left for a kill to meet; the first one always comes."""
        return not self._kills or self._done(counts) < 0.9 * deliveries

    def _sends(self, counts: Counter[State]) -> bool:
        return counts[State.CLAIMED] + counts[State.SENDING] + self._done(counts) > 0

    def _is_over(self, counts: Counter[State], deliveries: int) -> bool:
        waits = {State.QUEUED, State.CLAIMED, State.SENDING}
        if sum(counts.values()) < deliveries or any(counts[state] for state in waits):
            return False
        return not self._provable()

    @staticmethod
    def _done(counts: Counter[State]) -> int:
        return counts[State.SENT] + counts[State.UNCERTAIN] + counts[State.REFUSED]

    def _provable(self) -> int:
        """Returns how many deliveries are in doubt whose network could still tell."""
        ledger = self._scene.ledger()
        try:
            facts = ledger.facts().deliveries.values()
        finally:
            ledger.close()
        return sum(fact.state is State.UNCERTAIN and not fact.account.startswith("none") for fact in facts)

    def _figures(self, deliveries: int, seconds: float) -> Figures:
        ledger = self._scene.ledger()
        try:
            facts = ledger.facts().deliveries
        finally:
            ledger.close()
        out = self._scene.accepted()
        by_state = {state: {name for name, fact in facts.items() if fact.state is state} for state in State}
        sent, refused, uncertain = by_state[State.SENT], by_state[State.REFUSED], by_state[State.UNCERTAIN]
        return Figures(
            seed=self._seed,
            driver=" + ".join(sorted(self._roles.values())),
            deliveries=deliveries,
            seconds=seconds,
            kills=self._kills,
            faults=dict(Counter(json.loads(line)["fault"] for line in self._log.read_text(encoding="utf-8").splitlines())),
            sent=len(sent),
            refused=len(refused),
            duplicates=sum(number - 1 for number in out.values()),
            lost=deliveries - len(sent | refused | uncertain),
            falsely_sent=len(sent - set(out)),
            falsely_refused=len(refused & set(out)),
            uncertain_out=len(uncertain & set(out)),
            uncertain_not_out=len(uncertain - set(out)),
            uncertain_by_account=dict(Counter(facts[name].account.partition("-")[0] for name in uncertain)),
        )


def fresh_seed() -> int:
    """Returns a seed that no run had before."""
    return random.SystemRandom().getrandbits(32)


def soak(folder: Path, address: str, roles: dict[str, str], deliveries: int, **more: float) -> Figures:
    """Runs one soak in a folder and prints what came of it."""
    scene = Scene(folder, address)
    seed = int(more.pop("seed", fresh_seed()))
    limit = more.pop("limit", 300.0)
    print(f"\nsoak with seed {seed} from {SystemClock().now():%H:%M:%S}", flush=True)
    try:
        figures = Soak(scene, roles, seed, **more).run(deliveries, limit)  # type: ignore[arg-type] # numbers by name
    finally:
        scene.close()
    print(figures.told(), flush=True)
    return figures
