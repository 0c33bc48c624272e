"""Reads the ledger's file without any of our code, and says what must never be seen in it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

ASIDE = {"held", "missed", "skipped", "cancelled"}
WAYS: dict[str, set[str]] = {
    "planned": {"queued", "uncertain", *ASIDE},
    "queued": {"claimed", "sent", "uncertain", *ASIDE},
    "claimed": {"sending", "queued", "held", "uncertain"},
    "sending": {"sent", "queued", "refused", "uncertain", "handed"},
    "handed": {"sent", "queued", "uncertain"},
    "uncertain": {"sent", "queued", "sending", "handed"},
    "sent": set(),
    "refused": {"sent"},
    **{state: {"queued", "sent", "uncertain", *ASIDE} for state in ASIDE},
}
"""The changes of state there are; from ``queued`` and what is set aside straight to ``sent`` only by an answer that came late."""
TOLD = {"held", "missed", "refused", "cancelled", "uncertain"}

Row = dict[str, Any]


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as raw:
        raw.row_factory = sqlite3.Row
        yield raw


class Witness:
    """Remembers what the file said at the last look; what is append-only must begin with it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.events: list[Row] = []
        self.attempts: list[Row] = []
        self.rows: dict[str, Row] = {}

    def delivery(self, name: str) -> Row | None:
        """Returns one delivery as it is committed now."""
        with reading(self.file) as raw:
            row = raw.execute("SELECT * FROM delivery WHERE id = ?", (name,)).fetchone()
        return dict(row) if row is not None else None

    def waits_until(self, account: str) -> datetime | None:
        """Returns until when the account's network asked it to send nothing, where it did."""
        with reading(self.file) as raw:
            row = raw.execute("SELECT value FROM meta WHERE key = ?", (f"spent:{account}",)).fetchone()
        return datetime.fromisoformat(json.loads(row["value"])[0]) if row is not None else None

    def pauses(self) -> set[tuple[str, str]]:
        with reading(self.file) as raw:
            return {(row["scope"], row["name"]) for row in raw.execute("SELECT scope, name FROM pause")}

    def look(self) -> list[str]:
        """Returns what is wrong with the file now."""
        with reading(self.file) as raw:
            events = [dict(row) for row in raw.execute("SELECT * FROM event ORDER BY id")]
            attempts = [dict(row) for row in raw.execute("SELECT * FROM attempt ORDER BY id")]
            rows = {row["id"]: dict(row) for row in raw.execute("SELECT * FROM delivery")}
        wrong = [*self._appended(events, attempts), *self._fences(rows), *_ways(events, rows), *_reasons(rows)]
        self.events, self.attempts, self.rows = events, attempts, rows
        return wrong

    def forget(self, rows: dict[str, Row], events: list[Row], attempts: list[Row]) -> None:
        """Goes back to an earlier look: the ledger was put back from a copy."""
        self.rows, self.events, self.attempts = rows, events, attempts

    def _appended(self, events: list[Row], attempts: list[Row]) -> Iterator[str]:
        if events[: len(self.events)] != self.events:
            yield "events were changed"
        if attempts[: len(self.attempts)] != self.attempts:
            yield "attempts were changed"

    def _fences(self, rows: dict[str, Row]) -> Iterator[str]:
        for name, row in self.rows.items():
            if name not in rows:
                yield f"{name} is gone"
            elif rows[name]["fence"] < row["fence"]:
                yield f"{name}: the fence went back"


def _ways(events: list[Row], rows: dict[str, Row]) -> Iterator[str]:
    """Yields the events that lead from nowhere or to nowhere; they must explain every state."""
    last = dict.fromkeys(rows, "planned")
    fences: set[tuple[str, int]] = set()
    for event in events:
        name, was, became = event["delivery"], event["was"], event["became"]
        if was != became:
            if last[name] != was:
                yield f"{name}: {was} -> {became} follows {last[name]}"
            if became not in WAYS[was]:
                yield f"{name}: {was} -> {became}"
        if became == "claimed":
            if (name, event["fence"]) in fences:
                yield f"{name}: two claims with fence {event['fence']}"
            fences.add((name, event["fence"]))
        last[name] = became
    yield from (f"{name} is {row['state']} and its events end in {last[name]}" for name, row in rows.items() if row["state"] != last[name])


def _reasons(rows: dict[str, Row]) -> Iterator[str]:
    yield from (f"{name} is {row['state']} without a reason" for name, row in rows.items() if row["state"] in TOLD and not row["reason"])
    yield from (f"{name} is sent without a time" for name, row in rows.items() if row["state"] == "sent" and not row["sent_at"])
