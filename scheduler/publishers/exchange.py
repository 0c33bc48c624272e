"""The one door to other people's servers: time-outs, one connection for many calls, no redirects, no secrets in what is told.

A call is *visible* when readers may see a post after it. It goes out once, on a connection of its own, and what is not known
of it afterwards stays unknown. All other calls may be made again.
"""

import logging
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from http import HTTPStatus
from ssl import SSLContext
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from scheduler import __version__
from scheduler.clock import Clock
from scheduler.config.redacting import forms_of, without
from scheduler.model.outcome import Refused, Uncertain
from scheduler.publishers.addresses import Address, UnsafeAddress, public_ip
from scheduler.publishers.answers import Reply, too_busy, waiting_time
from scheduler.publishers.error_form import ANY_FORM, ErrorForm
from scheduler.publishers.lines import Hurried, Transport, Until, looked_up
from scheduler.publishers.resolving import SYSTEM
from scheduler.publishers.saying import UNFIT, in_words

MOST_BYTES = 8 * 1024 * 1024
_CONNECT, _WRITE, _IDLE = 10.0, 60.0, 4.0
_AT_ONCE = 64
_LONG = 16
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_MOVED_FOR_GOOD = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})
_BROKEN_OFF = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)
_USER_AGENT = f"scheduler/{__version__}"

# Both libraries log addresses and headers, which hold secrets on some networks.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Body(Protocol):
    """Is an open file as HTTP needs it: ``seek`` to the end tells its length, and to the start makes it readable anew."""

    def read(self, size: int = -1, /) -> bytes:
        """Returns the next bytes; empty at the end."""
        ...

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Returns the place that was gone to."""
        ...

    def tell(self) -> int:
        """Returns the place of the next byte."""
        ...

    def __iter__(self) -> Iterator[bytes]:
        """Yields the whole, piece by piece."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Is one request; ``path`` is below the server's address. ``patience`` is the most seconds that it may take, answer and all.

    ``content``, and the middle of each of ``files``, may be an open file: it is sent piece by piece from its first byte, each time
    that the call is made. What a file raises while it is read passes through; the call was not made whole then.
    ``brings_secret`` is for calls that are made to get one: from any other answer the secrets that we know are taken out.
    ``once`` is for calls that would make something twice: they are not made anew where the connection broke off.
    ``may_lack`` is for what not every server has: an answer that is no error of the network's own form is returned as it is, too.
    """

    path: str
    method: str = "GET"
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, Any] | None = None
    files: Mapping[str, tuple[str, bytes | Body, str]] | None = None
    content: bytes | Body | None = None
    patience: float = 30.0
    brings_secret: bool = False
    once: bool = False
    may_lack: bool = False


@dataclass(slots=True)
class Secrets:
    """Knows the words that must not be told to anybody."""

    words: set[str] = field(default_factory=set)

    def add(self, word: str) -> str:
        """Takes a secret and returns it; what is too short to be one is left alone."""
        if len(word) >= 6:  # noqa: PLR2004 - shorter words stand in ordinary sentences
            self.words |= forms_of(word)
        return word

    def removed(self, text: str) -> str:
        """Returns the text without them."""
        return without(text, self.words)

    def forgotten(self, reply: Reply) -> Reply:
        """Returns an answer without them, whatever the server repeats of what it got; short ones may be words of a post."""
        known = sorted((word for word in self.words if len(word) >= _LONG), key=len, reverse=True)
        body = reply.body
        for word in known:
            body = body.replace(word.encode(errors="surrogatepass"), b"[secret]")
        return Reply(reply.status, {name: without(value, known) for name, value in reply.headers.items()}, body)


class _TooMuchError(Exception):
    """Is an answer longer than anything a network documents."""


class Exchange:
    """Talks to one server; ``title`` is the network's name in sentences. Threads may share it.

    ``errors`` is the form of the network's own errors; where none is given, whoever asks judges each answer by itself.
    """

    def __init__(self, address: Address, title: str, clock: Clock, secrets: Secrets | None = None, errors: ErrorForm = ANY_FORM) -> None:
        self.address = address
        self.title = title
        self.errors = errors
        self.secrets = secrets or Secrets()
        self.clock = clock
        self.resolver = SYSTEM
        self._until = Until(clock.monotonic)
        self._clients: dict[int, httpx.Client] = {}

    def ask(self, call: Call) -> Reply | Refused:
        """Makes a call that readers cannot see the result of; a connection that broke off is made anew, once."""
        found = self.look(call)
        return found if isinstance(found, Refused) else self.judged(found, may_lack=call.may_lack)

    def look(self, call: Call) -> Reply | Refused:
        """Makes an invisible call and returns whatever is answered, errors and directions to elsewhere included."""
        try:
            try:
                return self._whole(self._client(keep=2), call)
            except _BROKEN_OFF:
                if call.once:
                    raise
                return self._whole(self._client(keep=0), call)  # a server that ended one kept connection is ending the others, too
        except httpx.TimeoutException as error:
            return self._refused(f"{self.title} did not answer in time", error)
        except httpx.TransportError as error:
            return self._refused(f"{self.title} cannot be reached", error)
        except (UnsafeAddress, _TooMuchError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            return self._refused(f"{self.title} cannot be asked", error)

    def show(self, call: Call) -> Reply | Refused | Uncertain:
        """Makes the call that makes a post visible: once, and never on a connection that the server may be closing right now."""
        try:
            reply = self._whole(self._client(keep=0), call)
        except _NOT_SENT as error:
            return self._refused(f"{self.title} cannot be reached", error)
        except (UnsafeAddress, httpx.InvalidURL) as error:
            return self._refused(f"{self.title} cannot be asked", error)
        except (httpx.HTTPError, httpx.StreamError, _TooMuchError, OSError) as error:
            told = "did not answer in time" if isinstance(error, httpx.TimeoutException) else "broke off before it answered"
            return Uncertain(f"{self.title} {told}; the post may be out.")
        if told := self._unclear(reply, may_lack=call.may_lack):
            return Uncertain(f"{self.title} {told} ({reply.status}); the post may be out.")
        return self._sent_on(reply, "auth") or self.judged(reply, may_lack=call.may_lack)

    def _unclear(self, reply: Reply, *, may_lack: bool) -> str:
        """Returns why an answer does not tell what became of a visible call; nothing where it does."""
        if reply.status < HTTPStatus.OK or reply.status == HTTPStatus.NOT_MODIFIED:
            return "answered in a way that says nothing"
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status == HTTPStatus.REQUEST_TIMEOUT:
            return "answered with an error of its own"
        if not may_lack and not self.errors.is_of(reply):
            return "did not answer itself: something before it did"
        # This one is also how servers answer to what they have done.
        return "sent us on instead of answering" if reply.status == HTTPStatus.SEE_OTHER else ""

    def close(self) -> None:
        """Ends the connections."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def judged(self, reply: Reply, *, may_lack: bool = False) -> Reply | Refused:
        """Returns the reply where it says something about the post, otherwise what is wrong with the server or the address."""
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            return too_busy(self.title, reply, self.clock.now())
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status == HTTPStatus.REQUEST_TIMEOUT:
            wait = waiting_time(reply, self.clock.now())
            return Refused(f"{self.title} has trouble of its own ({reply.status}).", permanent=False, retry_after=wait)
        if reply.status < HTTPStatus.OK or reply.status == HTTPStatus.NOT_MODIFIED:
            return Refused(f"{self.title} answered in a way that says nothing ({reply.status}).", permanent=False)
        if not may_lack and not self.errors.is_of(reply):
            told = f"{self.title} answered with a page instead of its API ({reply.status}). If that lasts, {self.errors.hint}."
            return Refused(told, permanent=False, retry_after=waiting_time(reply, self.clock.now()))
        return self._sent_on(reply, "auth" if reply.status in _MOVED_FOR_GOOD else "") or reply

    def _sent_on(self, reply: Reply, kind: str) -> Refused | None:
        """Returns that a server points elsewhere, which is no fault of the post: a page of its upkeep does, and so does an old address."""
        if not HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
            return None
        target = self.secrets.removed(_host(reply.headers.get("location", ""))) or "elsewhere"
        told = f"{self.address.host} sends us on to {target}; secrets are not taken there."
        return Refused(f"{told} If that lasts, put the right address into config.toml.", permanent=False, kind=kind)

    def _refused(self, lead: str, error: Exception) -> Refused:
        told = self.secrets.removed(in_words(error, self.address.host))
        return Refused(f"{lead}: {told}{'' if told.endswith('?') else '.'}", permanent=False)

    def _client(self, keep: int) -> httpx.Client:
        """Returns what makes the calls; one that keeps no connection is kept itself, since making it costs as much as a call."""
        if keep not in self._clients:
            made = self._new_client(keep)
            weakref.finalize(self, made.close)  # nobody has to say when the last call was made
            return self._clients.setdefault(keep, made)
        return self._clients[keep]

    def _new_client(self, keep: int) -> httpx.Client:
        limits = httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=keep, keepalive_expiry=_IDLE)
        # Proxies and passwords of the environment are left out: secrets go to the configured address, by the way that was checked.
        encryption = _encryption() if self.address.base.startswith("https:") else None
        return httpx.Client(transport=Transport(encryption, limits, self._until, self.resolver), follow_redirects=False, trust_env=False)

    def _whole(self, client: httpx.Client, call: Call) -> Reply:
        """Returns the whole answer; the clock runs for all of it, since a server may send one byte at a time for ever."""
        self._until.begin(call.patience)
        request = self._request(client, call)
        assert isinstance(request.stream, httpx.SyncByteStream)  # our clients are, and bodies with them
        request.stream = Hurried(request.stream, self._until)
        response = client.send(request, stream=True)
        try:
            body = bytearray()
            for piece in response.iter_raw():
                body += piece
                if len(body) > MOST_BYTES:
                    raise _TooMuchError("the answer is too long")
                if self._until.is_over:
                    raise httpx.ReadTimeout("the answer never ends")
            reply = Reply(response.status_code, {name.lower(): value for name, value in response.headers.items()}, bytes(body))
            return reply if call.brings_secret else self.secrets.forgotten(reply)
        finally:
            response.close()
            response.stream = httpx.ByteStream(b"")  # a ring that holds what was sent: pieces of a film would pile up

    def _request(self, client: httpx.Client, call: Call) -> httpx.Request:
        base, headers, extensions = self.address.base, {}, {}
        if not self.address.trusted:
            # The address is looked up once and that very answer is connected to: a second look could be answered differently.
            parts = urlsplit(base)
            found = looked_up(self.resolver, self.address.name, self._until.left(_CONNECT))
            ip = public_ip(self.address.host, found)
            place = f"[{ip}]" if ":" in ip else ip
            base = parts._replace(netloc=f"{place}:{parts.port or 443}").geturl()
            headers, extensions = {"Host": parts.netloc}, {"sni_hostname": self.address.name}
        patience = httpx.Timeout(call.patience, connect=min(_CONNECT, call.patience), write=_WRITE, pool=_CONNECT)
        try:
            return client.build_request(
                call.method,
                base + call.path,
                params=call.params,
                headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "identity", **headers, **call.headers},
                timeout=patience,
                extensions=extensions,
                **_contents(call),
            )
        except UnicodeEncodeError:
            raise httpx.LocalProtocolError(UNFIT) from None  # the error itself quotes the secret


def _host(address: str) -> str:
    """Returns the host of an address that a server gave; nothing where it is none, for servers write there what they like."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def bearer(call: Call, token: str) -> Call:
    """Returns the call with the token that shows who we are."""
    return replace(call, headers={**call.headers, "Authorization": f"Bearer {token}"})


def _contents(call: Call) -> dict[str, Any]:
    if call.content is not None and not isinstance(call.content, bytes):
        call.content.seek(0)
    given = {"json": call.json, "data": call.form, "files": call.files, "content": call.content}
    return {name: value for name, value in given.items() if value is not None}


@cache
def _encryption() -> SSLContext:
    """Returns how servers are checked: certificates are always verified. Loading them takes a while, so it is done once."""
    return httpx.create_ssl_context(trust_env=False)


MakeExchange = Callable[[Address], Exchange]
"""Opens the door to another server of the same account, with the same secrets kept."""
