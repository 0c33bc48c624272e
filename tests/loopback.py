"""The guard that keeps tests on this machine."""

import ipaddress
import socket
from typing import Any

import pytest

INTERNET = {socket.AF_INET, socket.AF_INET6}


def refuse_other_machines(event: str, arguments: tuple[Any, ...]) -> None:
    """Fails the test that connects, sends or listens beyond loopback, or asks for the address of another machine.

    It is an audit hook. A name that ends in ``.invalid`` does not exist, as everywhere, and no name server is asked for it.
    """
    if event in {"socket.connect", "socket.bind", "socket.sendto"}:
        sock, address = arguments
        if sock.family in INTERNET and not is_loopback(address[0]):
            pytest.fail(f"{event} to {address[0]!r}: tests reach loopback only", pytrace=True)
    elif event == "socket.getaddrinfo":
        name = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
        if name and str(name).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if name and not is_loopback(name):
            pytest.fail(f"looking up {name!r}: tests reach loopback only", pytrace=True)


def is_loopback(host: str) -> bool:
    """Tells whether a name or an address stands for this machine and is not reachable from others."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
