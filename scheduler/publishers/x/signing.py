"""Signs requests with OAuth 1.0a, whose tokens do not expire. Source: RFC 5849; bodies that are JSON are not part of the signature."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

PARTS = 4


@dataclass(frozen=True, slots=True)
class Keys:
    """Is who the app is, and whose account it writes to."""

    app: str
    app_secret: str
    token: str
    token_secret: str

    @classmethod
    def read(cls, secret: str) -> "Keys | None":
        """Returns the keys of ``APP-KEY:APP-SECRET:TOKEN:TOKEN-SECRET``; None where the secret has another form."""
        parts = secret.split(":")
        return cls(*parts) if len(parts) == PARTS and all(parts) else None


def authorization(keys: Keys, method: str, url: str, params: Mapping[str, str], stamp: tuple[datetime, str]) -> str:
    """Returns the header for one request; ``url`` has no query, ``stamp`` is the moment and a word that was never used before."""
    now, nonce = stamp
    ours = {
        "oauth_consumer_key": keys.app,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int(now.timestamp())),
        "oauth_token": keys.token,
        "oauth_version": "1.0",
    }
    pairs = sorted((_escaped(name), _escaped(value)) for name, value in {**params, **ours}.items())
    words = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join((method, _escaped(url), _escaped(words)))
    key = f"{_escaped(keys.app_secret)}&{_escaped(keys.token_secret)}".encode()
    signature = base64.b64encode(hmac.new(key, base.encode(), hashlib.sha1).digest()).decode()
    shown = {**ours, "oauth_signature": signature}
    return "OAuth " + ", ".join(f'{name}="{_escaped(value)}"' for name, value in sorted(shown.items()))


def _escaped(word: str) -> str:
    return quote(word, safe="-._~")
