"""What networks refuse, as tables: ``errors/NETWORK.toml`` has a row for each error that a network's documents name.

A network that has two doors has a table for each: ``errors/NETWORK-DOOR.toml``.

A table begins with ``source``, the document its rows come from. A row (``[[errors]]``) has

===========  ================================================================================================================
says         what the network calls it, as the printed table shows it; no two rows of a table say the same
class        where it lands, one of :data:`CLASSES`
status       the answer's status; ``body`` is text or becomes JSON, ``headers`` are added to it, where ``NOW+90`` is the Unix time then
on           which call it answers, as a pattern of ``METHOD path``; the one that makes a post visible unless told
late         whether the network acted all the same
before       answers to calls made before it, each with ``on``, ``status`` and ``body``
wait         the seconds that it asks us to wait
ids          what the ledger knows of the delivery besides what the publisher prepares
pictures     how many pictures the post has; with ``film`` there is a film before them
source       the document, where it is another one than the table's
===========  ================================================================================================================

A network's suite (:class:`~tests.publishers.conformance.Conformance`) is held to its table, a test for each row; any other test gets the
rows by asking for the fixture ``error_row`` in a class that has a ``network``.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from scheduler.model.outcome import Halted, Outcome, Published, Refused, Uncertain

FOLDER = Path(__file__).parent / "errors"
CLASSES: Mapping[str, str] = {
    "transient": "sent again later, by itself",
    "rate": "sent again when the network wants it",
    "media": "the post is held until its picture is another one",
    "content": "the post is held until its words are others",
    "auth": "the account is paused until a person renews its secret or its rights",
    "restricted": "the account is paused until a person has cleared it up with the network",
    "duplicate": "the network has these words already: they are not sent again",
    "refused": "the post is held: a person reads why",
    "unknown": "nobody knows whether it is out: proof is looked for, or a person is asked",
    "sent": "it is out, and the network said so in its own way",
}
_PERMANENT = {"media": True, "content": True, "auth": False, "restricted": False, "rate": False}


@dataclass(frozen=True, kw_only=True)
class Row:
    """Is one error of a network."""

    network: str
    says: str
    lands: str
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    on: str = ""
    late: bool = False
    before: Sequence[Mapping[str, Any]] = ()
    wait: int | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    pictures: int | None = None
    film: bool = False
    source: str

    def answer(self, now: datetime) -> dict[str, Any]:
        """Returns the answer as an emulator takes it."""
        seconds = int(now.timestamp())
        headers = {name: re.sub(r"NOW\+(\d+)", lambda match: str(seconds + int(match[1])), text) for name, text in self.headers.items()}
        return {"status": self.status, "body": self.body, "headers": headers, "late": self.late}


@cache
def table(network: str) -> tuple[Row, ...]:
    """Returns the rows of a network, none where it has no table; a key that is none stops the tests."""
    path = FOLDER / f"{network}.toml"
    if not path.exists():
        return ()
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = [{"source": data["source"], "network": network, **row} for row in data["errors"]]
    return tuple(Row(**{("lands" if name == "class" else name): value for name, value in row.items()}) for row in rows)


def class_of(outcome: Outcome) -> str:
    """Returns where an outcome lands; one that is kept for ever and should not be, or the other way round, lands nowhere."""
    match outcome:
        case Published():
            return "sent"
        case Uncertain():
            return "unknown"
        case Halted():
            return "halted"
        case Refused(kind=""):
            return "refused" if outcome.permanent else "transient"
        case Refused(kind=kind):
            return kind if outcome.permanent == _PERMANENT.get(kind, outcome.permanent) else f"{kind}, but permanent={outcome.permanent}"
