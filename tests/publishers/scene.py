"""A network where something may have happened already, and what a publisher is asked to do there."""

from pathlib import Path

from scheduler.model.outcome import Published
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import Publisher
from tests.publishers.staging import Stage


class Scene:
    """Is a network where something may have happened already, and what a publisher is asked to do there."""

    def __init__(self, stage: Stage, folder: Path, outgoing: Outgoing) -> None:
        self.stage, self.folder, self.outgoing = stage, folder, outgoing
        self.ids: dict[str, str] = {}
        self.remote_id = ""

    def publisher(self) -> Publisher:
        for session in self.folder.glob(".scheduler/sessions/*"):
            session.unlink()
        return self.stage.suite.publisher(self.stage, self.folder)  # type: ignore[arg-type] # address and state are all that is asked for

    def envelope(self) -> Envelope:
        return Envelope(self.outgoing, self.ids)

    def settle(self) -> Published:
        for _ in range(30):
            outcome = self.publisher().publish(self.envelope(), self.ids.__setitem__)
            if isinstance(outcome, Published):
                return outcome
        raise AssertionError(outcome)
