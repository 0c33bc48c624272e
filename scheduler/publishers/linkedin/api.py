"""Calls to LinkedIn's API: how they are signed, and what its refusals mean."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from scheduler.model.outcome import Refused, Uncertain
from scheduler.publishers.answers import Reply, refusal
from scheduler.publishers.error_form import ErrorForm
from scheduler.publishers.exchange import Call, Exchange
from scheduler.publishers.steps import asked, table_of

FORBIDDEN = 403
_BUSY, _VERSION_ENDED = 409, 426
# As programs quote a post that came before its film was ready; no page names them.
_UNREADY = re.compile(r"MEDIA_ASSET_(?:WAITING_UPLOAD|PROCESSING)\b")
ERRORS = ErrorForm(fields=("code", "serviceErrorCode", "status"))


@dataclass(frozen=True, slots=True)
class Api:
    """Is one author's door to LinkedIn; ``author`` is their URN, ``version`` the month of the API."""

    exchange: Exchange
    author: str
    version: str
    token: str

    @property
    def title(self) -> str:
        """Returns the network's name in sentences."""
        return self.exchange.title

    def ask(self, call: Call) -> Reply:
        """Returns the answer to a call that readers see nothing of; raises Stopped."""
        return asked(self.exchange, self._signed(call), self.refusal)

    def table(self, call: Call) -> dict[str, Any]:
        """Returns such an answer as a table; raises Stopped."""
        return table_of(self.exchange, self.ask(call))

    def look(self, call: Call) -> Reply | Refused:
        """Returns the answer whatever it is: some refusals are told apart by who asks."""
        return self.exchange.ask(self._signed(call))

    def show(self, call: Call) -> Reply | Refused | Uncertain:
        """Makes the call that readers see something of."""
        return self.exchange.show(self._signed(call))

    def newest(self, most: int) -> Call:
        """Returns the call for the author's own posts, newest first; only some apps may make it."""
        params = {"author": self.author, "q": "author", "count": str(most), "sortBy": "CREATED"}
        return Call(path="/rest/posts", params=params, headers={"X-RestLi-Method": "FINDER"})

    def refusal(self, reply: Reply) -> Refused:
        """Returns what a refusal means."""
        said = self.exchange.secrets.removed(reply.said("message"))
        if reply.status == _VERSION_ENDED or reply.said("code") == "VERSION_MISSING":
            sentence = f"{self.title} has ended version {self.version} of its API: set a newer  version  for this account."
            return Refused(sentence, permanent=False, kind="auth")
        if _UNREADY.search(said):
            return Refused(f"{self.title} is still working on what the post shows.", permanent=False, retry_after=timedelta(minutes=1))
        if reply.status == _BUSY:
            return Refused(f"{self.title} was busy with the same thing.", permanent=False)
        return refusal(self.title, reply.status, said)

    def _signed(self, call: Call) -> Call:
        ours = {"Authorization": f"Bearer {self.token}", "LinkedIn-Version": self.version, "X-Restli-Protocol-Version": "2.0.0"}
        return replace(call, headers={**call.headers, **ours})
