"""Ledgers of every earlier release, filled to the last column: opened by this one, they keep all they knew and send nothing twice."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Inspector,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    inspect,
    make_url,
    select,
)

from scheduler.clock import VirtualClock
from scheduler.daemon import Engine as Sender
from scheduler.daemon import Settings
from scheduler.ledger import Ledger, migrations, open_ledger
from scheduler.ledger.copies import kept_copies, verify
from scheduler.ledger.migrating import HEAD, migrate, revision_of
from scheduler.ledger.pauses import Pause, Scope
from scheduler.ledger.tables import METADATA, instant_text
from scheduler.model.delivery import State
from scheduler.model.outcome import HandingOver, Proof, Whereabouts
from scheduler.model.outgoing import Envelope
from scheduler.model.plan import Agenda, Entry
from scheduler.publishers.contract import Remember
from tests.daemon.network import Network
from tests.ledger.conftest import Address, empty_schema
from tests.ledger.making import LATE, NOON, agenda, entry, envelope, reason_of, state_of

STEPS = sorted(path.name[1:5] for path in Path(migrations.__path__[0]).glob("versions/v*.py"))
SINCE = {State.HANDED: "0004"}
"""The states that the first release did not know, and the step that came with them."""
HOUR = timedelta(hours=1)
BEFORE, AFTER = instant_text(NOON - HOUR), instant_text(NOON + 24 * HOUR)
BARE = "bare"
"""The post of a queued delivery of which nothing is set that need not be."""
OUT = frozenset({State.SENT, State.SENDING, State.UNCERTAIN, State.HANDED})
GOES = frozenset({State.QUEUED, State.CLAIMED})
DONE = frozenset({State.SENT, State.CANCELLED, State.SKIPPED})
Row = dict[str, Any]
Rows = dict[str, list[Row]]


def states_at(step: str) -> list[State]:
    return [state for state in State if state is not State.PLANNED and SINCE.get(state, step) <= step]


def post_in(state: State) -> Entry:
    """Returns what the folder asks for; each stands on an account of its own, so that none waits for another."""
    due = NOON - 3 * LATE if state is State.MISSED else NOON
    return entry(state.value, account=state.value, due=due)


def bare_post() -> Entry:
    return entry(BARE, account=BARE)


def filled(table: Table, row: str, known: Row) -> Row:
    """Returns a row with every column set: what matters by name, times and numbers by their kind, and else words that tell them apart."""
    return {
        column.name: known.get(column.name, _filling(column, f"{column.name} of {row}"))
        for column in table.columns
        if not (column.primary_key and isinstance(column.type, Integer))
    }


def _filling(column: Column[Any], words: str) -> object:
    if isinstance(column.type, Integer):
        return 1
    length = column.type.length if isinstance(column.type, String) else None
    return BEFORE if length == len(BEFORE) else words[:length]


def delivery_row(table: Table, of: Entry, state: State) -> Row:
    assert of.outgoing is not None
    due, print_ = of.delivery.due, of.outgoing.fingerprint
    places = {"id": of.delivery.id, "post": of.delivery.post.id, "part": "", "account": of.delivery.account.name, "occurrence": ""}
    times = dict.fromkeys(("due_utc", "not_before", "next_at"), instant_text(due.utc)) | dict.fromkeys(("expires_at", "event_ends"), AFTER)
    known: Row = places | times
    known |= {"due_local": due.local.isoformat(), "zone": due.zone, "late_at": instant_text(due.utc + LATE), "late_state": "skipped"}
    known |= {"state": state.value, "owner": "a run that died", "released": int(state is not State.MISSED)}
    known |= {"draft_fingerprint": print_, "fingerprint": print_, "held_for": print_ if state in {State.HELD, State.SKIPPED} else ""}
    known |= {"network": "website", "campaign": "spring", "hashtags": "union strike"}
    known |= {"payload": of.outgoing.to_json(), "ids": json.dumps(dict(envelope(of).ids))}
    return filled(table, state.value, known)


def bare_row(table: Table) -> Row:
    row = delivery_row(table, bare_post(), State.QUEUED)
    fresh = {"owner": "", "fingerprint": "", "ids": "{}", "attempts": 0, "fence": 0, "released": 0, "unproven": 0}
    return {name: None if table.c[name].nullable else fresh.get(name, value) for name, value in row.items()}


PAUSES = (
    Pause(Scope.ACCOUNT, "quiet", "reason of account", NOON - HOUR),
    Pause(Scope.CAMPAIGN, "autumn", "reason of campaign", NOON - HOUR),
)


def rows_of(table: Table, step: str) -> list[Row]:
    """Returns what a table held in its time; one that is not known here gets a row all the same."""
    posts = {state: post_in(state) for state in states_at(step)}
    if table.name == "delivery":
        return [*(delivery_row(table, post, state) for state, post in posts.items()), bare_row(table)]
    moves = [(state, {"delivery": post.delivery.id, "was": "queued", "became": state.value}) for state, post in posts.items()]
    known: dict[str, list[tuple[str, Row]]] = {
        "attempt": [*moves],
        "event": [*moves],
        "pause": [(pause.scope, {"scope": pause.scope.value, "name": pause.name}) for pause in PAUSES],
        "meta": [("meta", {"key": "note", "value": '["of that time"]'})],
    }
    return [filled(table, row, values) for row, values in known.get(table.name, [(table.name, {})])]


def fill(connection: Connection, step: str) -> None:
    """Fills every table there is."""
    there = MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        if table.name != "alembic_version":
            for row in rows_of(table, step):
                connection.execute(table.insert().values(row))


def contents(engine: Engine) -> Rows:
    there = MetaData()
    there.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))]  # noqa: SLF001 - so it is called
            for table in there.sorted_tables
        }


def form(engine: Engine) -> dict[str, object]:
    """Returns all that the database says of each table, but for how its own numbers are counted on."""
    here = inspect(engine)
    return {name: _form_of(here, name) for name in sorted(here.get_table_names())}


def _form_of(here: Inspector, name: str) -> object:
    columns = [(column["name"], str(column["type"]), column["nullable"], column["default"]) for column in here.get_columns(name)]
    indexes = sorted((index["name"] or "", index["column_names"], index["unique"]) for index in here.get_indexes(name))
    uniques = sorted((unique["name"] or "", unique["column_names"]) for unique in here.get_unique_constraints(name))
    foreign = sorted((key["name"] or "", key["constrained_columns"], key["referred_table"]) for key in here.get_foreign_keys(name))
    return columns, indexes, uniques, foreign, here.get_pk_constraint(name)


def connect(address: Address) -> Engine:
    return create_engine(URL.create("sqlite+pysqlite", database=str(address)) if isinstance(address, Path) else make_url(address))


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


def defaults(table: str, columns: set[str]) -> Row:
    """Returns what the tables of this release say that columns hold of which an earlier one knew nothing."""
    told: Row = {}
    for name in columns:
        column = METADATA.tables[table].c[name]
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

    def take_back(self, envelope: Envelope) -> Proof:
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
