"""A server that takes its time with the handshake has no more of it than the whole call may take."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server, socket

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scheduler.clock import SystemClock
from scheduler.model.outcome import Refused
from scheduler.publishers.addresses import Address
from scheduler.publishers.exchange import Call, Exchange

Say = Callable[[socket, bytes], None]
PATIENCE = 0.6


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Gives what a server needs to greet in earnest, with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=36_500))
        .sign(key, hashes.SHA256())
    )
    path: Path = tmp_path_factory.mktemp("identity") / "server.pem"
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*form) + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def at_once(line: socket, words: bytes) -> None:
    line.sendall(words)


def byte_by_byte(line: socket, words: bytes) -> None:
    for byte in words:
        line.sendall(bytes([byte]))
        SystemClock().wait(threading.Event(), 0.05)


@contextmanager
def greeting(identity: ssl.SSLContext, say: Say) -> Iterator[Exchange]:
    """Runs a server that makes a real handshake and sends its half of it in its own way."""
    with closing(create_server(("127.0.0.1", 0))) as listener:
        over = threading.Event()
        thread = threading.Thread(target=_greet, args=(listener, identity, say, over))
        thread.start()
        port = listener.getsockname()[1]
        exchange = Exchange(Address(f"https://127.0.0.1:{port}", "127.0.0.1"), "Pigeon", SystemClock())
        try:
            yield exchange
        finally:
            exchange.close()
            over.set()
            with socket() as last:
                last.connect(("127.0.0.1", port))
            thread.join()


def _greet(listener: socket, identity: ssl.SSLContext, say: Say, over: threading.Event) -> None:
    while not over.is_set():
        line, _ = listener.accept()
        with line, suppress(OSError, ssl.SSLError):
            heard, told = ssl.MemoryBIO(), ssl.MemoryBIO()
            server = identity.wrap_bio(heard, told, server_side=True)
            while not over.is_set():
                heard.write(line.recv(65_536) or b"")
                with suppress(ssl.SSLWantReadError):
                    server.do_handshake()
                say(line, told.read())


@pytest.mark.parametrize("visible", [True, False])
def test_a_handshake_byte_by_byte_ends_with_the_patience_of_its_call(identity: ssl.SSLContext, visible: bool) -> None:
    call = Call(method="POST", path="/post", patience=PATIENCE)
    with greeting(identity, byte_by_byte) as exchange:
        begun = SystemClock().monotonic()
        outcome = exchange.show(call) if visible else exchange.ask(call)
        assert PATIENCE * 0.9 < SystemClock().monotonic() - begun < PATIENCE + 1.5
    assert isinstance(outcome, Refused), "nothing was sent, so there is no doubt"
    assert not outcome.permanent
    assert "does not answer" in outcome.reason


def test_the_same_handshake_at_once_is_heard_to_its_end(identity: ssl.SSLContext) -> None:
    with greeting(identity, at_once) as exchange:
        outcome = exchange.show(Call(method="POST", path="/post", patience=10))
    assert isinstance(outcome, Refused)
    assert "certificate" in outcome.reason
