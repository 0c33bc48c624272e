"""A network of our own that keeps an account of what it accepted, independent of the ledger."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from scheduler.model.outcome import Absent, Outcome, Published, Verdict
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import Remember


class Network:
    """Accepts posts for one account. ``answers`` are given in turn instead of accepting; ``before`` runs when a post arrives."""

    def __init__(self, *, proves: bool = True) -> None:
        self.accepted: list[Envelope] = []
        self.answers: list[Outcome | Callable[[Envelope], Outcome]] = []
        self.proves = proves
        self.busy = 0
        self.most_busy = 0
        self._lock = threading.Lock()

    def prepare(self, outgoing: Outgoing, now: datetime) -> Mapping[str, str]:
        return {"slug": outgoing.delivery, "created": now.isoformat()}

    def accept(self, envelope: Envelope) -> Outcome:
        with self._lock:
            self.accepted.append(envelope)
        return Published(envelope.ids["slug"], f"https://example.org/{envelope.ids['slug']}")

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        remember("container", "c1")
        with self._lock:
            self.busy += 1
            self.most_busy = max(self.busy, self.most_busy)
        try:
            if not self.answers:
                return self.accept(envelope)
            answer = self.answers.pop(0)
            return answer(envelope) if callable(answer) else answer
        finally:
            with self._lock:
                self.busy -= 1

    def find(self, envelope: Envelope) -> Verdict:
        for item in self.accepted:
            if item.ids["slug"] == envelope.ids["slug"]:
                return Published(item.ids["slug"])
        return Absent()

    def times(self) -> Counter[str]:
        """Returns how often each delivery was accepted."""
        return Counter(envelope.outgoing.delivery for envelope in self.accepted)
