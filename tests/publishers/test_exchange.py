"""Servers at their worst: what is known after each of their faults, and what is never told."""

import gzip
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.clock import SystemClock
from scheduler.model.outcome import Refused, Uncertain
from scheduler.publishers.addresses import Address
from scheduler.publishers.answers import LONGEST_WAIT, Reply, UnreadableReply, refusal, waiting_time
from scheduler.publishers.exchange import MOST_BYTES, Call, Exchange, Secrets, bearer
from tests.servers import processes

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
Talk = Callable[[socket.socket], None]


@contextmanager
def speaking(talk: Talk) -> Iterator[Exchange]:
    """Runs a server that reads a request and then does whatever it likes with the line."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        stop = threading.Event()
        thread = threading.Thread(target=_serve, args=(listener, talk, stop))
        thread.start()
        port = listener.getsockname()[1]
        exchange = Exchange(Address(f"http://127.0.0.1:{port}", "127.0.0.1"), "Pigeon", SystemClock(), Secrets({"hunter2-hunter2"}))
        try:
            yield exchange
        finally:
            exchange.close()
            stop.set()
            with socket.socket() as last:
                last.connect(("127.0.0.1", port))
            thread.join()


def _serve(listener: socket.socket, talk: Talk, stop: threading.Event) -> None:
    while not stop.is_set():
        line, _ = listener.accept()
        with line, suppress(OSError):
            if not stop.is_set():
                line.settimeout(5)
                line.recv(65_536)
                talk(line)


def saying(text: str) -> Talk:
    return lambda line: line.sendall(text.replace("\n", "\r\n").encode())


def dripping(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    for _ in range(100):
        line.sendall(b"x")
        SystemClock().wait(threading.Event(), 0.05)


def trickling(line: socket.socket) -> None:
    """Sends a header that grows by a byte now and then."""
    line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(100):
        line.sendall(b"x")
        SystemClock().wait(threading.Event(), 0.05)


def promising(line: socket.socket) -> None:
    """Says again and again that the answer is coming."""
    for _ in range(100):
        line.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        SystemClock().wait(threading.Event(), 0.05)


def flooding(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
    for _ in range(MOST_BYTES // 65_536 + 2):
        line.sendall(b"x" * 65_536)


def silent(line: socket.socket) -> None:
    line.recv(1)


def bragging(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(5_000):
        line.sendall(f"X-{number}: {'x' * 1_000}\r\n".encode())


def chattering(line: socket.socket) -> None:
    """Sends pieces without end, none of which says how long the whole is."""
    line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(MOST_BYTES // 65_536 + 2):
        line.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")


FAULTS: dict[str, Talk] = {
    "closes": lambda _line: None,
    "half a head": saying("HTTP/1.1 20"),
    "half a body": saying("HTTP/1.1 200 OK\nContent-Length: 50\n\n{"),
    "no HTTP": saying("SSH-2.0-OpenSSH\n"),
    "drips": dripping,
    "trickles": trickling,
    "promises": promising,
    "floods": flooding,
    "silent": silent,
    "headers without end": bragging,
    "pieces without end": chattering,
    "two lengths": saying("HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 20\n\n{}"),
    "500": saying("HTTP/1.1 500 Oops\nContent-Length: 0\n\n"),
    "502": saying("HTTP/1.1 502 Oops\nContent-Length: 0\n\n"),
    "504": saying("HTTP/1.1 504 Oops\nContent-Length: 0\n\n"),
    "408": saying("HTTP/1.1 408 Slow\nContent-Length: 0\n\n"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_the_visible_call_is_doubt_and_any_other_is_tried_later(fault: str) -> None:
    with speaking(FAULTS[fault]) as exchange:
        call = bearer(Call(method="POST", path="/post", json={}, patience=0.5), "hunter2-hunter2")
        begun = SystemClock().monotonic()
        shown = exchange.show(call)
        assert isinstance(shown, Uncertain), fault
        asked = exchange.ask(call)
        assert SystemClock().monotonic() - begun < 4, "a call ends when its patience does, whatever comes meanwhile"
        assert isinstance(asked, Refused)
        assert not asked.permanent
        assert "hunter2" not in f"{shown.reason} {asked.reason}"


def test_the_visible_call_is_made_once_whatever_happens() -> None:
    lines: list[int] = []
    with speaking(lambda _line: lines.append(1)) as exchange:
        exchange.show(Call(method="POST", path="/post"))
        assert len(lines) == 1
        exchange.ask(Call(path="/look"))
        assert len(lines) == 3, "any other call whose line broke off is made anew, once"


@pytest.mark.parametrize("visible", [True, False])
def test_what_was_never_sent_is_no_doubt(visible: bool) -> None:
    for host, words in ((f"127.0.0.1:{processes.free_port()}", "refuses the connection"), ("nobody.invalid:1", "no address")):
        exchange = Exchange(Address(f"http://{host}", host.partition(":")[0]), "Pigeon", SystemClock())
        call = Call(method="POST", path="/post")
        outcome = exchange.show(call) if visible else exchange.ask(call)
        assert isinstance(outcome, Refused)
        assert not outcome.permanent
        assert words in outcome.reason


def test_a_certificate_that_cannot_be_trusted_ends_the_talk_before_it_began() -> None:
    with speaking(saying("HTTP/1.1 200 OK\nContent-Length: 2\n\n{}")) as plain:
        place = plain.address.base.replace("http://", "https://")
        exchange = Exchange(Address(place, "127.0.0.1"), "Pigeon", SystemClock())
        outcome = exchange.show(bearer(Call(method="POST", path="/post", patience=2), "hunter2-hunter2"))
    assert isinstance(outcome, Refused)
    assert not outcome.permanent


def test_secrets_are_not_taken_to_another_address() -> None:
    elsewhere: list[bytes] = []

    def catch(line: socket.socket) -> None:
        elsewhere.append(b"came")
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with speaking(catch) as other:
        answer = f"HTTP/1.1 307 Go\nLocation: {other.address.base}/post?token=hunter2-hunter2\nContent-Length: 0\n\n"
        with speaking(saying(answer)) as exchange:
            outcome = exchange.show(bearer(Call(method="POST", path="/post"), "hunter2-hunter2"))
    assert isinstance(outcome, Refused)
    assert outcome.of_account, "nothing is sent again before a person has looked"
    assert not outcome.permanent
    assert "hunter2" not in outcome.reason
    assert not elsewhere


@pytest.mark.parametrize(
    "place",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:6379/",
        "file:///etc/passwd",
        "//[::1]/",
        "https://user:hunter2-hunter2@x/",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_sent_on_anywhere(status: int, place: str) -> None:
    with speaking(saying(f"HTTP/1.1 {status} Go\nLocation: {place}\nContent-Length: 0\n\n")) as exchange:
        shown, looked = exchange.show(Call(method="POST", path="/post", json={})), exchange.ask(Call(path="/look"))
    assert isinstance(shown, Uncertain if status == 303 else Refused), "what answers with 303 has done what it was asked to"
    assert isinstance(shown, Uncertain) or shown.of_account, "it may only be made again once a person has looked"
    assert isinstance(looked, Refused)
    assert not looked.permanent, "where a server points is no fault of the post"
    assert looked.of_account == (status in {301, 308}), "an old address is mended by a person, upkeep ends by itself"
    for outcome in (looked, *([shown] if isinstance(shown, Refused) else [])):
        assert "secrets are not taken there" in outcome.reason
        assert "hunter2" not in outcome.reason


def test_a_bomb_in_a_packed_answer_is_never_unpacked() -> None:
    bomb = gzip.compress(bytes(1_000_000_000 // 50), 9)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with speaking(lambda line: line.sendall(head + bomb)) as exchange:
        reply = exchange.ask(Call(path="/look"))
    assert isinstance(reply, Reply)
    assert len(reply.body) == len(bomb)
    with pytest.raises(UnreadableReply):
        reply.table()


@pytest.mark.parametrize("body", ["", "null", "[[[[", "[" * 100_000, "<html>Welcome to our hotel</html>", '{"a": 1e999', "NaN"])
def test_an_answer_that_is_no_table_is_never_taken_for_one(body: str) -> None:
    data = body.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode()
    with speaking(lambda line: line.sendall(head + data)) as exchange:
        reply = exchange.show(Call(method="POST", path="/post"))
    assert isinstance(reply, Reply)
    assert reply.said("message") == ""
    with pytest.raises(UnreadableReply):
        reply.table()


def test_an_address_that_we_were_told_is_not_followed_into_our_own_network() -> None:
    exchange = Exchange(Address("https://localhost:8443", "localhost", trusted=False), "Pigeon", SystemClock())
    for outcome in (exchange.show(Call(path="/")), exchange.ask(Call(path="/"))):
        assert isinstance(outcome, Refused)
        assert "no public address" in outcome.reason


def test_the_answer_comes_whole_and_nothing_of_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with speaking(
        saying('HTTP/1.1 422 No\nContent-Type: application/json\nContent-Length: 15\n\n{"error":"Long"}'.replace("15", "16"))
    ) as exchange:
        reply = exchange.ask(bearer(Call(path="/look", params={"access_token": "hunter2-hunter2"}), "hunter2-hunter2"))
    assert isinstance(reply, Reply)
    assert (reply.status, reply.said("message", "error")) == (422, "Long")
    assert "hunter2" not in caplog.text


def test_a_secret_that_is_repeated_in_a_good_answer_is_taken_out_and_a_new_one_is_not() -> None:
    body = b'{"url": "https://x.example/?token=hunter2-hunter2-hunter2", "name": "hunter2"}'
    head = f"HTTP/1.1 200 OK\r\nX-Echo: hunter2-hunter2-hunter2\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with speaking(lambda line: line.sendall(head + body)) as exchange:
        exchange.secrets.add("hunter2-hunter2-hunter2")
        reply, brought = exchange.ask(Call(path="/look")), exchange.ask(Call(path="/look", brings_secret=True))
    assert isinstance(reply, Reply)
    assert isinstance(brought, Reply)
    assert reply.headers["x-echo"] == "[secret]"
    assert reply.table() == {"url": "https://x.example/?token=[secret]", "name": "hunter2"}, "a short word may be a word"
    assert brought.body == body


@pytest.mark.parametrize("token", ["mis-pasted “token”", "two\nlines", "half\ud83d an emoji", "nul\0"])
def test_a_secret_that_no_header_can_carry_is_said_in_words_and_not_shown(token: str) -> None:
    with speaking(saying("HTTP/1.1 200 OK\nContent-Length: 2\n\n{}")) as exchange:
        for outcome in (exchange.ask(bearer(Call(path="/look"), token)), exchange.show(bearer(Call(method="POST", path="/post"), token))):
            assert isinstance(outcome, Refused)
            assert "copy it anew" in outcome.reason
            assert token not in outcome.reason


def test_too_many_requests_carry_how_long_to_wait() -> None:
    with speaking(saying("HTTP/1.1 429 Slow\nRetry-After: 90\nContent-Length: 0\n\n")) as exchange:
        outcome = exchange.show(Call(method="POST", path="/post"))
    assert outcome == Refused("Pigeon asks us to wait: too many requests.", permanent=False, retry_after=timedelta(seconds=90), kind="rate")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "1.5"}, 2),
        ({"retry-after": "Mon, 02 Mar 2026 08:05:00 GMT"}, 300),
        ({"retry-after": "Mon, 02 Mar 2020 08:05:00 GMT"}, 1),
        ({"retry-after": "99999999999999999"}, LONGEST_WAIT.total_seconds()),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST_WAIT.total_seconds()),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon", "x-ratelimit-reset": "2026-03-02T08:10:00.000Z"}, 600),
        ({"ratelimit-reset": str(int(NOW.timestamp()) + 60)}, 60),
        ({"ratelimit-reset": "60"}, 60),
        ({}, None),
    ],
)
def test_every_form_of_waiting_is_understood_and_absurd_ones_are_cut(headers: dict[str, str], seconds: float | None) -> None:
    found = waiting_time(Reply(429, headers), NOW)
    assert (found.total_seconds() if found else None) == seconds


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (b'{"ok": false, "parameters": {"retry_after": 35}}', 35),
        (b'{"message": "You are being rate limited.", "retry_after": 64.57, "global": false}', 65),
        (b'{"retry_after": 1e300}', None),
        (b'{"retry_after": Infinity}', None),
        (b'{"retry_after": true}', None),
        (b'{"retry_after": "soon"}', None),
        (b'{"parameters": [35]}', None),
        (b"wait", None),
    ],
)
def test_a_body_may_say_how_long_to_wait_and_the_headers_go_before(body: bytes, seconds: float | None) -> None:
    found = waiting_time(Reply(429, {}, body), NOW)
    assert (found.total_seconds() if found else None) == seconds
    assert waiting_time(Reply(429, {"retry-after": "7"}, body), NOW) == timedelta(seconds=7)


@given(st.text(max_size=40))
def test_any_waiting_time_is_between_a_second_and_a_day(text: str) -> None:
    found = waiting_time(Reply(429, {"retry-after": text}), NOW)
    assert found is None or timedelta(seconds=1) <= found <= LONGEST_WAIT


@given(st.binary(max_size=60))
def test_any_answer_is_read_or_said_to_be_unreadable(body: bytes) -> None:
    reply = Reply(200, {}, body)
    assert isinstance(reply.said("error"), str)
    for read in (reply.table, reply.rows):
        with suppress(UnreadableReply):
            read()


def test_what_a_server_says_is_one_short_line() -> None:
    said = Reply(400, {}, b'{"error": "a\\u001b[31m\\nb' + b"x" * 1_000 + b'"}').said("error")
    assert said.startswith("a [31m b")
    assert len(said) == 300
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("status", "kind", "permanent"),
    [
        (401, "auth", False),
        (403, "auth", False),
        (410, "auth", False),
        (400, "content", True),
        (422, "content", True),
        (413, "media", True),
        (415, "media", True),
        (404, "", True),
        (418, "", True),
    ],
)
def test_a_status_lands_in_its_class(status: int, kind: str, permanent: bool) -> None:
    found = refusal("Pigeon", status, "No.")
    assert (found.kind, found.permanent) == (kind, permanent)
    assert found.reason.endswith("No.")
