"""Ledgers of every earlier release, filled to the last column: opened by this one, they keep all they knew and send nothing twice."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import Integer

from scheduler.clock import VirtualClock
from scheduler.daemon import Engine as Sender
from scheduler.daemon import Settings
from scheduler.ledger import Ledger, migrations, open_ledger
from scheduler.ledger.database.copies import kept_copies, verify
from scheduler.ledger.migrating import HEAD, KNOWN, migrate, revision_of
from scheduler.ledger.tables import METADATA
from scheduler.model.delivery import State
from scheduler.model.outcome import HandingOver, Verdict, Whereabouts
from scheduler.model.outgoing import Envelope
from scheduler.model.plan import Agenda
from scheduler.publishers.contract import Remember
from tests.daemon.network import Network
from tests.ledger.conftest import Address, empty_schema
from tests.ledger.making import LATE, NOON, agenda, envelope, reason_of, state_of
from tests.ledger.olden import BARE, HOUR, PAUSES, Row, Rows, bare_post, connect, contents, fill, form, post_in, states_at

STEPS = sorted(path.name[1:5] for path in Path(migrations.__path__[0]).glob("versions/v*.py"))
OUT = frozenset({State.SENT, State.SENDING, State.UNCERTAIN, State.HANDED})
GOES = frozenset({State.QUEUED, State.CLAIMED})
DONE = frozenset({State.SENT, State.CANCELLED, State.SKIPPED})


@dataclass
class Old:
    """Is a ledger of an earlier release, on its way through this one."""

    step: str
    address: Address
    folder: Path
    fresh: Address
    clock: VirtualClock

    def make(self) -> None:
        engine = connect(self.address)
        with engine.begin() as connection:
            migrate(connection, self.step)
            assert revision_of(connection) == self.step
            fill(connection, self.step)
        engine.dispose()

    def contents(self) -> Rows:
        engine = connect(self.address)
        found = contents(engine)
        engine.dispose()
        return found

    def form(self, address: Address) -> dict[str, object]:
        engine = connect(address)
        found = form(engine)
        engine.dispose()
        return found

    def open(self) -> Ledger:
        return open_ledger(self.address, self.clock, folder=self.folder, chance=random.Random(1))

    def copies(self) -> list[Path]:
        return kept_copies(self.folder / "backups")


@pytest.fixture(params=STEPS)
def step(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def old(step: str, address: Address, request: pytest.FixtureRequest, tmp_path: Path, clock: VirtualClock) -> Old:
    is_file = isinstance(address, Path)
    fresh = tmp_path / "fresh.sqlite" if is_file else empty_schema(request.getfixturevalue("postgresql_server"))
    made = Old(step, address, tmp_path, fresh, clock)
    made.make()
    return made


@pytest.fixture
def opened(old: Old) -> Iterator[Ledger]:
    ledger = old.open()
    yield ledger
    ledger.close()


def test_every_step_of_this_release_is_tried() -> None:
    assert set(STEPS) == KNOWN


def test_an_old_ledger_keeps_every_value_and_takes_the_form_of_a_new_one_at_the_first_opening(old: Old) -> None:
    before = old.contents()
    assert all(before.values())
    old.open().close()
    after = old.contents()
    open_ledger(old.fresh, old.clock, folder=old.folder).close()
    assert old.form(old.address) == old.form(old.fresh)
    assert after.pop("alembic_version") == [{"version_num": HEAD}]
    for name, rows in after.items():
        assert len(rows) == len(before.get(name, []))
        for row, was in zip(rows, before.get(name, []), strict=True):
            assert row == {**defaults(name, set(row) - set(was)), **was}
    copies = old.copies()
    old.open().close()
    assert (old.contents(), old.copies()) == (after | {"alembic_version": [{"version_num": HEAD}]}, copies)


def defaults(of: str, columns: set[str]) -> Row:
    """Returns what the tables of this release say that columns hold of which an earlier one knew nothing."""
    told: Row = {}
    for name in columns:
        column = METADATA.tables[of].c[name]
        given = getattr(column.server_default, "arg", None)
        assert column.nullable or given is not None
        told[name] = int(given) if given is not None and isinstance(column.type, Integer) else given
    return told


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_an_old_ledger_file_is_copied_as_it_was_before_it_is_changed(old: Old) -> None:
    before = old.contents()
    old.open().close()
    copies = old.copies()
    assert len(copies) == (old.step != HEAD)
    for copy in copies:
        engine = connect(copy)
        assert contents(engine) == before
        engine.dispose()
        assert verify(copy).counts == {row["state"]: 1 + (row["state"] == "queued") for row in before["delivery"]}


@pytest.mark.parametrize("address", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True)
def test_an_old_ledger_is_read(old: Old, opened: Ledger) -> None:
    states = states_at(old.step)
    assert opened.counts() == Counter([*states, State.QUEUED])
    facts = opened.facts()
    told = {fact.post: (fact.state, fact.part, fact.due, fact.held_for != "") for fact in facts.deliveries.values()}
    posts = {state.value: (state, None, post_in(state).delivery.due.utc, state in {State.HELD, State.SKIPPED}) for state in states}
    assert told == {**posts, BARE: (State.QUEUED, None, NOON, False)}
    assert facts.deliveries[post_in(State.SENT).delivery.id].sent_at == NOON - HOUR
    assert facts.hashtags_used == {"name of hashtag": NOON - HOUR}
    assert [(event.was, event.became, event.at) for event in opened.events()] == [(State.QUEUED, state, NOON - HOUR) for state in states]
    assert [attempt.outcome for attempt in opened.attempts()] == [f"outcome of {state}" for state in states]
    assert opened.attempts("sent")[0].started_at.tzinfo is UTC
    assert opened.pauses() == PAUSES
    assert opened.last_tick() == NOON - HOUR
    assert opened.get("note") == ["of that time"]
    assert opened.frozen(post_in(State.UNCERTAIN).delivery.id) == post_in(State.UNCERTAIN).outgoing
    assert {line.post for line in opened.unfinished()} == {state.value for state in states if state not in DONE} | {BARE}


class Keeping(Network):
    """Is a network that was handed a post before: it sends that by itself at its time, and nobody may want it sent or taken back."""

    def hand_over(self, envelope: Envelope, remember: Remember) -> HandingOver:
        raise AssertionError(envelope.outgoing.delivery, remember)

    def take_back(self, envelope: Envelope) -> Verdict:
        raise AssertionError(envelope.outgoing.delivery)

    def where_is(self, envelope: Envelope) -> Whereabouts:
        return self.find(envelope)


def networks_of(states: list[State]) -> dict[str, Network]:
    """Returns the networks, each of which has what an earlier release sent there, or was about to when it ended."""
    networks = {state.value: Keeping() if state is State.HANDED else Network() for state in states} | {BARE: Network()}
    for state in OUT & set(states):
        networks[state.value].accept(envelope(post_in(state)))
    return networks


def test_an_old_ledger_sends_what_waits_once_and_nothing_that_is_out(old: Old, opened: Ledger) -> None:
    states = states_at(old.step)
    posts = {state: post_in(state) for state in states}
    networks = networks_of(states)
    asked = agenda(*(post for state, post in posts.items() if state is not State.CANCELLED), bare_post())

    def read(_now: object, _facts: object) -> Agenda:
        return asked

    sender = Sender(opened, old.clock, networks, read, Settings(owner="this release", workers=1))
    sender.recover(alone=True)
    for _ in range(3):
        sender.refresh()
        assert sender.tick().trouble is None
        old.clock.advance(LATE / 6)
    arrived = {state: networks[state.value].times() for state in states}
    assert arrived == {state: Counter({post.delivery.id: 1} if state in OUT | GOES else {}) for state, post in posts.items()}
    assert networks[BARE].times() == {bare_post().delivery.id: 1}
    became = {state: state_of(opened, post) for state, post in posts.items()}
    assert became == {state: State.SENT if state in OUT | GOES else state for state in states}
    assert reason_of(opened, posts[State.REFUSED]) == "reason of refused"
