"""What every emulator of ours stands on: a process of its own, a ledger of what it accepted, a clock and switches for faults.

An emulator answers as the documents of a network say it does; each shape names its document in the table of routes. What a document
does not say is marked ``[ours]``. A refusal is made by a function whose first argument is its :class:`Source`.
A fault is an order such as ``{"on": "POST /.*/media_publish", "do": "drop"}``:

==========  =================================================================================================================
drop        acts, keeps what it accepted, and closes the connection without an answer; with ``"early": true`` it does not act
answer      gives ``status``, ``body`` and ``headers`` instead; with ``"late": true`` it acts first
slow        acts, and answers after ``seconds``
==========  =================================================================================================================

With ``holding`` it is only for calls whose body holds this text.
"""

import base64
import json
import re
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx

from scheduler.clock import SystemClock
from tests.servers import processes
from tests.serving import Answering, Server


@dataclass(frozen=True)
class File:
    """Is one file of a form."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True)
class Call:
    """Is one request; ``fields`` are those of the query and of the form together, ``json`` the body where it is JSON."""

    method: str
    path: str
    fields: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    files: Mapping[str, File] = field(default_factory=dict)
    json: Any = None
    target: str = ""


class Source(str):
    """Is the document that a refusal has its code and its words from; ``[C]`` begins what programs quote, ``[ours]`` what nobody tells."""

    __slots__ = ()


@dataclass(frozen=True)
class Answer:
    """Is one response; a body that is no text becomes JSON."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()


Route = tuple[str, str, str]
"""Is a pattern of ``METHOD path``, the name of the method that answers it with the pattern's groups, and the document of that shape."""


class Emulator(ABC):
    """Answers calls, one at a time; ``state`` is JSON and is on the disk before any answer leaves."""

    routes: ClassVar[tuple[Route, ...]] = ()

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.address = address
        self._file = folder / "ledger.json"
        self.state: dict[str, Any] = json.loads(self._file.read_text("utf-8")) if self._file.exists() else self._empty()
        self.lock = threading.RLock()

    def _empty(self) -> dict[str, Any]:
        return {"faults": [], "later": 0.0, "next": 1, "calls": [], **self.fresh()}

    @abstractmethod
    def fresh(self) -> dict[str, Any]:
        """Returns the state of a network where nothing has happened."""

    @abstractmethod
    def unknown(self, call: Call) -> Answer:
        """Returns what the network says to a call that it does not know."""

    def refused(self, call: Call) -> Answer | None:
        """Returns what the network says to a call that is not allowed, before it looks at anything else."""
        del call
        return None

    def now(self) -> float:
        """Returns the emulator's time: the machine's, moved on by what tests asked for."""
        return SystemClock().now().timestamp() + float(self.state["later"])

    def number(self) -> str:
        """Returns an id that was never given before."""
        self.state["next"] += 1
        return str(17_900_000_000_000 + self.state["next"])

    def handle(self, call: Call) -> Answer:
        """Answers one call."""
        refused = self.refused(call)
        if refused is not None:
            return refused
        for pattern, name, _document in self.routes:
            match = re.fullmatch(pattern, f"{call.method} {call.path}")
            if match:
                answer: Answer = getattr(self, name)(call, *match.groups())
                return answer
        return self.unknown(call)

    def serve(self, call: Call) -> Answer | None:
        """Answers one call with the faults that were ordered; None closes the connection without an answer."""
        with self.lock:
            if call.path.startswith("/_emulator/"):
                return self._controlled(call)
            self.state["calls"].append(f"{call.method} {call.path}")
            fault = self._fault(call)
            acts = not fault or fault["do"] == "slow" or (fault["do"] == "drop" and not fault.get("early")) or bool(fault.get("late"))
            answer = self.handle(call) if acts else Answer()
            self.keep()
        if not fault:
            return answer
        if fault["do"] == "slow":
            SystemClock().wait(threading.Event(), float(fault["seconds"]))
            return answer
        return None if fault["do"] == "drop" else Answer(fault["status"], fault.get("body"), fault.get("headers", {}))

    def keep(self) -> None:
        """Puts the state on the disk in one step."""
        temporary = self._file.with_suffix(".new")
        temporary.write_text(json.dumps(self.state), "utf-8")
        temporary.replace(self._file)

    def _fault(self, call: Call) -> dict[str, Any] | None:
        for fault in self.state["faults"]:
            if re.fullmatch(fault["on"], f"{call.method} {call.path}") and fault.get("holding", "").encode() in call.body:
                fault["times"] = fault.get("times", 1) - 1
                if fault["times"] <= 0:
                    self.state["faults"].remove(fault)
                ordered: dict[str, Any] = fault
                return ordered
        return None

    def _controlled(self, call: Call) -> Answer:
        """Does what a test asks: orders a fault, moves the clock, sets a switch, or tells the state."""
        if call.path == "/_emulator/faults":
            self.state["faults"].append(call.json)
        elif call.path == "/_emulator/advance":
            self.state["later"] += call.json["seconds"]
        elif call.path == "/_emulator/switch":
            self.state.update(call.json)
        elif call.path == "/_emulator/reset":
            self.state = self._empty()
        self.keep()
        return Answer(200, self.state)


def serve(kind: type[Emulator], arguments: list[str]) -> None:
    """Runs an emulator until its process is ended: ``python -m tests.emulators.NAME PORT FOLDER``."""
    port, folder = int(arguments[0]), Path(arguments[1])
    Server(_Handler, port, {"serving": kind(folder, f"http://127.0.0.1:{port}")}).serve_forever()


class _Handler(Answering):
    serving: ClassVar[Emulator]
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        answer = self.serving.serve(call_of(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self.body()))
        if answer is None:
            self.close_connection = True
            return
        self.say(answer.status, answer.data, {"Content-Type": "application/json; charset=UTF-8", **answer.headers})


def call_of(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
    """Returns a request as emulators read it."""
    parts = urlsplit(target)
    fields = dict(parse_qsl(parts.query, keep_blank_values=True))
    kind = headers.get("content-type", "")
    parsed: Any = None
    files: dict[str, File] = {}
    if kind.startswith("application/x-www-form-urlencoded"):
        fields |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    elif kind.startswith("multipart/form-data"):
        more, files = _form(body, kind)
        fields |= more
    elif kind.startswith("application/json") and body:
        parsed = json.loads(body)
    return Call(method, unquote(parts.path), fields, headers, body, files, parsed, target)


def _form(body: bytes, kind: str) -> tuple[dict[str, str], dict[str, File]]:
    boundary = kind.partition("boundary=")[2].strip('"').encode()
    fields: dict[str, str] = {}
    files: dict[str, File] = {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, content = _parted(part)
        words = head.decode()
        name = re.search(r'(?<!file)name="([^"]*)"', words)
        assert name is not None, words
        filename = re.search(r'filename="([^"]*)"', words)
        mime = re.search(r"content-type: *([^\r\n]+)", words, re.IGNORECASE)
        if filename:
            files[name[1]] = File(filename[1], mime[1] if mime else "", content)
        else:
            fields[name[1]] = content.decode()
    return fields, files


def _parted(part: bytes) -> tuple[bytes, bytes]:
    """Returns head and content of one part; the line ends at both sides are the form's."""
    head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    return head, content.removesuffix(b"\r\n")


@dataclass(frozen=True)
class Running:
    """Is an emulator in its process, as a test holds it."""

    address: str
    folder: Path

    def fault(self, on: str, do: str, **more: Any) -> None:
        """Orders a fault for the next call that matches (``times`` for more than one)."""
        self._tell("faults", {"on": on, "do": do, **more})

    def advance(self, *, hours: float = 0.0) -> None:
        """Moves the network's clock on."""
        self._tell("advance", {"seconds": hours * 3600})

    def switch(self, **values: Any) -> None:
        """Sets the network's switches, or any of its state."""
        self._tell("switch", values)

    def reset(self) -> None:
        """Forgets everything that happened."""
        self._tell("reset", {})

    @property
    def state(self) -> dict[str, Any]:
        """Returns everything that the network knows."""
        found: dict[str, Any] = loopback().get(f"{self.address}/_emulator/state").json()
        return found

    def _tell(self, what: str, order: Mapping[str, Any]) -> None:
        loopback().post(f"{self.address}/_emulator/{what}", json=order).raise_for_status()


@cache
def loopback() -> httpx.Client:
    """Returns what asks on this machine: nothing is encrypted, so that no list of authorities has to be read each time."""
    return httpx.Client(verify=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


@contextmanager
def running(name: str, folder: Path) -> Iterator[Running]:
    """Runs an emulator of this folder's in a process of its own, with its ledger in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    port = processes.free_port()
    command: list[str | Path] = [sys.executable, "-m", f"tests.emulators.{name}", str(port), folder]
    with processes.running(command, folder / "log", lambda: processes.listens(port)):
        yield Running(f"http://127.0.0.1:{port}", folder)


def basic(name: str, secret: str) -> str:
    """Returns the header of HTTP basic authentication."""
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()
