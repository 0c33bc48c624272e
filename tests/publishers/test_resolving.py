"""A name server that never answers costs a call its time and no more, and leaves few threads behind."""

import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from scheduler.clock import SystemClock
from scheduler.model.outcome import Refused
from scheduler.publishers.addresses import Address, configured_address, learnt_address
from scheduler.publishers.answers import Reply
from scheduler.publishers.exchange import Call, Exchange
from scheduler.publishers.resolving import MOST_AT_ONCE, SYSTEM, Resolver, ask_system
from tests.serving import Answering, serving

PATIENCE = 0.4
QUESTION = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06social\x07example\x00\x00\x01\x00\x01"


class Deaf:
    """Is a name server that takes every question and answers none, and those who ask it and wait."""

    def __init__(self) -> None:
        self.line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.line.bind(("127.0.0.1", 0))
        self.over = threading.Event()
        self.heard: list[str] = []

    def ask(self, host: str) -> Sequence[str]:
        self.heard.append(host)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as question:
            question.settimeout(0.05)
            question.sendto(QUESTION, self.line.getsockname())
            while not self.over.is_set():
                try:
                    question.recv(512)
                except TimeoutError:
                    continue
        raise OSError("Name or service not known")


@pytest.fixture
def deaf() -> Iterator[Deaf]:
    server = Deaf()
    with closing(server.line):
        yield server
        server.over.set()
        for thread in threading.enumerate():
            if thread.name == "looking a name up":
                thread.join(5)


def asking(address: Address, resolver: Resolver) -> Exchange:
    exchange = Exchange(address, "Pigeon", SystemClock())
    exchange.resolver = resolver
    return exchange


@pytest.mark.parametrize("learnt", [False, True])
@pytest.mark.parametrize("visible", [False, True])
def test_a_name_server_that_never_answers_is_waited_for_as_long_as_the_call_may_take(deaf: Deaf, visible: bool, learnt: bool) -> None:
    place = configured_address("https://social.example", "server")
    address = learnt_address("https://social.example", place) if learnt else place
    with closing(asking(address, Resolver(deaf.ask))) as exchange:
        begun, call = SystemClock().monotonic(), Call(method="POST", path="/post", patience=PATIENCE)
        outcome = exchange.show(call) if visible else exchange.ask(call)
        assert PATIENCE * 0.9 < SystemClock().monotonic() - begun < PATIENCE + 1.5
    assert isinstance(outcome, Refused), "nothing was sent, so there is no doubt"
    assert not outcome.permanent
    assert "name server does not answer" in outcome.reason


@pytest.mark.parametrize("learnt", [False, True])
def test_a_name_that_nobody_knows_leaves_no_doubt(deaf: Deaf, learnt: bool) -> None:
    deaf.over.set()
    place = configured_address("https://social.example", "server")
    address = learnt_address("https://social.example", place) if learnt else place
    with closing(asking(address, Resolver(deaf.ask))) as exchange:
        outcome = exchange.show(Call(method="POST", path="/post"))
    assert isinstance(outcome, Refused)
    assert "is the name right" in outcome.reason


def test_a_hundred_calls_leave_one_thread_for_one_name_and_few_for_all(deaf: Deaf) -> None:
    resolver = Resolver(deaf.ask)

    def waits(host: str) -> str:
        with pytest.raises(TimeoutError) as found:
            resolver.look_up(host, 0.05)
        return str(found.value)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(waits, ["one.example"] * 100))
        assert deaf.heard == ["one.example"]
        told = list(pool.map(waits, [f"{number}.example" for number in range(100)]))
    assert sum(thread.name == "looking a name up" for thread in threading.enumerate()) == MOST_AT_ONCE
    assert any("too many" in words for words in told)
    deaf.over.set()


def test_an_answer_after_all_frees_its_place(deaf: Deaf) -> None:
    resolver = Resolver(deaf.ask)
    with pytest.raises(TimeoutError):
        resolver.look_up("slow.example", 0.01)
    deaf.over.set()
    with pytest.raises(OSError, match="not known"):
        resolver.look_up("slow.example", 5)
    with pytest.raises(OSError, match="not known"):
        resolver.look_up("slow.example", 5)


class Says(Answering):
    def get(self) -> None:
        self.say(200, b"{}")


def test_of_several_addresses_the_first_that_answers_is_taken() -> None:
    """As the system does it: a host may have an address that leads nowhere from here."""
    with serving(Says) as address:
        port = address.rpartition(":")[2]
        exchange = asking(
            configured_address(f"http://pictures.localhost:{port}", "server"), Resolver(lambda _host: ["127.0.0.2", "127.0.0.1"])
        )
        with closing(exchange):
            assert isinstance(exchange.ask(Call(path="/")), Reply)


def test_the_host_is_asked_for_by_its_name_in_ascii() -> None:
    asked: list[str] = []

    def ask(host: str) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    heard: list[str] = []

    class Heard(Says):
        def get(self) -> None:
            heard.append(f"{self.headers['Host']} {self.path}")
            super().get()

    with serving(Heard) as address:
        port = address.rpartition(":")[2]
        exchange = asking(configured_address(f"http://bücher.localhost:{port}/größe", "server"), Resolver(ask))
        with closing(exchange):
            assert isinstance(exchange.ask(Call(path="/x")), Reply)
    assert asked == ["xn--bcher-kva.localhost"]
    assert heard == [f"xn--bcher-kva.localhost:{port} /gr%C3%B6%C3%9Fe/x"]
    assert exchange.address.host == "bücher.localhost", "people are told the name that they wrote"


def test_the_system_knows_this_machine() -> None:
    assert "127.0.0.1" in SYSTEM.look_up("localhost", 5)
    with pytest.raises(OSError, match="not known"):
        ask_system(f"{'a' * 64}.example")
