"""Which addresses of other servers are safe to talk to: encrypted ones, and none that a stranger could point into our own network."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from scheduler.model.errors import ConfigurationError
from scheduler.model.plain import line

_LONGEST_SHOWN = 200
# IANA gives out addresses from here alone (RFC 4291, section 2.4); what tunnels through other networks is in it: 6to4 and Teredo.
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
_NEVER = (ipaddress.IPv6Network("2002::/16"), ipaddress.IPv6Network("2001::/32"))
# An IPv4 address is in the last 32 bits: mapped (RFC 4291), and behind a translator (RFC 6052).
_CARRIERS = (ipaddress.IPv6Network("::ffff:0:0/96"), ipaddress.IPv6Network("64:ff9b::/96"))
_LOCAL_NAMES = ("localhost", ".localhost")


class UnsafeAddress(ConfigurationError):
    """Is an address that nothing is sent to."""


@dataclass(frozen=True, slots=True)
class Address:
    """Is where a server is: ``base`` has no slash at its end.

    ``base`` is in ASCII, ``host`` as it was written, for sentences.
    ``trusted`` says that a person wrote it into the configuration; one that we were told by another server must be public.
    """

    base: str
    host: str
    trusted: bool = True

    @property
    def name(self) -> str:
        """Returns the host as name servers and certificates know it, in ASCII."""
        return urlsplit(self.base).hostname or self.host


def configured_address(text: str, what: str) -> Address:
    """Returns the address a person wrote; ``https://`` is added where no scheme is given. ``what`` names the setting in errors.

    Raises:
        UnsafeAddress: It is no web address, or would send secrets unencrypted to another machine.
    """
    whole = text.strip() if "://" in text else f"https://{text.strip()}"
    base = _ascii(whole)
    fault = _fault(base)
    if fault:
        raise UnsafeAddress(f"{what} is “{_without_secrets(text)}”, {fault}.", "Write it as “https://social.example.org”.")
    return Address(base.rstrip("/"), urlsplit(whole).hostname or "")


def learnt_address(text: str, teacher: Address) -> Address:
    """Returns an address that a server told us; one on this machine may only be told by a server on this machine.

    Raises:
        UnsafeAddress: It is no web address, not encrypted, or leads into a private network.
    """
    base = _ascii(text)
    fault = _fault(base)
    if fault:
        raise UnsafeAddress(f"{teacher.host} points to “{line(text, _LONGEST_SHOWN)}”, {fault}.")
    host = urlsplit(text).hostname or ""
    if is_loopback(host):
        if not is_loopback(teacher.host):
            raise UnsafeAddress(f"{teacher.host} points to {host}, which is on this machine; that is not followed.")
        return Address(base.rstrip("/"), host)
    return Address(base.rstrip("/"), host, trusted=False)


def public_ip(host: str, found: Sequence[str]) -> str:
    """Returns one of the addresses ``found`` of a host for connecting to.

    Raises:
        UnsafeAddress: One of them is not public, so that following it could reach into our own network.
    """
    hidden = [each for each in found if not is_public(each)]
    if hidden or not found:
        raise UnsafeAddress(f"{host} leads to {hidden[0] if hidden else 'nowhere'}, which is no public address; that is not followed.")
    return found[0]


def is_ip(host: str) -> bool:
    """Tells whether a host is given by its number."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(ip: str) -> bool:
    """Tells whether an IP address belongs to the public internet; what an IPv6 address carries inside is looked at too."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    if any(address in network for network in _NEVER):
        return False
    if any(address in network for network in _CARRIERS):
        inner = ipaddress.ip_address(int(address) & 0xFFFFFFFF)
        return inner.is_global and not inner.is_multicast
    return address in _GIVEN_OUT and address.is_global


def is_loopback(host: str) -> bool:
    """Tells whether a host's name or address is this machine by definition; no name server is asked."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == _LOCAL_NAMES[0] or host.endswith(_LOCAL_NAMES[1])


def _without_secrets(text: str) -> str:
    """Returns an address without what may be a password or a key in it."""
    return re.sub(r"[?#].*", "?…", re.sub(r"^((?:\w+://)?)[^/]*@", r"\1…@", text), flags=re.DOTALL)


def _ascii(text: str) -> str:
    """Returns an address as it is sent; only those with other letters are worth the time that loading HTTP takes."""
    if text.isascii() or not text.isprintable() or " " in text:
        return text
    from scheduler.publishers.ascii_address import in_ascii  # noqa: PLC0415 - as above

    return in_ascii(text)


def _fault(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "which is no web address"
    if parts.scheme not in {"http", "https"} or not host or not text.isascii() or not text.isprintable() or " " in text or port == 0:
        return "which is no web address"
    if parts.username is not None or parts.query or parts.fragment:
        return "which holds more than an address"
    if parts.scheme == "http" and not is_loopback(host):
        return "which is not encrypted: only addresses on this machine may begin with http://"
    return ""
