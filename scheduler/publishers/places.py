"""Sends bytes to a place that a network named for them, which may be on another server than its API."""

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from urllib.parse import urlsplit

from scheduler.model import plain
from scheduler.model.outcome import Refused
from scheduler.publishers.addresses import Address, UnsafeAddress, learnt_address
from scheduler.publishers.answers import Reply
from scheduler.publishers.error_form import NO_FORM
from scheduler.publishers.exchange import Body, Call, Exchange
from scheduler.publishers.files import SLOWEST
from scheduler.publishers.steps import Stopped, asked

_PATIENCE = 90.0
_COUNTRY, _LONGEST_SHARED = 2, 3
"""Are the lengths of a country's ending, and of what countries put before it for all: co, com, org, gov, ac …"""


def is_kin(address: str, near: Address) -> bool:
    """Tells whether an address is the server's own, or of the same organisation's domain: nobody else is shown a token."""
    far, own = urlsplit(plain.address(address)), urlsplit(near.base)
    if (far.scheme, far.netloc) == (own.scheme, own.netloc):
        return True
    domain = _organisation(own.hostname or "")
    return bool(domain) and far.scheme == "https" and far.port in {None, 443} and f".{far.hostname}".endswith(f".{domain}")


def _organisation(host: str) -> str:
    """Returns the part of a host's name that one organisation owns, and nothing where it has none; ``co.uk`` is nobody's alone."""
    labels = host.split(".")
    is_shared = len(labels) > 1 and len(labels[-1]) == _COUNTRY and len(labels[-2]) <= _LONGEST_SHARED
    owned = labels[-3 if is_shared else -2 :]
    return ".".join(owned) if len(owned) == 2 + is_shared and not labels[-1].isdigit() else ""


def put(
    near: Exchange, address: str, data: bytes | Body, method: str, headers: Mapping[str, str], refusal: Callable[[Reply], Refused]
) -> Reply:
    """Sends them and returns the answer; ``near`` is the door to the server that named the address. An open file is sent piece by piece.

    Raises Stopped where the place is not safe to send to, or refuses them.
    """
    try:
        parts = urlsplit(plain.address(address))
        base = f"{parts.scheme}://{parts.netloc}"
        place = learnt_address(base, near.address)
    except UnsafeAddress as error:
        raise Stopped(Refused(f"{near.title} names no safe place for pictures: {error.message}", permanent=False)) from error
    exchange = Exchange(place, near.title, near.clock, near.secrets, NO_FORM)
    call = Call(
        path=address.removeprefix(base),
        method=method,
        content=data,
        headers={"Content-Type": "application/octet-stream", **headers},
        patience=_PATIENCE + (len(data) if isinstance(data, bytes) else data.seek(0, os.SEEK_END)) / SLOWEST,
    )
    with closing(exchange):
        return asked(exchange, call, refusal)
