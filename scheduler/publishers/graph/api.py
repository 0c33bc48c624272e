"""Calls to Meta's Graph API, in its form: a version in the path, a token in a header, errors in an envelope."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from scheduler.clock import SystemClock
from scheduler.model.errors import ConfigurationError, SchedulerError
from scheduler.model.outcome import Outcome, Published, Refused, Uncertain
from scheduler.model.plain import line
from scheduler.publishers.addresses import configured_address
from scheduler.publishers.answers import Reply, UnreadableReply
from scheduler.publishers.contract import Connection, Renewed
from scheduler.publishers.exchange import Body, Call, Exchange, Secrets, bearer
from scheduler.publishers.fields import at_seconds, lasting, table, tables
from scheduler.publishers.fields import name as id_of
from scheduler.publishers.fields import words as text_of
from scheduler.publishers.graph.errors import ERRORS, GraphError
from scheduler.publishers.graph.usage import FULL, Usage

Form = Mapping[str, str]
File = tuple[str, Body, str]

_TOKEN = re.compile(r"[\x21-\x7e]{1,4000}")
_LONGEST_CURSOR, _LONGEST_NAME = 1_000, 100
_ENDS = ("expires_at", "data_access_expires_at")


class SettingMissing(ConfigurationError):
    """Is an account without a setting that sending needs."""


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
    """Is the Graph API for one account; ``user`` is the number of the account, profile or Page.

    ``token`` returns the access token as it is now: it may be renewed while the program runs. ``me`` is the path that tells whose it is,
    ``names`` are the fields that are asked for there.
    """

    exchange: Exchange
    version: str
    user: str
    token: Callable[[], str]
    names: str = "id,name"
    me: str = "me"
    usage: Usage = field(default_factory=lambda: Usage(SystemClock()))

    def rest(self) -> Refused | None:
        """Returns a refusal of our own where the network has said that nearly all calls are used, so that the last are not used up."""
        wait = self.usage.rest()
        if wait is None:
            return None
        told = f"{self.exchange.title} counts {self.usage.percent} % of the calls that it allows as used; posts wait until there are more."
        return Refused(told, permanent=False, retry_after=wait, kind="rate")

    def with_rest(self, outcome: Outcome) -> Outcome:
        """Returns the outcome with the time for which the account should send nothing more."""
        return replace(outcome, rest=self.usage.rest()) if isinstance(outcome, Published) else outcome

    def used(self) -> tuple[str, ...]:
        """Returns a sentence for people on how many calls are used; none where the network has not said it."""
        if self.usage.percent is None:
            return ()
        return (f"{self.exchange.title} counts {self.usage.percent} % of its calls as used; from {FULL} % on, posts wait.",)

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
        try:
            found = self.read(self.me, fields=self.names)
        except GraphTrouble as trouble:
            if trouble.error.is_gone:
                told = f"The token does not open the account number {self.user}: see that the number is right, and whose token it is."
                raise GraphTrouble(Refused(told, permanent=False, kind="auth"), trouble.error) from trouble
            raise
        if self.user not in {text_of(found, "id"), text_of(found, "user_id")}:
            whose = f"{line(_named(found), _LONGEST_NAME)}, number {id_of(found, 'user_id') or id_of(found, 'id') or 'unknown'}"
            told = f"The token belongs to another account ({whose}) than config.toml says (number {self.user})."
            raise GraphTrouble(Refused(told, permanent=False, kind="auth"))
        return _named(found)

    def renewed(self, grant: str) -> Renewed:
        """Exchanges the token for one that lasts anew; it has to be a day old and must not have ended.

        Raises:
            GraphTrouble: There is no answer, or an error, or an answer without a token.
        """
        asked = {"grant_type": grant, "access_token": self.token()}
        answer = self._taken(self.exchange.ask(Call(path="/refresh_access_token", params=asked, brings_secret=True)))
        token, seconds = text_of(answer, "access_token"), answer.get("expires_in")
        if not _TOKEN.fullmatch(token):
            raise GraphTrouble(Refused(f"{self.exchange.title} answered without a new token.", permanent=False))
        self.exchange.secrets.add(token)
        lasts = lasting(seconds)
        return Renewed(token, self.exchange.clock.now() + lasts if lasts is not None else None)

    def ends(self) -> datetime | None:
        """Returns when the token, or the access to data that it gives, ends; None where it has no end or it is not told."""
        told = self._of_token()
        times = [moment for name in _ENDS if told.get(name) and (moment := at_seconds(told[name])) is not None]
        return min(times, default=None)

    def lacking(self, rights: Iterable[str]) -> tuple[str, ...]:
        """Returns which of these permissions the token was not given; none where the network does not tell what it has."""
        given = self._of_token().get("scopes")
        return tuple(right for right in rights if right not in given) if isinstance(given, list) else ()

    def tells_rights(self) -> bool:
        """Returns whether the network tells which permissions the token was given."""
        return isinstance(self._of_token().get("scopes"), list)

    def _of_token(self) -> Mapping[str, Any]:
        """Returns what the network tells of the token itself; nothing where it does not."""
        try:
            return table(self.read("debug_token", input_token=self.token()), "data")
        except GraphTrouble:
            return {}

    def make(self, path: str, form: Form, files: Mapping[str, File] | None = None, patience: float = 60.0) -> str:
        """Makes something that readers cannot see and returns its id.

        Raises:
            GraphTrouble: Few calls are left, or there is no answer, an error, or no id; what was made perhaps stays behind, unseen.
        """
        if resting := self.rest():
            raise GraphTrouble(resting)
        answer = self._taken(self.exchange.ask(self._signed(Call(path=path, method="POST", form=form, files=files, patience=patience))))
        made = id_of(answer, "id")
        if not made:
            raise GraphTrouble(self.unreadable("answered without the number of what it made"))
        return made

    def listed(self, path: str, **params: str) -> tuple[list[Mapping[str, Any]], str]:
        """Returns the rows of a list, and where its next page begins, nothing where this is the last.

        Raises:
            GraphTrouble: There is no answer, an error, or no list.
        """
        answer = self.read(path, **params)
        rows = answer.get("data")
        if not isinstance(rows, list):
            raise GraphTrouble(self.unreadable("answered with something that is no list"))
        after = text_of(table(answer, "paging", "cursors"), "after")
        return tables(rows), after if len(after) <= _LONGEST_CURSOR else ""

    def unreadable(self, what: str) -> Refused:
        """Returns a refusal that comes right by itself, or never: the network answers in no form that it documents."""
        return Refused(f"{self.exchange.title} {what}; it is tried again.", permanent=False)

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
        self.usage.hear(reply.headers)
        title = self.exchange.title
        try:
            answer = reply.table()
        except UnreadableReply as error:
            unreadable = Refused(f"{title} answered with something that is not an answer of its API ({reply.status}).", permanent=False)
            raise GraphTrouble(unreadable, doubtful=visible) from error
        if reply.is_success and "error" not in answer:
            return answer
        found = GraphError.read(answer)
        refusal = found.refusal(title)
        # The network knows better than a table how long it will refuse.
        wait = (self.usage.rest() if refusal.kind == "rate" else None) or refusal.retry_after
        plain = replace(refusal, reason=self.exchange.secrets.removed(refusal.reason), retry_after=wait)
        raise GraphTrouble(plain, found, doubtful=visible and found.says_nothing)


def connect(connection: Connection, title: str, user: str, names: str = "id,name", *, of_person: bool = False) -> Graph:
    """Returns the API for an account; ``user`` names the setting with its number, ``names`` the fields that tell whose the token is.

    The token ``of_person`` who looks after the account opens the account by its number, and is not the account's own.

    Raises:
        SettingMissing: The number is not there.
        UnsafeAddress: ``graph_url`` is no address to send a token to.
        SecretMissing: The account has no token.
    """
    name, settings = connection.account.name, connection.account.settings
    if not settings.get(user):
        raise SettingMissing(f"The account {name} has no {user}.", f"Add it to [accounts.{name}]; Meta’s app dashboard shows it.")
    address = configured_address(settings["graph_url"], f"graph_url of [accounts.{name}]")
    secrets = Secrets()
    token = _lasting(connection.secret, secrets)
    token()
    me = settings[user] if of_person else "me"
    exchange, usage = Exchange(address, title, connection.clock, secrets, ERRORS), Usage(connection.clock)
    return Graph(exchange, settings["graph_version"], settings[user], token, names, me, usage)


def _named(found: Mapping[str, Any]) -> str:
    return text_of(found, "username") or text_of(found, "name")


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
