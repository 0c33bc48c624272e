"""The ids of a delivery, committed one by one while it is being sent."""

from collections.abc import Callable
from dataclasses import dataclass

from scheduler.clock import Clock
from scheduler.model.outcome import Outcome, Refused
from scheduler.model.outgoing import CALLED
from scheduler.publishers.contract import Remember
from scheduler.publishers.files import Beat, every_minute

ASKED = CALLED
_UPLOADING = "uploading"


def still_sending(commit: Callable[[str, str], object], clock: Clock) -> Beat:
    """Returns a beat that shows the ledger that this process lives, so that a film of half an hour is not taken over by another one."""
    return every_minute(lambda: commit(_UPLOADING, ""), clock)


@dataclass(frozen=True, slots=True)
class Notes:
    """Is the ids of a delivery; an empty value is an id that is of no use any more."""

    ids: dict[str, str]
    commit: Remember

    def __getitem__(self, name: str) -> str:
        return self.ids.get(name, "")

    def keep(self, name: str, value: str) -> str:
        """Commits an id before the next step and returns it."""
        self.commit(name, value)
        self.ids[name] = value
        return value

    def forget(self, *names: str) -> None:
        """Commits that ids are of no use any more."""
        for name in names:
            if self.ids.get(name):
                self.keep(name, "")

    def ask(self) -> bool:
        """Commits that the visible call is about to be made; returns whether an earlier one was left without an answer.

        What was never asked for cannot be out: a crash before this proves that it is not. It is committed each time anew,
        which fails where another process was given the delivery meanwhile: then the call is not made.
        """
        before = bool(self[ASKED])
        self.keep(ASKED, "yes")
        return before

    def answered(self, outcome: Outcome) -> Outcome:
        """Commits that the network said no, so that nothing is left in doubt; returns the outcome."""
        if isinstance(outcome, Refused):
            self.forget(ASKED)
        return outcome
