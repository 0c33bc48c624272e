"""Networks on a stage: an emulator in this process answers, and any one of its answers is changed before a publisher gets it.

Whoever has a network's own suite (:class:`~tests.publishers.emulated.Emulated`) is found by :func:`stages`, so that a new network is
attacked as soon as it has one.
"""

import copy
import importlib
import io
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import httpx
import pytest

import tests.publishers
from scheduler.clock import SystemClock
from scheduler.publishers import exchange as door
from scheduler.publishers.answers import Reply
from scheduler.publishers.exchange import Call as Asked
from scheduler.publishers.exchange import Exchange
from scheduler.publishers.hosting.own import Shelf
from scheduler.publishers.hosting.server import serving
from tests.emulators import mastodon
from tests.emulators.emulating import Answer, Call, Emulator, Running, call_of
from tests.publishers.emulated import Emulated
from tests.publishers.posts import Shown
from tests.publishers.suite import Suite
from tests.publishers.test_instagram import Hosted
from tests.servers import processes

ADDRESS = "http://127.0.0.1:9"
Twist = Callable[[Reply], Reply]
Found = TypeVar("Found", bound=Suite)


class MastodonStage(Emulated):
    """Plays an account on the emulator that has a form of its own."""

    emulator = "mastodon"
    network = "mastodon"
    visible = "POST /api/v1/statuses"
    secret = mastodon.TOKEN

    def settings(self, server: Running) -> dict[str, str]:
        return {"server": server.address}

    def shown(self, server: Running) -> list[Shown]:
        return [Shown(each["content"]) for each in server.state["world"].statuses]


class _Within(Emulator):
    """Gives calls to the emulator that is written as a handler of requests."""

    def fresh(self) -> dict[str, Any]:
        return {"world": mastodon.World()}

    def keep(self) -> None:
        """Keeps nothing on the disk."""

    def unknown(self, call: Call) -> Answer:
        lines = "".join(f"{name}: {value}\r\n" for name, value in call.headers.items() if name != "content-length")
        head = f"{call.method} {call.target} HTTP/1.1\r\n{lines}content-length: {len(call.body)}\r\n\r\n"
        line = _Line(head.encode() + call.body)
        type("Handler", (mastodon.Handler,), {"world": self.state["world"]})(line, ("127.0.0.1", 0), None)
        response = HTTPResponse(_Line(line.said.getvalue()))  # type: ignore[arg-type] # as above
        response.begin()
        return Answer(response.status, response.read(), dict(response.getheaders()))


class _Line:
    """Is what a handler takes for a connection."""

    def __init__(self, heard: bytes) -> None:
        self.heard, self.said = io.BytesIO(heard), io.BytesIO()

    def makefile(self, mode: str, *_: object) -> io.BytesIO:
        return self.heard if "r" in mode else self.said

    def sendall(self, data: bytes) -> None:
        self.said.write(data)


class _Silent:
    """Is an emulator's ledger that is not written to the disk."""

    def keep(self) -> None:
        """Keeps nothing on the disk."""


def stages() -> dict[str, type[Emulated]]:
    """Returns every suite of a network that an emulator plays, by its name."""
    found = {kind.__name__.removeprefix("Test").removesuffix("Stage"): kind for kind in suites(Emulated)}  # type: ignore[type-abstract] # only its subclasses are made
    return dict(sorted(found.items()))


def suites(kind: type[Found]) -> Iterator[type[Found]]:
    """Yields every network's own class of this kind, from whatever file it stands in."""
    for module in pkgutil.iter_modules(tests.publishers.__path__):
        if module.name.startswith("test_"):
            importlib.import_module(f"tests.publishers.{module.name}")
    yield from _leaves(kind)


def _leaves(kind: type[Found]) -> Iterator[type[Found]]:
    for each in kind.__subclasses__():
        yield from _leaves(each)
        if not getattr(each, "__abstractmethods__", None) and hasattr(each, "network"):
            yield each


@dataclass
class Stage:
    """Is a network that answers in this process; it stands for a :class:`Running` emulator where a suite asks for one.

    ``twists`` maps the number of a call to what is done to its answer. ``heard`` are the calls that came, with the genuine answers;
    ``elsewhere`` is everything that was sent to another host.
    """

    suite: Emulated
    emulator: Emulator
    address: str = ADDRESS
    twists: dict[int, Twist] = field(default_factory=dict)
    heard: list[tuple[str, Reply]] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    folder: ClassVar[Path] = Path()

    @property
    def state(self) -> dict[str, Any]:
        return self.emulator.state

    def out(self) -> int:
        """Returns how many posts readers see."""
        return len(self.suite.shown(self))  # type: ignore[arg-type] # address and state are all that is asked for

    def kept(self) -> dict[str, Any]:
        """Returns the network as it is now, to be put back later."""
        return copy.deepcopy(self.emulator.state)

    def put_back(self, state: dict[str, Any]) -> None:
        """Makes the network what it was, with no call heard and nothing changed."""
        self.emulator.state = copy.deepcopy(state)
        self.twists, self.heard, self.elsewhere = {}, [], []

    def answer(self, request: httpx.Request) -> Reply:
        """Answers one call: the network acts, and then its answer is changed where a twist says so."""
        target = request.url.raw_path.decode()
        told = f"{request.url} {request.headers} {request.content[:100_000]!r}"
        if f"{request.url.scheme}://{request.url.netloc.decode()}" != self.address:
            self.elsewhere.append(told)
            return Reply(200, {"content-type": "application/json"}, b'{"id": "1", "ok": true}')
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = self.emulator.serve(call_of(request.method, target, headers, request.content))
        assert answer is not None
        reply = Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.data)
        number = len(self.heard)
        self.heard.append((f"{request.method} {target.partition('?')[0]}", reply))
        return self.twists[number](reply) if number in self.twists else reply


def _hosting(suite: Emulated, folder: Path) -> AbstractContextManager[object]:
    """Returns what shows pictures to networks that fetch them, as the daemon does."""
    if not isinstance(suite, Hosted):
        return nullcontext()
    suite.listening = processes.free_port()
    return serving(Shelf(folder / "shelf", SystemClock()), f"127.0.0.1:{suite.listening}")


@contextmanager
def staged(kind: type[Emulated], folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Yields a network whose answers come from this process; ``folder`` is the emulator's, beside what the account has."""
    module = importlib.import_module(f"tests.emulators.{kind.emulator}")
    found = [
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Emulator) and each.__module__ == module.__name__
    ]
    made = type("Inside", (_Silent, found[0]) if found else (_Within,), {})
    folder.mkdir(parents=True, exist_ok=True)
    stage = Stage(kind(), made(folder, ADDRESS))
    really = Exchange._whole  # noqa: SLF001 - every call leaves by it

    def whole(self: Exchange, client: httpx.Client, call: Asked) -> Reply:
        request = self._request(client, call)
        if request.url.port == getattr(stage.suite, "listening", 0):
            return really(self, client, call)
        request.read()
        reply = stage.answer(request)
        return reply if call.brings_secret else self.secrets.forgotten(reply)

    patch.setattr(Exchange, "_whole", whole)
    patch.setattr(door, "looked_up", lambda _resolver, host, _seconds: [host if host.replace(".", "").isdigit() else "93.184.216.34"])
    with _hosting(stage.suite, folder.parent):
        yield stage
