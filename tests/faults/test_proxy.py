"""The proxy does to connections what it says, and only that."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from scheduler.clock import SystemClock
from scheduler.model.outcome import Published, Refused, Uncertain
from scheduler.model.outgoing import Envelope, Outgoing
from tests.faults.proxy import FAULTS, PASS, Proxy, drawing
from tests.fleet.publisher import NOWHERE, HttpPublisher, retry_after
from tests.fleet.receiver import Receiver
from tests.serving import beside

LONG, SHORT = 60.0, 0.5
HELD = {"black_hole", "silence"}
"""Where the proxy says nothing, the client has to give up by itself; anywhere else it waits as long as a slow machine needs."""

Behind = Callable[[str], int]
POST = {"key": "k1", "account": "read-1", "text": "Onward ✊" * 50}
ENVELOPE = Envelope(Outgoing(delivery="k1", account="read-1", network="loopback", text=POST["text"]), {"key": "k1"})


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    server = Receiver(tmp_path)
    with server.file, beside(server):
        yield server


@pytest.fixture
def behind(receiver: Receiver) -> Iterator[Behind]:
    """Gives the port of a proxy before the receiver that does one thing to every connection."""
    with ExitStack() as stack:

        def start(kind: str) -> int:
            proxy = Proxy(int(receiver.server_address[1]), lambda: kind)
            thread = threading.Thread(target=proxy.serve)
            thread.start()
            stack.callback(thread.join)
            stack.callback(proxy.stop)
            return proxy.port

        yield start


def until(arrived: Callable[[], bool]) -> bool:
    """Waits for what the other side of the proxy does on its own."""
    clock, never = SystemClock(), threading.Event()
    limit = clock.monotonic() + LONG
    while not arrived() and clock.monotonic() < limit:
        clock.wait(never, 0.01)
    return arrived()


def post(port: int, timeout: float = LONG) -> httpx.Response:
    return httpx.post(f"http://127.0.0.1:{port}/", json=POST, timeout=timeout, trust_env=False)


@pytest.mark.parametrize("kind", [PASS, "slow_drip"])
def test_an_answer_that_passes_is_the_server_s_own(kind: str, behind: Behind, receiver: Receiver) -> None:
    answer = post(behind(kind))
    assert (answer.status_code, answer.json()["id"]) == (201, receiver.out["k1"])


@pytest.mark.parametrize(
    ("kind", "error", "arrived"),
    [
        ("reset_before_body", (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError), False),
        ("reset_after_body", (httpx.ReadError, httpx.RemoteProtocolError), True),
        ("black_hole", httpx.ReadTimeout, True),
        ("silence", httpx.ReadTimeout, False),
        ("half_answer", httpx.RemoteProtocolError, True),
    ],
)
def test_a_broken_connection_breaks_where_it_says(
    kind: str, error: type[Exception], arrived: bool, behind: Behind, receiver: Receiver
) -> None:
    with pytest.raises(error):
        post(behind(kind), SHORT if kind in HELD else LONG)
    assert until(lambda: "k1" in receiver.out) if arrived else "k1" not in receiver.out


@pytest.mark.parametrize(
    ("kind", "wait"),
    [("429_seconds", timedelta(seconds=1)), ("429_negative", None), ("429_words", None), ("429_absurd", timedelta(days=365))],
)
def test_too_many_requests_never_reach_the_server(kind: str, wait: timedelta | None, behind: Behind, receiver: Receiver) -> None:
    answer = post(behind(kind))
    assert answer.status_code == 429
    assert retry_after(answer.headers["Retry-After"]) == wait
    assert receiver.out == {}


def test_a_date_to_wait_for_lies_a_little_ahead(behind: Behind) -> None:
    before = SystemClock().now()
    told = post(behind("429_date")).headers["Retry-After"]
    after = SystemClock().now()
    assert before + timedelta(seconds=2) < parsedate_to_datetime(told) <= after + timedelta(seconds=3)
    assert timedelta(0) < (retry_after(format_datetime(after + timedelta(hours=1), usegmt=True)) or timedelta(0)) <= timedelta(hours=1)


def test_an_error_after_acceptance_hides_a_post_that_is_out(behind: Behind, receiver: Receiver) -> None:
    assert post(behind("error_after_acceptance")).status_code == 502
    assert "k1" in receiver.out


def test_a_refused_connection_brings_nothing_to_the_server(behind: Behind, receiver: Receiver) -> None:
    port = behind("refused")
    for _ in range(4):
        with pytest.raises(httpx.TransportError):
            post(port)
    assert receiver.out == {}


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_our_publisher_calls_each_fault_by_its_name(kind: str, behind: Behind, receiver: Receiver) -> None:
    outcome = HttpPublisher(behind(kind), timeout=SHORT if kind in HELD else LONG).publish(ENVELOPE, lambda _name, _value: None)
    if isinstance(outcome, Published):
        assert "k1" in receiver.out
    if isinstance(outcome, Refused):
        assert "k1" not in receiver.out
    expected = {PASS: Published, "slow_drip": Published, "refused": Refused | Uncertain}
    assert isinstance(outcome, expected.get(kind, Refused if kind.startswith("429") else Uncertain))


def test_a_name_that_does_not_exist_and_a_closed_port_are_surely_not_sent() -> None:
    nowhere = HttpPublisher(1, lost_names=1.0).publish(ENVELOPE, lambda _name, _value: None)
    closed = HttpPublisher(1).publish(ENVELOPE, lambda _name, _value: None)
    assert ".invalid" in NOWHERE
    assert isinstance(nowhere, Refused)
    assert isinstance(closed, Refused)
    assert not nowhere.permanent
    assert not closed.permanent


def test_the_same_seed_draws_the_same_faults_at_about_the_rate_asked_for() -> None:
    kinds = sorted(set(FAULTS) - {PASS})
    first, second = drawing(7, 0.25, kinds), drawing(7, 0.25, kinds)
    drawn = [first() for _ in range(2000)]
    assert drawn == [second() for _ in range(2000)]
    assert set(drawn) == set(FAULTS)
    assert 0.2 < 1 - drawn.count(PASS) / 2000 < 0.3


def test_it_runs_in_a_process_of_its_own_and_writes_down_what_it_did(receiver: Receiver, tmp_path: Path) -> None:
    log = tmp_path / "faults.jsonl"
    command = [sys.executable, "-m", "tests.faults.proxy", "--upstream", str(receiver.server_address[1]), "--only", "reset_after_body"]
    with subprocess.Popen([*command, "--log", str(log)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            post(port)
        process.terminate()
    assert [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] == [{"fault": "reset_after_body"}]
