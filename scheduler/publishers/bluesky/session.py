"""Keeps an account signed in: the app password is sent rarely, since a server takes 300 sign-ins a day and no more."""

import base64
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from scheduler.config.private import write_private
from scheduler.config.secrets import SecretTrouble
from scheduler.model.outcome import Refused, Uncertain
from scheduler.publishers import fields
from scheduler.publishers.addresses import Address
from scheduler.publishers.answers import Reply, UnreadableReply, refusal
from scheduler.publishers.error_form import ErrorForm
from scheduler.publishers.exchange import Call, Exchange, MakeExchange, bearer
from scheduler.publishers.unconnected import out_of_reach

TITLE: Final = "Bluesky"
# packages/pds/src/auth-verifier.ts (bluesky-social/atproto, 2026-08-20): a token that ran out is answered with 400, not 401.
_RUN_OUT = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "BadJwt"})
_RESTRICTED = frozenset({"AccountTakedown", "AccountDeactivated", "AccountSuspended", "AccountNotActive"})
# What a server answers after its account was taken to another one (account migration, atproto.com/guides/account-migration).
_NOT_HERE = frozenset({"AccountDeactivated", "RepoDeactivated", "RepoNotFound", "AccountNotFound"})
_ALMOST = 60.0
# The service for films says 409 of one that it knows, with the number of its job.
ERRORS: Final = ErrorForm(fields=("error", "jobId", "jobStatus"))
_TOKEN = re.compile(r"[\x21-\x7e]{1,16000}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Is one signed-in session at ``base``; ``whose`` tells which settings it was made with."""

    whose: str
    base: str
    trusted: bool
    did: str
    handle: str
    access: str
    refresh: str

    @property
    def address(self) -> Address:
        """Returns where the session is."""
        return Address(self.base, urlsplit(self.base).hostname or "", self.trusted)


@dataclass(frozen=True, slots=True)
class Login:
    """Is how to sign in: ``home`` finds the server that keeps the account, ``keep`` is the file for the tokens.

    ``whose`` changes with the settings that a session depends on, so that a kept one is not used for another account.
    """

    identifier: str
    whose: str
    secret: Callable[[], str]
    home: Callable[[], Address | Refused]
    keep: Path


class Session:
    """Makes calls as the account; threads may share it."""

    def __init__(self, login: Login, door: MakeExchange) -> None:
        self._login = login
        self._door = door
        self._tokens: Tokens | None = None
        self._exchange: Exchange | None = None
        self._lock = threading.RLock()

    def tokens(self) -> Tokens | Refused:
        """Returns the session, kept from before where there is one."""
        with self._lock:
            if self._tokens is None:
                self._tokens = self._kept()
            return self._tokens or self.sign_in()

    def ask(self, call: Call) -> Reply | Refused:
        """Makes an invisible call as the account."""
        found = self._signed(call, lambda exchange, signed: exchange.ask(signed))
        assert not isinstance(found, Uncertain)  # only a visible call leaves anything unknown
        return found

    def show(self, call: Call) -> Reply | Refused | Uncertain:
        """Makes the visible call as the account; where the token had run out nothing was done, and it is made with a new one.

        A page in the place of an answer may be all that is left of a server that the account has moved away from. Whether it
        was all, the record itself tells.
        """
        found = self._signed(replace(call, may_lack=True), lambda exchange, signed: exchange.show(signed))
        if isinstance(found, Reply) and not ERRORS.is_of(found):
            return Uncertain(f"{TITLE} did not answer itself: something before it did ({found.status}); the post may be out.")
        return found

    def sign_in(self) -> Tokens | Refused:
        """Signs in with the app password, whatever session there is."""
        with self._lock:
            home = self._login.home()
            if isinstance(home, Refused):
                return home
            exchange = self._at(home)
            try:
                password = exchange.secrets.add(self._login.secret())
            except SecretTrouble as lacking:
                return out_of_reach(lacking)
            wanted = {"identifier": self._login.identifier, "password": password}
            call = Call(method="POST", path="/xrpc/com.atproto.server.createSession", json=wanted, brings_secret=True)
            reply = exchange.ask(call)
            return self._take(reply, exchange)

    def _signed(self, call: Call, make: Callable[[Exchange, Call], Reply | Refused | Uncertain]) -> Reply | Refused | Uncertain:
        tokens = self._fresh()
        if isinstance(tokens, Refused):
            return tokens
        answer = make(self._at(tokens.address), bearer(call, tokens.access))
        if isinstance(answer, Reply) and _has_run_out(answer):
            tokens = self._renewed(tokens)
            if isinstance(tokens, Refused):
                return tokens
            answer = make(self._at(tokens.address), bearer(call, tokens.access))
        if _is_away(answer):
            moved = self._moved(tokens)
            answer = make(self._at(moved.address), bearer(call, moved.access)) if moved else answer
        return answer

    def _moved(self, tokens: Tokens) -> Tokens | None:
        """Returns a session at the account's new server, where it has moved since it signed in; None where it has not."""
        with self._lock:
            home = self._login.home()
            if isinstance(home, Refused) or home.base == tokens.base:
                return None
            found = self.sign_in()
            return None if isinstance(found, Refused) else found

    def _fresh(self) -> Tokens | Refused:
        """Returns a session whose token holds for another minute."""
        tokens = self.tokens()
        if isinstance(tokens, Refused):
            return tokens
        ends = _claims(tokens.access).get("exp")
        now = self._at(tokens.address).clock.now().timestamp()
        return self._renewed(tokens) if isinstance(ends, int | float) and ends - now < _ALMOST else tokens

    def _renewed(self, tokens: Tokens) -> Tokens | Refused:
        with self._lock:
            exchange = self._at(tokens.address)
            call = Call(method="POST", path="/xrpc/com.atproto.server.refreshSession", brings_secret=True)
            reply = exchange.ask(bearer(call, tokens.refresh))
            if isinstance(reply, Reply) and not reply.is_success:
                return self.sign_in()
            if isinstance(reply, Refused) and (moved := self._moved(tokens)):
                return moved
            return self._take(reply, exchange)

    def _take(self, reply: Reply | Refused, exchange: Exchange) -> Tokens | Refused:
        if isinstance(reply, Refused):
            return reply
        if not reply.is_success:
            return _denied(reply)
        try:
            table, place = reply.table(), exchange.address
            whose = {key: exchange.secrets.removed(fields.words(table, key)) for key in ("did", "handle")}
            told = [fields.name(whose, key) for key in whose] + [_token(table, key) for key in ("accessJwt", "refreshJwt")]
        except UnreadableReply:
            told = []
        if not (told and all(told) and told[0].startswith("did:")):
            return Refused(f"{exchange.address.host} does not answer as a Bluesky server does.", permanent=False)
        tokens = Tokens(self._login.whose, place.base, place.trusted, *told)
        self._use(tokens)
        return tokens

    def _use(self, tokens: Tokens) -> None:
        exchange = self._at(tokens.address)
        for word in (tokens.access, tokens.refresh):
            exchange.secrets.add(word)
        self._tokens = tokens
        try:
            write_private(self._login.keep, json.dumps(asdict(tokens)))
        except OSError:
            # A session that cannot be kept is made again at the next start; what is to be published does not wait for that.
            return

    def _kept(self) -> Tokens | None:
        try:
            found = Tokens(**json.loads(self._login.keep.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        if found.whose != self._login.whose:
            return None
        for word in (found.access, found.refresh):
            self._at(found.address).secrets.add(word)
        return found

    def _at(self, address: Address) -> Exchange:
        if self._exchange is None or self._exchange.address != address:
            self._exchange = self._door(address)
        return self._exchange


def _has_run_out(reply: Reply) -> bool:
    return reply.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED} and reply.said("error") in _RUN_OUT


def _is_away(answer: Reply | Refused | Uncertain) -> bool:
    """Tells whether the account's server is gone, or says that it does not keep the account any more: nothing was done there."""
    if isinstance(answer, Refused):
        return not answer.permanent and not answer.kind
    return isinstance(answer, Reply) and (answer.status == HTTPStatus.NOT_FOUND or answer.said("error") in _NOT_HERE)


def _denied(reply: Reply) -> Refused:
    error = reply.said("error")
    if error == "AuthFactorTokenRequired":
        return refusal(
            TITLE, reply.status, "it wants a code from an e-mail; give an app password instead (Settings, Privacy and security)", "auth"
        )
    return refusal(TITLE, reply.status, reply.said("message", "error"), "restricted" if error in _RESTRICTED else "auth")


def scope_of(tokens: Tokens) -> str:
    """Returns what the session may do, in the server's words, such as ``com.atproto.appPass``."""
    return fields.words(_claims(tokens.access), "scope")


def _token(table: Mapping[str, Any], key: str) -> str:
    """Returns a token that can stand in a header; nothing where it could not."""
    found = fields.words(table, key)
    return found if _TOKEN.fullmatch(found) else ""


def _claims(token: str) -> Mapping[str, Any]:
    """Returns what a token says of itself; nothing where it cannot be read, which is the server's business alone."""
    try:
        middle = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
