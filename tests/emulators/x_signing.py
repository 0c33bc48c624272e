"""The signature of OAuth 1.0a, written down from RFC 5849 (sections 3.4.1 and 3.4.2) for the emulator alone.

Bodies that are JSON are no part of it.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote


def is_signed(secret: str, method: str, url: str, fields: Mapping[str, str], header: str) -> bool:
    """Tells whether a header signs the request with ``APP-KEY:APP-SECRET:TOKEN:TOKEN-SECRET``; ``url`` has no query."""
    app, app_secret, token, token_secret = secret.split(":")
    given = {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', header.removeprefix("OAuth "))}
    signature = given.pop("oauth_signature", "")
    if (given.get("oauth_consumer_key"), given.get("oauth_token"), given.get("oauth_version")) != (app, token, "1.0"):
        return False
    if (
        given.get("oauth_signature_method") != "HMAC-SHA1"
        or not given.get("oauth_nonce")
        or not given.get("oauth_timestamp", "").isdecimal()
    ):
        return False
    normal = "&".join(
        f"{name}={value}" for name, value in sorted((_coded(name), _coded(value)) for name, value in [*fields.items(), *given.items()])
    )
    base = f"{method.upper()}&{_coded(url)}&{_coded(normal)}"
    made = hmac.digest(f"{_coded(app_secret)}&{_coded(token_secret)}".encode(), base.encode(), "sha1")
    return hmac.compare_digest(base64.b64encode(made).decode(), signature)


def _coded(word: str) -> str:
    return quote(word, safe="~")
