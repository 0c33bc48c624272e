"""Calls to X's API: how they are signed, and what its refusals mean."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scheduler.model.outcome import Refused, Uncertain
from scheduler.publishers import fields
from scheduler.publishers.answers import Reply, refusal
from scheduler.publishers.error_form import ErrorForm
from scheduler.publishers.exchange import Call, Exchange
from scheduler.publishers.steps import Stopped, asked, table_of
from scheduler.publishers.x.signing import Keys, authorization

_RESTRICTED = ("suspended", "locked", "restricted")
_PAYMENT, _FORBIDDEN = 402, 403
ERRORS = ErrorForm(fields=("title", "errors"))
# "Response codes and errors": the app is not enrolled, or lacks the access that a call takes.
_NOT_ENROLLED = ("/client-forbidden", "/not-authorized-for-resource", "/unsupported-authentication")


@dataclass(frozen=True, slots=True)
class Api:
    """Is one account's door to X."""

    exchange: Exchange
    keys: Keys

    @property
    def title(self) -> str:
        """Returns the network's name in sentences."""
        return self.exchange.title

    def table(self, call: Call) -> dict[str, Any]:
        """Returns the answer to a call that readers see nothing of; raises Stopped."""
        return table_of(self.exchange, asked(self.exchange, self._signed(call), self.refusal))

    def ask(self, call: Call) -> Reply:
        """Returns the answer to such a call where nothing in it matters but that it was done; raises Stopped."""
        return asked(self.exchange, self._signed(call), self.refusal)

    def show(self, call: Call) -> Reply | Refused | Uncertain:
        """Makes the call that readers see something of."""
        return self.exchange.show(self._signed(call))

    def look(self, call: Call) -> Reply | Refused:
        """Returns the answer whatever it is."""
        return self.exchange.ask(self._signed(call))

    def me(self) -> Mapping[str, Any]:
        """Returns whose keys they are; raises Stopped."""
        found = fields.table(self.table(Call(path="/2/users/me")), "data")
        if not fields.name(found, "id").isdigit():
            raise Stopped(Refused(f"{self.title} does not say whose keys these are; it is tried again.", permanent=False))
        return found

    def refusal(self, reply: Reply) -> Refused:
        """Returns what a refusal means."""
        said = self.exchange.secrets.removed(reply.said("detail", "title"))
        if "usage-capped" in reply.said("type") or reply.status == _PAYMENT:
            return Refused(f"{self.title} wants its credits topped up before anything more is sent.", permanent=False, kind="restricted")
        if reply.said("type").endswith(_NOT_ENROLLED):
            return refusal(self.title, reply.status, f"{said.rstrip('.')}; see what the app may do in X’s developer portal", "auth")
        restricted = reply.status == _FORBIDDEN and any(word in said.lower() for word in _RESTRICTED)
        return refusal(self.title, reply.status, said, "restricted" if restricted else None)

    def _signed(self, call: Call) -> Call:
        url = self.exchange.address.base + call.path
        stamp = (self.exchange.clock.now(), secrets.token_hex(16))
        header = authorization(self.keys, call.method, url, call.params or {}, stamp)
        return replace(call, headers={**call.headers, "Authorization": header})
