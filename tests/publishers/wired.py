"""The suite for a real server, at the end of a line whose answers can be lost, late or changed as an emulator's can."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from scheduler.publishers.contract import Publisher
from tests.emulators.emulating import Running
from tests.publishers.conformance import Conformance
from tests.publishers.online import Line, connected


@dataclass(frozen=True)
class OnLine(Running):
    """Is a real server as a test of the suite holds it."""

    line: Line

    def fault(self, on: str, do: str, **more: Any) -> None:
        """Orders a fault for the next call that matches."""
        self.line.fault(on, do, **more)

    @property
    def state(self) -> dict[str, Any]:
        return {"calls": [f"{method} {path}" for method, path in self.line.calls], "faults": [*self.line.answers, *self.line.drops]}


class Wired(Conformance):
    """Holds a publisher to the contract at the end of a line.

    ``usual`` are the tests that every run makes there, where the server itself is slow: the others are long, and every run makes them
    against an emulator of the same network. Nothing there makes every test a usual one.
    """

    usual: ClassVar[frozenset[str]] = frozenset()

    def publisher(self, server: Running, folder: Path, secret: str | None = None) -> Publisher:
        """Returns a new publisher, as after a start of the program; a server that is not there is asked for nothing else."""
        return connected(self.network, self.settings(server), self.token() if secret is None else secret, folder)

    def token(self) -> str:
        """Returns the account's secret, where the server made it."""
        return self.secret

    def wrong_secret(self) -> str:
        return f"{self.token()}-but-wrong"


ESSENTIAL = frozenset(
    {
        "test_a_post_goes_out_with_its_text_and_alt_texts_unchanged",
        "test_the_same_envelope_twice_is_one_post_with_one_address",
        "test_find_proves_absence_before_and_presence_after",
        "test_prepare_gives_the_same_ids_each_time_and_asks_nobody",
        "test_two_posts_of_equal_words_are_two_posts",
        "test_a_picture_that_was_changed_since_is_not_sent",
        "test_half_an_emoji_is_refused_in_words_and_nothing_is_sent",
    }
)
"""Are the tests that every run makes on a real server."""
