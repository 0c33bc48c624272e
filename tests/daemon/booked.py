"""Networks with one ability each, which keep a book of their own about what they made visible, and say when a post arrives."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduler.clock import VirtualClock
from scheduler.model.network import Abilities, Recovery
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import Remember
from scheduler.publishers.notes import ASKED, Notes

KEY_WINDOW = timedelta(hours=1)
LAG = 60.0
"""The seconds after which a post is in the list of posts."""
ABILITIES = {
    "key": Abilities(recovery=Recovery.IDEMPOTENCY_KEY, key_window=KEY_WINDOW),
    "id": Abilities(recovery=Recovery.CLIENT_ID),
    "two": Abilities(recovery=Recovery.TWO_PHASE),
    "read": Abilities(recovery=Recovery.READBACK),
    "none": Abilities(recovery=Recovery.NONE),
}
"""One account for each ability, named for it."""
FLOOR = timedelta(minutes=7)
ANSWERS: dict[str, Outcome] = {
    "refuse": Refused("The picture is too large.", kind="content"),
    "busy": Refused("Try again.", permanent=False),
    "rate": Refused("Too many posts.", permanent=False, retry_after=FLOOR, kind="rate"),
    "token": Refused("The token is no longer valid.", permanent=False, kind="auth"),
}


class CrashError(BaseException):
    """Ends the engine as a kill would: nothing of ours catches it."""


class Points:
    """Does something at a fault point, once, in the thread that it was asked for."""

    def __init__(self) -> None:
        self._plans: dict[int, tuple[str, Callable[[], None]]] = {}

    def at(self, point: str, act: Callable[[], None]) -> None:
        """Asks for something at a point, in this thread."""
        self._plans[threading.get_ident()] = (point, act)

    def forget(self) -> None:
        self._plans.pop(threading.get_ident(), None)

    def reach(self, point: str) -> None:
        wanted, act = self._plans.get(threading.get_ident(), ("", None))
        if wanted == point and act is not None:
            self.forget()
            act()


@dataclass(frozen=True)
class Line:
    """Is one visible post of a book; ``at`` counts monotonic seconds."""

    delivery: str
    text: str
    at: float
    remote_id: str


@dataclass
class Book:
    """Is an account on a network. ``look`` is called when a post becomes visible; ``script`` holds answers to give instead."""

    account: str
    clock: VirtualClock
    points: Points
    look: Callable[[str, Envelope], None]
    lines: list[Line] = field(default_factory=list)
    script: list[str] = field(default_factory=list)
    known: dict[str, tuple[str, float]] = field(default_factory=dict)
    calls: int = 0

    @property
    def ability(self) -> Recovery:
        return ABILITIES[self.account].recovery

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        return {"key": f"{outgoing.delivery} {now.isoformat()}", "slug": outgoing.delivery}

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        self.calls += 1
        step = envelope.ids.get("step") or (f"c{self.calls}" if self.ability is Recovery.TWO_PHASE else "1")
        remember("step", step)
        if self.ability is Recovery.NONE:
            Notes(dict(envelope.ids), remember).ask()
        self.known.setdefault(step, ("", 0.0))
        name = {Recovery.TWO_PHASE: step, Recovery.CLIENT_ID: envelope.ids["slug"], Recovery.IDEMPOTENCY_KEY: envelope.ids["key"]}
        told = self.script.pop(0) if self.script else ""
        self.points.reach("in_flight")
        if told in ANSWERS:
            return ANSWERS[told]
        if told == "vanish":
            return Uncertain("No answer came.")
        published = self._accept(envelope, name.get(self.ability, ""))
        self.points.reach("accepted")
        return Uncertain("No answer came.") if told == "lose" else published

    def _accept(self, envelope: Envelope, name: str) -> Published:
        remote, at = self.known.get(name, ("", 0.0))
        forgotten = self.ability is Recovery.IDEMPOTENCY_KEY and self.clock.monotonic() - at > KEY_WINDOW.total_seconds()
        if name and remote and not forgotten:
            return Published(remote)
        made = f"r{len(self.lines)}"
        self.look(self.account, envelope)
        self.known[name] = (made, self.clock.monotonic())
        self.lines.append(Line(envelope.outgoing.delivery, envelope.outgoing.text, self.clock.monotonic(), made))
        return Published(made)

    def find(self, envelope: Envelope) -> Proof:
        if self.ability is Recovery.NONE:
            return Uncertain("This network cannot be asked.") if envelope.ids.get(ASKED) else Absent(is_uncalled=True)
        if self.ability in {Recovery.TWO_PHASE, Recovery.CLIENT_ID}:
            name = envelope.ids.get("step", "") if self.ability is Recovery.TWO_PHASE else envelope.ids.get("slug", "")
            remote = self.known.get(name, ("", 0.0))[0]
            return Published(remote) if remote else Absent()
        shown = (line for line in self.lines if line.text == envelope.outgoing.text and self.clock.monotonic() - line.at >= LAG)
        found = next(shown, None)
        return Published(found.remote_id) if found else Absent()

    def times(self) -> Counter[str]:
        """Returns how often each delivery became visible."""
        return Counter(line.delivery for line in self.lines)
