"""A network that keeps posts until their time and sends them by itself, and a folder whose account hands posts over to it."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.clock import VirtualClock
from scheduler.daemon import Engine, Settings
from scheduler.ledger import Ledger, open_ledger
from scheduler.model.delivery import Facts
from scheduler.model.network import Abilities, HandOver, Recovery
from scheduler.model.outcome import Absent, Handed, HandingOver, Outcome, Proof, Published, Refused, Uncertain, Verdict, Whereabouts
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.model.plan import Agenda, Entry
from scheduler.model.settings import Policy
from scheduler.publishers.contract import Remember
from tests.daemon.booked import CrashError
from tests.ledger.making import NOON, agenda, entry

EARLY = timedelta(days=2)
ABILITIES = Abilities(recovery=Recovery.TWO_PHASE, hand_over=HandOver(least=timedelta(minutes=15), most=timedelta(days=29)))
POLICY = Policy(quiet_before_publish=timedelta(0))


@dataclass
class Post:
    """Is a post on the network; ``out_at`` is when it became visible, ``at`` when it is to."""

    remote_id: str
    delivery: str
    text: str
    at: datetime | None
    out_at: datetime | None = None


class Keeper:
    """Keeps posts and sends them by its own clock, which is the tests'. ``told`` are answers to give instead, one for each call.

    ``oversleeps`` makes it send nothing at its time, ``is_away`` lets nothing reach it. ``crash`` ends the engine at a call.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.posts: dict[str, Post] = {}
        self.told: list[str] = []
        self.calls: list[str] = []
        self.answers: list[Refused] = []
        self.oversleeps = False
        self.is_away = False
        self.during: Callable[[], None] | None = None
        self._number = 0

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        del outgoing
        return {"prepared": now.isoformat()}

    # What readers and people see.

    def ripen(self) -> None:
        for post in self.posts.values():
            if post.out_at is None and post.at is not None and post.at <= self.clock.now() and not self.oversleeps:
                post.out_at = post.at

    def out(self) -> list[Post]:
        self.ripen()
        return [post for post in self.posts.values() if post.out_at is not None]

    def kept(self) -> list[Post]:
        self.ripen()
        return [post for post in self.posts.values() if post.out_at is None]

    def texts(self) -> list[str]:
        return [post.text for post in self.out()]

    def times(self) -> Counter[str]:
        return Counter(post.delivery for post in self.posts.values() if post.out_at is not None or post.at is not None)

    # What publishers do.

    def hand_over(self, envelope: Envelope, remember: Remember) -> HandingOver:
        self.calls.append("hand over")
        assert envelope.goes_out is not None
        remember("photo", "p1")
        told = self.told.pop(0) if self.told else ""
        if self.is_away:
            return Refused("Nobody answers.", permanent=False)
        if told == "refuse":
            return self.answers.pop(0)
        if told == "vanish":
            return Uncertain("No answer came.")
        assert timedelta(minutes=10) <= envelope.goes_out - self.clock.now() <= timedelta(days=30)
        made = self._made(envelope, envelope.goes_out)
        if self.during is not None:
            self.during()
        if told == "lose":
            return Uncertain("No answer came.")
        if told == "crash":
            raise CrashError
        return Handed(made.remote_id, f"https://example.org/{made.remote_id}")

    def _made(self, envelope: Envelope, at: datetime | None) -> Post:
        self._number += 1
        made = Post(f"r{self._number}", envelope.outgoing.delivery, envelope.outgoing.text, at)
        self.posts[made.remote_id] = made
        return made

    def where_is(self, envelope: Envelope) -> Whereabouts:
        self.calls.append("where is")
        self.ripen()
        if self.is_away:
            return Uncertain("Nobody answers.")
        found = self.posts.get(envelope.kept_as) if envelope.kept_as else self._by_words(envelope)
        if found is None:
            return Absent()
        return Published(found.remote_id, f"https://example.org/{found.remote_id}") if found.out_at else Handed(found.remote_id)

    def _by_words(self, envelope: Envelope) -> Post | None:
        words, at = envelope.outgoing.text, envelope.goes_out
        return next((post for post in self.posts.values() if post.text == words and post.at == at), None)

    def take_back(self, envelope: Envelope) -> Verdict:
        self.calls.append("take back")
        found = self.where_is(envelope)
        if not isinstance(found, Handed):
            return found
        told = self.told.pop(0) if self.told else ""
        if told == "vanish":
            return Uncertain("No answer came.")
        del self.posts[found.remote_id]
        if told == "crash":
            raise CrashError
        return Uncertain("No answer came.") if told == "lose" else Absent()

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        self.calls.append("publish")
        known = self.posts.get(envelope.kept_as or envelope.ids.get("post", ""))
        if self.is_away:
            return Refused("Nobody answers.", permanent=False)
        made = known or self._made(envelope, None)
        remember("post", made.remote_id)
        made.out_at = made.out_at or self.clock.now()
        return Published(made.remote_id, f"https://example.org/{made.remote_id}")

    def find(self, envelope: Envelope) -> Proof:
        found = self.posts.get(envelope.ids.get("post", ""))
        return Published(found.remote_id) if found is not None and found.out_at is not None else Absent()


class Office:
    """Is a folder, a ledger, one account ``page`` that hands over two days ahead, and an engine."""

    def __init__(self, folder: Path, policy: Policy = POLICY) -> None:
        self.start = NOON
        self.clock = VirtualClock(NOON)
        self.path = folder / "ledger.sqlite"
        self.policy = policy
        self.files: dict[str, Entry] = {}
        self.more: dict[str, object] = {}
        self.keeper = Keeper(self.clock)
        self.ledger = self.open()
        self.engines = 0
        self.engine = self.hire()

    def open(self) -> Ledger:
        return open_ledger(self.path, self.clock, durable=False, chance=random.Random(1))

    def hire(self) -> Engine:
        self.engines += 1
        settings = Settings(
            owner=f"engine-{self.engines}", policy=self.policy, workers=1, abilities={"page": ABILITIES}, early={"page": EARLY}
        )
        return Engine(self.ledger, self.clock, {"page": self.keeper}, self.read, settings)

    def read(self, now: datetime, facts: Facts) -> Agenda:
        del now, facts
        return agenda(*self.files.values(), **self.more)

    def write(self, name: str = "march", *, ahead: timedelta = EARLY, early: timedelta = EARLY, **changes: object) -> Entry:
        """Writes a post file that is due so long after noon."""
        made = entry(name, account="page", network="facebook", due=NOON + ahead, **changes)
        account = replace(made.delivery.account, hand_over=early)
        self.files[name] = replace(made, delivery=replace(made.delivery, account=account))
        return self.files[name]

    def work(self, rounds: int = 1) -> None:
        """Does what the daemon does at every look."""
        for _ in range(rounds):
            self.engine.refresh()
            assert self.engine.tick().trouble is None

    def restart(self) -> None:
        """Starts the program anew after it died."""
        self.engine = self.hire()
        self.engine.recover(alone=True)

    def pass_time(self, length: timedelta, step: timedelta = timedelta(minutes=1)) -> None:
        """Lets time pass, with a look in every step."""
        until = self.clock.now() + length
        while self.clock.now() < until:
            self.clock.advance(min(step, until - self.clock.now()))
            self.work()

    def state(self, name: str = "march") -> str:
        return self.ledger.facts().deliveries[self._id(name)].state.value

    def reason(self, name: str = "march") -> str:
        return self.ledger.facts().deliveries[self._id(name)].reason

    def _id(self, name: str) -> str:
        found = {fact.post: fact.delivery for fact in self.ledger.facts().deliveries.values()}
        return found[name]
