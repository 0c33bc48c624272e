"""Where each key of a TOML file stands, for error messages; the values themselves are read by tomllib."""

import re
from collections.abc import Iterator

from scheduler.model.finding import Span

_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_INNER = re.compile(r"""[{,]\s*([\w-]+|"[^"]*"|'[^']*')\s*=\s*("[^"]*"|'[^']*'|[^\s,{}"']+)""")
_KEY = re.compile(r"""(\s*)((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=\s*""")

Path = tuple[str, ...]


def positions(source: str) -> dict[Path, Span]:
    """Returns the place of every table and key; the span of a key is its value, that of a table its header.

    It reads line by line and so may take a line inside a multi-line string for a key: it only ever says where to look.
    """
    found: dict[Path, Span] = {}
    table: Path = ()
    for number, line in enumerate(source.splitlines(), start=1):
        header = _HEADER.match(line)
        if header is not None:
            table = _names(header[1])
            found[table] = Span(number, header.start(1) + 1, header.end(1) + 1)
            continue
        key = _KEY.match(line)
        if key is not None:
            value = line[key.end() :].rstrip()
            found[*table, *_names(key[2])] = Span(number, key.end() + 1, key.end() + max(len(value), 1) + 1)
            found[*table, *_names(key[2]), ""] = Span(number, key.start(2) + 1, key.end(2) + 1)
            if value.startswith("{"):
                found.update(_inline((*table, *_names(key[2])), line, key.end(), number))
    return found


def _inline(table: Path, line: str, start: int, number: int) -> Iterator[tuple[Path, Span]]:
    """Yields the places in an inline table that begins there, as far as its values are plain."""
    for entry in _INNER.finditer(line, start):
        path = (*table, *_names(entry[1]))
        yield path, Span(number, entry.start(2) + 1, entry.end(2) + 1)
        yield (*path, ""), Span(number, entry.start(1) + 1, entry.end(1) + 1)


def _names(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in re.findall(r"""[\w-]+|"[^"]*"|'[^']*'""", dotted))


def place_of(found: dict[Path, Span], path: Path, *, key: bool = False) -> Span:
    """Returns the place of a path, or of the nearest table around it; ``key`` asks for the key instead of its value."""
    if key and (*path, "") in found:
        return found[*path, ""]
    while path and path not in found:
        path = path[:-1]
    return found.get(path, Span())
