"""Tests cannot leave this machine."""

import socket

import pytest


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "0.0.0.0"])
def test_no_test_connects_to_another_machine(address: str) -> None:
    with socket.socket() as sock, pytest.raises(pytest.fail.Exception, match="loopback only"):
        sock.connect((address, 80))


def test_no_test_listens_for_other_machines() -> None:
    with socket.socket() as sock, pytest.raises(pytest.fail.Exception, match="loopback only"):
        sock.bind(("", 0))


def test_no_test_sends_a_datagram_to_another_machine() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, pytest.raises(pytest.fail.Exception, match="loopback only"):
        sock.sendto(b"hello", ("192.0.2.1", 53))


def test_no_name_server_is_asked() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"example\.org"):
        socket.getaddrinfo("example.org", 443)


def test_a_name_that_cannot_exist_is_not_found() -> None:
    with pytest.raises(socket.gaierror):
        socket.create_connection(("nobody.invalid", 443))


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
