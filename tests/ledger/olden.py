"""Fills ledgers of earlier releases to the last column, and reads a database as it is."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

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
    table,
    text,
)

from scheduler.ledger.pauses import Pause, Scope
from scheduler.ledger.tables import instant_text
from scheduler.model.delivery import State
from scheduler.model.plan import Entry
from tests.ledger.conftest import Address
from tests.ledger.making import LATE, NOON, entry, envelope

SINCE = {State.HANDED: "0004"}
"""The states that the first release did not know, and the step that came with them."""
HOUR = timedelta(hours=1)
BEFORE, AFTER = instant_text(NOON - HOUR), instant_text(NOON + 24 * HOUR)
BARE = "bare"
"""The post of a queued delivery of which nothing is set that need not be."""
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


def filled(of: Table, row: str, known: Row) -> Row:
    """Returns a row with every column set: what matters by name, times and numbers by their kind, and else words that tell them apart."""
    return {
        column.name: known.get(column.name, _filling(column, f"{column.name} of {row}"))
        for column in of.columns
        if not (column.primary_key and isinstance(column.type, Integer))
    }


def _filling(column: Column[Any], words: str) -> object:
    if isinstance(column.type, Integer):
        return 1
    length = column.type.length if isinstance(column.type, String) else None
    return BEFORE if length == len(BEFORE) else words[:length]


def delivery_row(deliveries: Table, of: Entry, state: State) -> Row:
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
    return filled(deliveries, state.value, known)


def bare_row(deliveries: Table) -> Row:
    row = delivery_row(deliveries, bare_post(), State.QUEUED)
    fresh = {"owner": "", "fingerprint": "", "ids": "{}", "attempts": 0, "fence": 0, "released": 0, "unproven": 0}
    return {name: None if deliveries.c[name].nullable else fresh.get(name, value) for name, value in row.items()}


PAUSES = (
    Pause(Scope.ACCOUNT, "quiet", "reason of account", NOON - HOUR),
    Pause(Scope.CAMPAIGN, "autumn", "reason of campaign", NOON - HOUR),
)


def rows_of(of: Table, step: str) -> list[Row]:
    """Returns what a table held in its time; one that is not known here gets a row all the same."""
    posts = {state: post_in(state) for state in states_at(step)}
    if of.name == "delivery":
        return [*(delivery_row(of, post, state) for state, post in posts.items()), bare_row(of)]
    moves = [(state, {"delivery": post.delivery.id, "was": "queued", "became": state.value}) for state, post in posts.items()]
    known: dict[str, list[tuple[str, Row]]] = {
        "attempt": [*moves],
        "event": [*moves],
        "pause": [(pause.scope, {"scope": pause.scope.value, "name": pause.name}) for pause in PAUSES],
        "meta": [("meta", {"key": "note", "value": '["of that time"]'})],
    }
    return [filled(of, row, values) for row, values in known.get(of.name, [(of.name, {})])]


def fill(connection: Connection, step: str) -> None:
    """Fills every table there is."""
    there = MetaData()
    there.reflect(connection)
    for of in there.sorted_tables:
        if of.name != "alembic_version":
            for row in rows_of(of, step):
                connection.execute(of.insert().values(row))


def contents(engine: Engine) -> Rows:
    """Returns every row of every table in the order of its key, which comes first."""
    with engine.connect() as connection:
        found = {name: connection.execute(select(text("*")).select_from(table(name))) for name in inspect(connection).get_table_names()}
        return {
            name: sorted((dict(row) for row in rows.mappings()), key=lambda row: [*map(str, row.values())]) for name, rows in found.items()
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
