"""Files with one table for each entry, such as a hashtag set or a partner: an entry with an error is left out, the others stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from scheduler.model.finding import Finding
from scheduler.postfiles.house.tables import Tables
from scheduler.postfiles.lines.slips import Slip

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Entries(Generic[Entry]):
    """Is what such a file says. ``broken`` names the entries that could not be read; with ``unreadable`` nobody knows which there are.

    ``file`` tells where each word of it stands; None where there is no such file.
    """

    known: Mapping[str, Entry] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    broken: frozenset[str] = frozenset()
    unreadable: bool = False
    file: Tables | None = None

    @property
    def speaks(self) -> bool:
        """Tells whether there is such a file, so that a name it does not have is a mistake."""
        return bool(self.known or self.broken or self.unreadable)

    def lost(self, name: str) -> bool:
        """Tells whether an entry of that name may be there and cannot be read."""
        return self.unreadable or name in self.broken


class Sheet:
    """Is the table of one entry, and takes down what is wrong with it."""

    def __init__(self, file: Tables, name: str, table: Mapping[str, Any]) -> None:
        self._file = file
        self.name = name
        self.table = table
        self.broken = False

    def wrong(self, slip: Slip, key: str = "", word: str = "") -> None:
        """Adds an error at a word of a key's value, at the key, or at the heading; the entry is left out."""
        self.broken = True
        self.noted(slip, key, word)

    def noted(self, slip: Slip, key: str, word: str = "") -> None:
        """Adds a finding that leaves the entry as it is."""
        self._file.found(slip, self.name, key, word)


def read_entries(file: Tables, read: Callable[[Sheet], Entry], outside: Callable[[str], Slip]) -> Entries[Entry]:
    """Returns the entries that ``read`` makes of the file's tables; ``outside`` tells of a setting that stands above the first of them."""
    if file.tables is None:
        return Entries(findings=tuple(file.findings), unreadable=True)
    known: dict[str, Entry] = {}
    broken: set[str] = set()
    for name, table in file.tables.items():
        if not isinstance(table, dict):
            broken.add(name)
            file.found(outside(name), name)
            continue
        sheet = Sheet(file, name, table)
        entry = read(sheet)
        if sheet.broken:
            broken.add(name)
        else:
            known[name] = entry
    return Entries(known, tuple(file.findings), frozenset(broken), file=file)
