"""What every part of the suite stands on: what a network's own class tells, and how a delivery goes on until it is settled."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, NoReturn

import pytest

from scheduler.clock import SystemClock
from scheduler.model.network import Account, Network
from scheduler.model.outcome import Absent, Outcome, Proof, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import Adapter, Publisher
from scheduler.publishers.discovery import known_networks
from tests.emulators.emulating import Running
from tests.publishers.posts import Memory, Shown

MOST_ROUNDS = 30


class Suite(ABC):
    """Is a network and a place where it can be tried: an emulator, a real server at the end of a line, or a folder."""

    network: ClassVar[str]
    visible: ClassVar[str] = ""
    """Is the pattern of the call that makes a post visible."""
    secret: ClassVar[str] = ""
    pictures: ClassVar[int] = 2
    alts: ClassVar[bool] = True
    can_be_asked: ClassVar[bool] = True
    errors: ClassVar[str] = ""
    """Is the name of the table of errors, where it is another one than the network's."""
    proves: ClassVar[bool] = True
    """Tells whether the network can prove what became of a post; where it cannot, a person is asked."""
    trims: ClassVar[bool] = False
    """Tells whether the network cuts off the spaces at the end of a text."""
    drawn: ClassVar[bool] = False
    """Tells that readers are looked at by what a page draws: no line begins or ends with a space."""
    lacks: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Is why something cannot be tried there, beside the ``gaps`` that the network itself names."""

    @abstractmethod
    def publisher(self, server: Running, folder: Path, secret: str | None = None) -> Publisher:
        """Returns a new publisher, as after a start of the program."""

    @abstractmethod
    def shown(self, server: Running) -> list[Shown]:
        """Returns every post that readers see there."""

    @pytest.fixture
    @abstractmethod
    def server(self) -> object:
        """Yields the place, where nothing has happened yet."""

    def settings(self, server: Running) -> dict[str, str]:
        """Returns the account's settings that lead there."""
        raise NotImplementedError(server)

    def polled(self, server: Running) -> list[dict[str, Any]]:
        """Returns the polls that readers see there: ``question`` where it stands apart, ``options``, ``minutes`` and ``multiple``."""
        raise NotImplementedError(server)

    def wrong_secret(self) -> str:
        """Returns a secret of the right form that the network does not know."""
        return f"{self.secret}-but-wrong"

    def adapter(self) -> Adapter:
        """Returns what the network's file exports."""
        return known_networks()[self.network]

    def account(self, server: Running) -> Account:
        """Returns the account that is tried, with the settings that it has by default."""
        defaults = {setting.name: setting.default for setting in self.adapter().facts.settings if setting.default is not None}
        return Account(name="main", network=self.network, live=True, settings={**defaults, **self.settings(server)})

    def facts(self, server: Running) -> Network:
        """Returns what the network takes from this account."""
        return self.adapter().facts_of(self.account(server))

    def lacking(self, server: Running, thing: str) -> NoReturn:
        """Leaves a test out with the reason: the network's own, or why it cannot be tried there; without one it fails."""
        facts = self.facts(server)
        reason = self.lacks.get(thing) or facts.gaps.get(thing, "")
        assert reason.endswith("."), f"{facts.title} lacks {thing} and does not say why"
        pytest.skip(f"{facts.title}, {thing}: {reason}")

    def needs_answers(self, server: Running) -> None:
        """Leaves a test out where there is nobody whose answer could be lost, late or wrong."""
        if "answers" in self.lacks:
            self.lacking(server, "answers")

    def needs_proof(self, server: Running) -> None:
        """Leaves a test out where nobody can tell afterwards what became of a post: a person is asked then."""
        if not self.proves:
            self.lacking(server, "feed")

    def as_shown(self, text: str) -> str:
        """Returns a text as readers see it there."""
        if self.drawn:
            return "\n".join(line.strip(" ") for line in text.split("\n"))
        return text.rstrip() if self.trims else text

    def envelope(self, publisher: Publisher, outgoing: Outgoing) -> Envelope:
        return Envelope(outgoing, dict(publisher.prepare(outgoing, SystemClock().now())))

    def prepared(self, server: Running, folder: Path, outgoing: Outgoing) -> dict[str, str]:
        """Returns the ids that a delivery begins with."""
        return dict(self.envelope(self.publisher(server, folder), outgoing).ids)

    def try_once(self, publisher: Publisher, envelope: Envelope) -> Outcome:
        ids = dict(envelope.ids)
        return publisher.publish(Envelope(envelope.outgoing, ids), Memory(ids).remember)

    def settle(
        self, server: Running, folder: Path, outgoing: Outgoing, ids: dict[str, str], outcome: Outcome | None = None
    ) -> Proof | Refused:
        """Does what the engine does until it is sure or has to ask a person; each round is a new start of the program."""
        for _ in range(MOST_ROUNDS):
            publisher = self.publisher(server, folder)
            if outcome is None or isinstance(outcome, Refused):
                if isinstance(outcome, Refused) and outcome.permanent:
                    return outcome
                outcome = publisher.publish(Envelope(outgoing, dict(ids)), Memory(ids).remember)
            if isinstance(outcome, Published):
                return outcome
            if isinstance(outcome, Uncertain):
                proof = publisher.find(Envelope(outgoing, dict(ids)))
                if not isinstance(proof, Absent):
                    return proof
                outcome = None
        raise AssertionError(f"never settled: {outcome}")

    def holds(self, server: Running, proof: Proof | Refused, outgoing: Outgoing) -> None:
        """Looks as a reader: one post and a proof of it, or a person who is asked, and never two."""
        posts = self.shown(server)
        assert len(posts) <= 1
        if self.proves or isinstance(proof, Published):
            assert isinstance(proof, Published), proof
            assert [item.text for item in posts] == [self.as_shown(outgoing.text)]
        else:
            assert isinstance(proof, Uncertain), proof
