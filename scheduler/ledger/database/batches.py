"""One statement for many rows: what is looked up and translated for each value is looked up once for each statement."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, TextClause, Update

Many = Insert | Update | TextClause
Row = Mapping[str, Any]

MOST_VALUES = 5_000
"""How many values one statement takes at most; both databases stop at some tens of thousands."""
_NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Is a statement as a database's driver takes it, with the names of its parameters and what makes a stored value of each."""

    said: str
    form: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    is_positional: bool

    def values(self, row: Row) -> list[Any]:
        """Returns what is stored of one row, in the order of the form."""
        return [row[name] if stored is None else stored(row[name]) for name, stored in self.form]

    def given(self, row: Row) -> tuple[Any, ...] | dict[str, Any]:
        """Returns the parameters of one row."""
        values = self.values(row)
        return tuple(values) if self.is_positional else {name: value for (name, _), value in zip(self.form, values, strict=True)}

    def for_rows(self, number: int) -> str:
        """Returns an insert of that many rows, with parameters by their place."""
        lead, _, one = _NAMED.sub("%s", self.said).rpartition(" VALUES ")
        return f"{lead} VALUES {', '.join([one] * number)}"


def run_for_each(connection: Connection, statement: Update | TextClause, rows: Sequence[Row]) -> int:
    """Runs a statement once for each row, whose keys are its parameters; returns how many rows of the table it changed.

    All rows have the same keys. A statement must be made once and kept, since that is how it is found again.
    """
    if not rows:
        return 0
    prepared = _prepared(statement, connection.dialect, tuple(rows[0]))
    return connection.exec_driver_sql(prepared.said, [prepared.given(row) for row in rows]).rowcount


def insert_all(connection: Connection, statement: Insert, rows: Sequence[Row]) -> None:
    """Inserts rows that have the same keys, many by one statement: a server is asked once, not once for each."""
    if not rows:
        return
    prepared = _prepared(statement, connection.dialect, tuple(rows[0]))
    most = max(1, MOST_VALUES // len(prepared.form))
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        connection.exec_driver_sql(prepared.for_rows(len(some)), tuple(value for row in some for value in prepared.values(row)))


@lru_cache(maxsize=256)
def _prepared(statement: Many, dialect: Dialect, names: tuple[str, ...]) -> _Prepared:
    # The names of an insert say which columns it fills; an update and a text name theirs by themselves.
    filled = list(names) if isinstance(statement, Insert) else None
    compiled: Any = statement.compile(dialect=dialect, column_keys=filled, for_executemany=True)
    wanted = compiled.positiontup if compiled.positional else list(dict.fromkeys(_NAMED.findall(compiled.string)))
    form = tuple((name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in wanted)
    return _Prepared(compiled.string, form, compiled.positional)
