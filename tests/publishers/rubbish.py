"""What a broken or hostile server may answer: statuses, bodies that are none, and every field of a good answer with rubbish in it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scheduler.publishers.answers import Reply
from tests.publishers.staging import Twist

ELSEWHERE = "elsewhere.example"
DEEP: Any = "deep"
for _ in range(900):
    DEEP = [DEEP]

VALUES: Mapping[str, Any] = {
    "null": None,
    "true": True,
    "list": [],
    "table": {},
    "list of null": [None],
    "empty": "",
    "minus": -1,
    "huge": 10**30,
    "large": 99_999_999_999_999,
    "float": 1.5e308,
    "words": "rubbish in words",
    "escapes": "\x1b]0;owned\x07\x1b[2J\u202egnp.\u2066",
    "lines": "1\r\nX-Injected: 1",
    "upwards": "../../../etc/passwd?a=b#c",
    "inside": "http://169.254.169.254/latest/meta-data",
    "other host": f"https://{ELSEWHERE}/take",
    "no address": "http://[::1",
    "script": "javascript:alert(1)",
    "long": "9" * 1_000_000,
    "deep": DEEP,
    "first day": "0001-01-01T00:00:00+1400",
    "last day": "9999-12-31T23:59:59-1400",
    "half an emoji": "\ud83d",
    "secret": "https://echo.example/?access_token=SECRET",
    "bare secret": "SECRET",
}
BODIES: Mapping[str, bytes] = {
    "empty": b"",
    "page": b"<html><body><h1>Welcome to our hotel</h1></body></html>",
    "list": b"[]",
    "list of null": b"[null]",
    "table": b"{}",
    "null": b"null",
    "text": b'"ok"',
    "number": b"1",
    "NaN": b"NaN",
    "open": b"[" * 100_000,
    "half": b'{"id": "1',
    "digits": b"9" * 5_000,
    "no UTF-8": b'{"id": "\xff\xfe"}',
    "UTF-16": '{"id": "1"}'.encode("utf-16"),
    "bytes": bytes(range(256)) * 4,
}
STATUSES = (
    *(100, 101, 200, 201, 202, 204, 205, 206, 226, 300, 301, 302, 304, 307, 399),
    *(400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 413, 415, 418, 422, 423, 425, 429, 451, 499),
    *(500, 501, 502, 503, 504, 507, 511, 520, 599, 600, 999),
)
HEADERS = {
    "retry-after": ("-1", "1e400", "9" * 5_000, "Fri, 99 Foo 99999 99:99:99 GMT", "0001-01-01T00:00:00+14:00", "\x1b[2J", "²"),
    "x-ratelimit-remaining": ("9" * 5_000, "-0", "²", "nothing", "0" * 5_000),
    "ratelimit-remaining": ("0" * 5_000, "00"),
    "location": ("http://169.254.169.254/", "http://[", f"https://{ELSEWHERE}/", "//" * 5_000, "\x1b[2J"),
    "content-length": ("-1", "99999999999999999999"),
    "content-encoding": ("gzip", "br"),
    "set-cookie": ("a=b; Domain=.example; Path=/",),
    "x-restli-id": ("", "\x1b[2J", "../../x", "x" * 100_000, "urn:li:share:1 2", "javascript:alert(1)"),
    "x-oauth-scopes": ("", "\x1b[2J", "," * 100_000),
}


@dataclass(frozen=True)
class Bad:
    """Is one change of one answer; ``status`` is what it says instead, 0 where it stays as it was."""

    label: str
    twist: Twist
    status: int = 0


def bad_answers(good: Reply, secret: str) -> Iterator[Bad]:
    """Yields every way in which this answer is made bad; some fields then hold the secret that the network was given."""
    for status in STATUSES:
        for name, body in (("as it was", good.body), ("empty", b""), ("page", BODIES["page"])):
            if status != good.status or name != "as it was":
                yield Bad(f"{status} {name}", _set(status=status, body=body), status)
    yield from (Bad(f"body: {name}", _set(body=body)) for name, body in BODIES.items())
    for header, values in HEADERS.items():
        for value in values:
            yield Bad(f"{header}: {value[:40]!r}", _set({header: value}))
            if header in {"retry-after", "location"}:
                status = 429 if header == "retry-after" else 307
                yield Bad(f"{status} {header}: {value[:40]!r}", _set({header: value}, status=status), status)
    yield from _changed(good, secret)


def _changed(good: Reply, secret: str) -> Iterator[Bad]:
    try:
        whole = json.loads(good.body)
    except ValueError:
        return
    for path in _paths(whole):
        place = ".".join(map(str, path))
        for name, plain in VALUES.items():
            value = plain.replace("SECRET", secret) if isinstance(plain, str) else plain
            yield Bad(f"{place} = {name}", _field(whole, path, value))
        yield Bad(f"{place} is missing", _field(whole, path, None, drop=True))
        for name, data in (("NaN", b"NaN"), ("infinite", b"-Infinity"), ("overflow", b"1e999"), ("digits", b"9" * 4_000)):
            yield Bad(f"{place} = {name}", _field(whole, path, "RAW", raw=data))


def _field(whole: Any, path: tuple[str | int, ...], value: Any, *, drop: bool = False, raw: bytes = b"") -> Twist:
    """Returns what puts a value in one place of an answer; it is written once it is wanted, for most never are."""

    def twist(good: Reply) -> Reply:
        body = json.dumps(_with(whole, path, value, drop=drop)).encode()
        return Reply(good.status, good.headers, body.replace(b'"RAW"', raw) if raw else body)

    return twist


def _paths(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yields the place of everything in an answer; of a list the first alone."""
    if at:
        yield at
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _paths(each, (*at, name))
    elif isinstance(value, list) and value:
        yield from _paths(value[0], (*at, 0))


def _with(whole: Any, path: tuple[str | int, ...], value: Any, *, drop: bool = False) -> Any:
    if not path:
        return value
    first, *rest = path
    if isinstance(whole, dict):
        if drop and not rest:
            return {name: each for name, each in whole.items() if name != first}
        return {**whole, first: _with(whole[first], tuple(rest), value, drop=drop)}
    return [_with(whole[0], tuple(rest), value, drop=drop), *whole[1:]] if rest or not drop else whole[1:]


def _set(headers: Mapping[str, str] | None = None, *, status: int | None = None, body: bytes | None = None) -> Twist:
    def twist(good: Reply) -> Reply:
        return Reply(good.status if status is None else status, {**good.headers, **(headers or {})}, good.body if body is None else body)

    return twist
