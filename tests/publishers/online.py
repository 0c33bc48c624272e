"""Accounts on real servers: how tests connect them, and a line to them that can be cut where a test wants it."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from scheduler.clock import SystemClock
from scheduler.model.facets import facets_of
from scheduler.model.network import Account
from scheduler.model.outcome import Absent, Outcome, Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from scheduler.publishers.contract import Connection, Publisher
from scheduler.publishers.discovery import known_networks
from tests.serving import Answering, serving

MOST_ROUNDS = 8


class Hasty(SystemClock):
    """Tells the real time and does not wait for anything: what is waited for here is there at once."""

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        del seconds
        return stop.is_set()


def connected(network: str, settings: Mapping[str, str], secret: str, folder: Path) -> Publisher:
    """Returns a new publisher of the account ``main``, as after a start of the program."""
    adapter = known_networks()[network]
    defaults = {setting.name: setting.default for setting in adapter.facts.settings if setting.default is not None}
    account = Account(name="main", network=network, live=True, settings={**defaults, **settings})
    assert adapter.connect is not None
    return adapter.connect(Connection(account, folder, lambda: secret, clock=Hasty()))


def words(text: str, delivery: str = "0a1b2c3d4e5f", network: str = "any") -> Outgoing:
    """Returns a post of words alone, with its links, tags and mentions marked."""
    return Outgoing(delivery=delivery, account="main", network=network, text=text, facets=facets_of(text), language="en")


def prepared(publisher: Publisher, outgoing: Outgoing) -> Envelope:
    """Returns the envelope with ids that can be added to, as the ledger does."""
    return Envelope(outgoing, dict(publisher.prepare(outgoing, SystemClock().now())))


def publish(publisher: Publisher, envelope: Envelope) -> Outcome:
    """Publishes, and keeps the ids from invisible steps in the envelope."""
    ids = envelope.ids
    assert isinstance(ids, dict)
    return publisher.publish(envelope, ids.__setitem__)


def settled(publisher: Publisher, envelope: Envelope, outcome: Outcome) -> Published | Refused:
    """Does what the engine does until it is sure: asks where it is uncertain, sends where it is proven absent."""
    for _ in range(MOST_ROUNDS):
        match outcome:
            case Published():
                return outcome
            case Refused(permanent=True):
                return outcome
            case Refused():
                outcome = publish(publisher, envelope)
            case Uncertain():
                proof = publisher.find(envelope)
                outcome = publish(publisher, envelope) if isinstance(proof, Absent) else proof
    raise AssertionError(f"never settled: {outcome}")


@dataclass
class Line:
    """Is a line to a server; ``cuts`` are faults for the next calls whose path holds ``where``, used up in order.

    A cut is ``early`` (the server hears nothing), ``late`` (the server acts and its answer is lost), ``500`` (it acts, and an error
    is answered), or ``429`` (it hears nothing and we are asked to wait). ``answers`` are given instead of the server's own, each to the
    first call whose method, path and body hold its pattern; one that is ``late`` is given after the server has acted.
    ``drops`` are cuts for the first call whose method and path match their pattern.
    ``watch`` is told of each call ``before`` the server hears it and ``after`` it has acted, while nobody has the answer yet.
    """

    address: str
    where: str
    cuts: list[str] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    answers: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    drops: list[tuple[str, str]] = field(default_factory=list)
    watch: Callable[[str, str], None] = lambda _when, _call: None

    def answer_to(self, call: str) -> Mapping[str, Any] | None:
        """Takes and returns what is answered to a call instead."""
        found = next((item for item in self.answers if re.search(item[0], call)), None)
        if found is None:
            return None
        self.answers.remove(found)
        return found[1]

    def fault(self, on: str, do: str, **more: Any) -> None:
        """Orders a fault for the next call that holds the pattern, in the words of emulators (``drop`` and ``answer`` there)."""
        if do == "drop":
            self.drops.append((on, "early" if more.get("early") else "late"))
        else:
            self.answers.append((on, {"body": "", "headers": {}, "late": False, **more}))

    def cut(self, method: str, path: str) -> str:
        """Takes and returns how a call is cut; nothing where it is not."""
        found = next((item for item in self.drops if re.search(item[0], f"{method} {path}")), None)
        if found is not None:
            self.drops.remove(found)
            return found[1]
        return self.cuts.pop(0) if method != "GET" and self.where in path and self.cuts else ""


@contextmanager
def line_to(server: str, where: str) -> Iterator[Line]:
    """Runs a line to the server until the block ends."""
    line = Line("", where)
    with serving(_Handler, line=line, server_address_of=server) as line.address:
        yield line


class _Handler(Answering):
    line: Line
    server_address_of: str

    def answer(self) -> None:
        body = self.body()
        self.line.calls.append((self.command, self.path))
        cut = self.line.cut(self.command, self.path)
        self.close_connection = True
        if cut == "early":
            return
        if cut == "429":
            self._answer(429, b'{"error":"RateLimitExceeded"}', {"Retry-After": "17"})
            return
        call = f"{self.command} {self.path} {body[:4096].decode(errors='replace')}"
        self.line.watch("before", call)
        instead = self.line.answer_to(call)
        if instead is not None and not instead["late"]:
            self._instead(instead)
            return
        passed = {name: value for name, value in self.headers.items() if name.lower() not in {"host", "connection"}}
        answer = httpx.request(self.command, self.server_address_of + self.path, content=body, headers=passed, timeout=60)
        self.line.watch("after", call)
        if cut == "late":
            return
        if instead is not None:
            self._instead(instead)
        elif cut == "500":
            self._answer(500, b'{"error":"InternalServerError"}', {})
        else:
            self._answer(answer.status_code, answer.content, {"Content-Type": answer.headers.get("content-type", "text/plain")})

    def _instead(self, answer: Mapping[str, Any]) -> None:
        body = answer["body"]
        text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        kind = "text/html" if isinstance(body, str) else "application/json"
        self._answer(answer["status"], text.encode(), {"Content-Type": kind, **answer["headers"]})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.say(status, body, {**headers, "Connection": "close"})
