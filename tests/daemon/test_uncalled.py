"""A chat that nobody can ask: what was announced is a person's question, what was not is sent."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from scheduler.daemon import Engine, Settings
from scheduler.ledger import Ledger
from scheduler.model.delivery import State
from scheduler.model.network import Abilities, Recovery
from scheduler.model.outcome import Absent, Outcome, Uncertain, Verdict
from scheduler.model.outgoing import Envelope
from scheduler.publishers.contract import Remember
from scheduler.publishers.notes import ASKED, Notes
from tests.daemon.conftest import Desk
from tests.daemon.network import Network
from tests.ledger.making import agenda, entry, state_of

POST = entry()
LEASE = timedelta(minutes=10)


class Crash(BaseException):
    """Ends a process, as far as its engine can tell."""


class Chat(Network):
    """Announces its one call; ``before`` and ``after`` happen on either side of that, once."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[Callable[[], None]] = []
        self.after: list[Callable[[], None]] = []

    def publish(self, envelope: Envelope, remember: Remember) -> Outcome:
        while self.before:
            self.before.pop()()
        Notes(dict(envelope.ids), remember).ask()
        while self.after:
            self.after.pop()()
        return self.accept(envelope)

    def find(self, envelope: Envelope) -> Verdict:
        return Uncertain("It cannot be asked.") if envelope.ids.get(ASKED) else Absent(is_uncalled=True)


def engine_of(desk: Desk, chat: Chat, owner: str, ledger: Ledger | None = None) -> Engine:
    settings = Settings(owner=owner, workers=1, lease=LEASE, abilities={"hall": Abilities(recovery=Recovery.NONE)})
    engine = Engine(ledger or desk.ledger, desk.clock, {"hall": chat}, desk.make_agenda, settings)
    desk.agenda = agenda(POST)
    engine.refresh()
    return engine


def crash() -> None:
    raise Crash


def test_a_crash_before_the_call_is_announced_costs_nobody_a_question(desk: Desk) -> None:
    chat = Chat()
    chat.before.append(crash)
    with pytest.raises(Crash):
        engine_of(desk, chat, "first").tick()
    again = engine_of(desk, chat, "second")
    again.recover(alone=True)
    assert again.tick().count(State.SENT) == 1
    assert chat.times() == {POST.delivery.id: 1}


def test_a_crash_after_the_call_was_announced_is_a_person_s_question(desk: Desk) -> None:
    chat = Chat()
    chat.after.append(crash)
    with pytest.raises(Crash):
        engine_of(desk, chat, "first").tick()
    again = engine_of(desk, chat, "second")
    again.recover(alone=True)
    again.tick()
    assert state_of(desk.ledger, POST) is State.UNCERTAIN
    desk.ledger.decide_not_sent(POST.delivery.id, desk.clock.now())
    assert again.tick().count(State.SENT) == 1


@pytest.mark.parametrize("asked_before", [False, True])
def test_a_process_that_stood_still_before_its_call_does_not_make_it_after_another_has(desk: Desk, *, asked_before: bool) -> None:
    chat, ledger = Chat(), desk.open()
    first, second = engine_of(desk, chat, "first"), engine_of(desk, chat, "second", ledger)
    if asked_before:
        chat.after.append(crash)
        with pytest.raises(Crash):
            first.tick()
        second.recover(alone=True)
        desk.ledger.decide_not_sent(POST.delivery.id, desk.clock.now())

    def meanwhile() -> None:
        desk.clock.advance(2 * LEASE)
        second.tick()
        if asked_before:
            desk.ledger.decide_not_sent(POST.delivery.id, desk.clock.now())
            second.tick()

    chat.before.append(meanwhile)
    first.tick()
    assert chat.times() == {POST.delivery.id: 1}
    assert state_of(desk.ledger, POST) is State.SENT
    ledger.close()
