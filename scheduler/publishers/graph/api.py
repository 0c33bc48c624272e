"""Calls to Meta's Graph API, in its form: a version in the path, a token in a header, errors in an envelope."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from scheduler.model.errors import ConfigurationError, SchedulerError
from scheduler.model.outcome import Refused, Uncertain
from scheduler.publishers.addresses import configured_address
from scheduler.publishers.answers import Reply, UnreadableReply
from scheduler.publishers.contract import Connection, Renewed
from scheduler.publishers.exchange import Body, Call, Exchange, Secrets, bearer
from scheduler.publishers.graph.errors import GraphError

Form = Mapping[str, str]
File = tuple[str, Body, str]


class SettingMissing(ConfigurationError):
    """Is a live account without a setting that sending needs."""


class GraphTrouble(Exception):
    """Is a call that did not do what it should: ``refusal`` says what that means for the post.

    ``doubtful`` means that it may have taken effect all the same. ``error`` is the envelope where there was one.
    """

    def __init__(self, refusal: Refused, error: GraphError | None = None, *, doubtful: bool = False) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal
        self.error = error or GraphError()
        self.doubtful = doubtful


@dataclass(frozen=True, slots=True)
class Graph:
    """Is the Graph API for one account; ``user`` is the number of the account, profile or Page, ``names`` are the fields of ``me``.

    ``token`` returns the access token as it is now: it may be renewed while the program runs.
    """

    exchange: Exchange
    version: str
    user: str
    token: Callable[[], str]
    names: str = "id,name"

    def read(self, path: str, **params: str) -> dict[str, Any]:
        """Returns what is at a path below the version.

        Raises:
            GraphTrouble: There is no answer, or an error.
        """
        return self._taken(self.exchange.ask(self._signed(Call(path=path, params=params))))

    def handle(self) -> str:
        """Returns the name of the account that the token belongs to.

        Raises:
            GraphTrouble: There is no answer, an error, or the token of another account than the configured one.
        """
        found = self.read("me", fields=self.names)
        if self.user not in {text_of(found, "id"), text_of(found, "user_id")}:
            told = f"The token belongs to another account ({text_of(found, 'username') or text_of(found, 'name')}) than config.toml says."
            raise GraphTrouble(Refused(told, permanent=False, kind="auth"))
        return text_of(found, "username") or text_of(found, "name")

    def renewed(self, grant: str) -> Renewed:
        """Exchanges the token for one that lasts anew; it has to be a day old and must not have ended.

        Raises:
            GraphTrouble: There is no answer, or an error, or an answer without a token.
        """
        asked = {"grant_type": grant, "access_token": self.token()}
        answer = self._taken(self.exchange.ask(Call(path="/refresh_access_token", params=asked)))
        token, seconds = text_of(answer, "access_token"), answer.get("expires_in")
        if not token:
            raise GraphTrouble(Refused(f"{self.exchange.title} answered without a new token.", permanent=False))
        self.exchange.secrets.add(token)
        return Renewed(token, self.exchange.clock.now() + timedelta(seconds=seconds) if isinstance(seconds, int) else None)

    def ends(self) -> datetime | None:
        """Returns when the token, or the access to data that it gives, ends; None where it has no end or it is not told."""
        try:
            told = self.read("debug_token", input_token=self.token()).get("data")
        except GraphTrouble:
            return None
        ends = [told.get(name) for name in ("expires_at", "data_access_expires_at")] if isinstance(told, dict) else []
        times = [seconds for seconds in ends if isinstance(seconds, int) and seconds > 0]
        return datetime.fromtimestamp(min(times), UTC) if times else None

    def make(self, path: str, form: Form, files: Mapping[str, File] | None = None, patience: float = 60.0) -> dict[str, Any]:
        """Makes something that readers cannot see and returns the answer.

        Raises:
            GraphTrouble: There is no answer, or an error; what was made perhaps stays behind, unseen.
        """
        return self._taken(self.exchange.ask(self._signed(Call(path=path, method="POST", form=form, files=files, patience=patience))))

    def remove(self, path: str) -> None:
        """Deletes what is at a path; doing it twice is no different from once, so it may be asked again.

        Raises:
            GraphTrouble: There is no answer, or an error.
        """
        self._taken(self.exchange.ask(self._signed(Call(path=path, method="DELETE"))))

    def show(self, path: str, form: Form) -> dict[str, Any]:
        """Makes the call after which readers may see the post.

        Raises:
            GraphTrouble: There is no answer or an error; ``doubtful`` where the post may be out.
        """
        reply = self.exchange.show(self._signed(Call(path=path, method="POST", form=form, patience=60.0)))
        if isinstance(reply, Uncertain):
            raise GraphTrouble(Refused(reply.reason, permanent=False), doubtful=True)
        return self._taken(reply, visible=True)

    def _signed(self, call: Call) -> Call:
        return bearer(replace(call, path=f"/{self.version}/{call.path}"), self.token())

    def _taken(self, reply: Reply | Refused, *, visible: bool = False) -> dict[str, Any]:
        if isinstance(reply, Refused):
            raise GraphTrouble(reply)
        title = self.exchange.title
        try:
            table = reply.table()
        except UnreadableReply as error:
            unreadable = Refused(f"{title} answered with something that is not an answer of its API ({reply.status}).", permanent=False)
            raise GraphTrouble(unreadable, doubtful=visible) from error
        if reply.is_success and "error" not in table:
            return table
        found = GraphError.read(table)
        refusal = found.refusal(title)
        plain = replace(refusal, reason=self.exchange.secrets.removed(refusal.reason))
        raise GraphTrouble(plain, found, doubtful=visible and found.says_nothing)


def connect(connection: Connection, title: str, user: str, names: str = "id,name") -> Graph:
    """Returns the API for an account; ``user`` names the setting with its number, ``names`` the fields that ``me`` has there.

    Raises:
        SettingMissing: The number is not there.
        UnsafeAddress: ``graph_url`` is no address to send a token to.
        SecretMissing: The account has no token.
    """
    name, settings = connection.account.name, connection.account.settings
    if not settings.get(user):
        raise SettingMissing(
            f"The account {name} is live and has no {user}.", f"Add it to [accounts.{name}]; Meta’s app dashboard shows it."
        )
    secrets = Secrets()
    token = _lasting(connection.secret, secrets)
    token()
    address = configured_address(settings["graph_url"], f"graph_url of [accounts.{name}]")
    return Graph(Exchange(address, title, connection.clock, secrets), settings["graph_version"], settings[user], token, names)


def text_of(table: Mapping[str, Any], name: str) -> str:
    """Returns a field as text, empty where it is missing."""
    value = table.get(name)
    return "" if value is None else str(value)


def _lasting(find: Callable[[], str], secrets: Secrets) -> Callable[[], str]:
    """Returns what gives the secret as it is now, and the last one known where it cannot be read for a moment."""
    known = ""

    def current() -> str:
        nonlocal known
        try:
            found = find()
        except SchedulerError:
            if not known:
                raise
            return known
        if found != known:
            secrets.add(quote(secrets.add(found), safe=""))
            known = found
        return found

    return current
