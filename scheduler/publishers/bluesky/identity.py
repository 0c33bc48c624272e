"""Finds the server that keeps an account: from its handle to its lasting identity (DID), and from that to its server."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scheduler.model.outcome import Refused
from scheduler.publishers.addresses import Address, UnsafeAddress, learnt_address
from scheduler.publishers.answers import Reply, UnreadableReply
from scheduler.publishers.exchange import Call, MakeExchange
from scheduler.publishers.fields import words

RESOLVE = "/xrpc/com.atproto.identity.resolveHandle"
# "Decentralized Identifiers" of the specification: what its two kinds may hold.
_DID = re.compile(r"did:(?:plc|web):[A-Za-z0-9._:%-]{1,250}")
_TRY_SERVICE = "Check the identifier, or name the account’s server with  service  in config.toml."


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks identities up; ``resolver`` knows handles, ``directory`` knows the identities of the kind ``did:plc``."""

    resolver: Address
    directory: Address
    door: MakeExchange

    def home(self, identifier: str) -> Address | Refused:
        """Returns the server that keeps the account of a handle or a DID."""
        did = identifier if identifier.startswith("did:") else self._did(identifier)
        if isinstance(did, Refused):
            return did
        document = self._document(did)
        if isinstance(document, Refused):
            return document
        server = _server(document)
        if server is None:
            return Refused(f"The identity of {identifier} names no server. {_TRY_SERVICE}", kind="auth", permanent=False)
        try:
            return learnt_address(server, self.directory)
        except UnsafeAddress as error:
            return Refused(f"{error.message} {_TRY_SERVICE}", kind="auth", permanent=False)

    def _did(self, handle: str) -> str | Refused:
        reply = self.door(self.resolver).ask(Call(path=RESOLVE, params={"handle": handle}))
        if isinstance(reply, Refused):
            return reply
        did = did_in(reply)
        if reply.is_success and not did:
            return Refused(f"{self.resolver.host} does not answer as one that knows handles. {_TRY_SERVICE}", permanent=False)
        if not did:
            return Refused(f"Nobody knows the handle {handle}. {_TRY_SERVICE}", kind="auth", permanent=False)
        return did

    def _document(self, did: str) -> dict[str, Any] | Refused:
        unknown = Refused(f"The identity {did} cannot be looked up. {_TRY_SERVICE}", kind="auth", permanent=False)
        try:
            place, path = self._place(did)
        except UnsafeAddress as error:
            return Refused(f"{error.message} {_TRY_SERVICE}", kind="auth", permanent=False)
        reply = self.door(place).ask(Call(path=path, may_lack=True))
        if isinstance(reply, Refused):
            return reply
        return _table(reply) or unknown

    def _place(self, did: str) -> tuple[Address, str]:
        """Returns where the identity's document is (specification of DIDs in the AT Protocol: ``plc`` and ``web``)."""
        if did.startswith("did:web:"):
            return learnt_address(f"https://{did.removeprefix('did:web:')}", self.resolver), "/.well-known/did.json"
        return self.directory, f"/{did}"


def did_in(reply: Reply) -> str:
    """Returns the identity that an answer names; nothing where it names none, or something that is not one."""
    found = reply.said("did")
    return found if reply.is_success and _DID.fullmatch(found) else ""


def _table(reply: Reply) -> dict[str, Any]:
    try:
        return reply.table() if reply.is_success else {}
    except UnreadableReply:
        return {}


def _server(document: dict[str, Any]) -> str | None:
    services = document.get("service")
    found: Iterable[Any] = services if isinstance(services, list) else ()
    for service in found:
        if isinstance(service, dict) and words(service, "id").endswith("#atproto_pds"):
            endpoint = service.get("serviceEndpoint")
            return endpoint if isinstance(endpoint, str) else None
    return None
