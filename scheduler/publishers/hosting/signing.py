"""Signs requests to S3-compatible stores.

Source: "Signature Version 4" in the Amazon S3 API reference; the same for every store that calls itself compatible.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

_UNSIGNED = "UNSIGNED-PAYLOAD"
NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Keys:
    """Is who asks, and in which region."""

    identifier: str
    secret: str
    region: str


@dataclass(frozen=True, slots=True)
class Request:
    """Is what is signed: ``path`` begins with a slash and is not yet escaped, ``host`` has its port where it is not the usual one.

    ``digest`` is the SHA-256 of the content, in hexadecimal.
    """

    method: str
    host: str
    path: str
    digest: str = NOTHING


def signed_headers(request: Request, keys: Keys, now: datetime, more: Mapping[str, str]) -> dict[str, str]:
    """Returns the headers to send, ``more`` among them; ``now`` is aware UTC."""
    headers = {"host": request.host, "x-amz-content-sha256": request.digest, "x-amz-date": _stamp(now)}
    headers |= {name.lower(): value for name, value in more.items()}
    names = ";".join(sorted(headers))
    canonical = _canonical(request, "", headers, request.digest)
    credential = f"{keys.identifier}/{_scope(now, keys.region)}"
    signature = _signature(canonical, keys, now)
    authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return {name: value for name, value in headers.items() if name != "host"} | {"authorization": authorization}


def signed_query(request: Request, keys: Keys, now: datetime, seconds: int) -> str:
    """Returns the query of an address that anybody may fetch for so many seconds."""
    fields = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{keys.identifier}/{_scope(now, keys.region)}",
        "X-Amz-Date": _stamp(now),
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": "host",
    }
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(fields.items()))
    canonical = _canonical(request, query, {"host": request.host}, _UNSIGNED)
    return f"{query}&X-Amz-Signature={_signature(canonical, keys, now)}"


def escaped(path: str) -> str:
    """Returns a path as it is signed and sent."""
    return quote(path, safe="/-_.~")


def _canonical(request: Request, query: str, headers: Mapping[str, str], digest: str) -> str:
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    return "\n".join((request.method, escaped(request.path), query, lines, ";".join(sorted(headers)), digest))


def _signature(canonical: str, keys: Keys, now: datetime) -> str:
    text = "\n".join(("AWS4-HMAC-SHA256", _stamp(now), _scope(now, keys.region), hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{keys.secret}".encode()
    for word in (f"{now:%Y%m%d}", keys.region, "s3", "aws4_request"):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _stamp(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%SZ}"


def _scope(now: datetime, region: str) -> str:
    return f"{now:%Y%m%d}/{region}/s3/aws4_request"
