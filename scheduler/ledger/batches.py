"""One statement for many rows: what is looked up and translated for each value is looked up once for each statement."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, TextClause, Update

Many = Insert | Update | TextClause


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Is a statement as a database's driver takes it, with the names of its parameters and what makes a stored value of each."""

    said: str
    form: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    is_positional: bool

    def given(self, row: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """Returns the parameters of one row."""
        if self.is_positional:
            return tuple([row[name] if stored is None else stored(row[name]) for name, stored in self.form])
        return {name: row[name] if stored is None else stored(row[name]) for name, stored in self.form}


def run_for_each(connection: Connection, statement: Many, rows: Sequence[Mapping[str, Any]]) -> int:
    """Runs a statement once for each row, whose keys are its parameters; returns how many rows of the table it changed.

    All rows have the same keys. A statement must be made once and kept, since that is how it is found again.
    """
    if not rows:
        return 0
    prepared = _prepared(statement, connection.dialect, tuple(rows[0]))
    return connection.exec_driver_sql(prepared.said, [prepared.given(row) for row in rows]).rowcount


@lru_cache(maxsize=256)
def _prepared(statement: Many, dialect: Dialect, names: tuple[str, ...]) -> _Prepared:
    # The names of an insert say which columns it fills; an update and a text name theirs by themselves.
    filled = list(names) if isinstance(statement, Insert) else None
    compiled: Any = statement.compile(dialect=dialect, column_keys=filled, for_executemany=True)
    wanted = compiled.positiontup if compiled.positional else list(compiled.params)
    form = tuple((name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in wanted)
    return _Prepared(compiled.string, form, compiled.positional)
