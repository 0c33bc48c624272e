"""Takes secrets out of what is told, however they are written there."""

import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

_SECRET_WORDS = frozenset(
    {"token", "secret", "password", "passwd", "passphrase", "pwd", "key", "apikey", "credential", "bearer", "auth", "authorization"}
    | {"webhook", "hook", "cookie", "session", "jwt"}
)
_SECRET_ENDS = ("token", "secret", "password", "key")
_VALUE = r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,}#]+)"""
_PAIR = re.compile(rf"""([\w-]+|"[^"]*"|'[^']*')(\s*=\s*){_VALUE}""")
_SAID = re.compile(r"""^(\s*)([\w-]+)(\s*:\s*|\s+)("[^"]*"?|'[^']*'?|[^\s=]{6,})(?=\s*$)""")
_LONG = r"(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[A-Za-z0-9_-]{20,}"
_FOURS = r"[a-z0-9]{4}(?:-[a-z0-9]{4}){3}|[A-Za-z0-9]{4}(?: [A-Za-z0-9]{4}){5}"
_BY_ITSELF = re.compile(rf"(?:(?<![\w-]){_LONG}|(?<![\w.-])(?:{_FOURS}))(?![\w-]|\.\w{{2,5}}(?!\w))")
"""Is what tokens and app passwords look like that stand anywhere; names of accounts and of files are none."""


def is_secret_like(key: str) -> bool:
    """Tells whether a setting of that name would hold a secret."""
    words = [word.removesuffix("s") for word in re.split(r"[\W_]+", key.casefold()) if word]
    return any(word in _SECRET_WORDS or word.endswith(_SECRET_ENDS) for word in words)


def without_values(line: str) -> str:
    """Returns a line of TOML with a dot for each sign of a value whose key would hold a secret, so that nothing else moves."""

    def hidden(pair: re.Match[str]) -> str:
        key, sign, value = pair.groups()
        return f"{key}{sign}{'•' * len(value) if is_secret_like(key) else value}"

    def unsigned(said: re.Match[str]) -> str:
        before, key, blank, value = said.groups()
        return f"{before}{key}{blank}{'•' * len(value) if is_secret_like(key) else value}"

    return without_tokens(_SAID.sub(unsigned, _PAIR.sub(hidden, line)))


def without_tokens(text: str) -> str:
    """Returns a text with a dot for each sign of what looks like a token or an app password, wherever it stands."""
    return _BY_ITSELF.sub(lambda found: "•" * len(found.group()), text)


def forms_of(secret: str) -> frozenset[str]:
    """Returns a secret as it stands in addresses, pages and JSON: servers repeat what they got in their own way of writing."""
    page = html.escape(secret)
    return frozenset(
        {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), page, html.escape(secret, quote=False), repr(secret)[1:-1]}
        | {json.dumps(each, ensure_ascii=plain)[1:-1] for each in (secret, page) for plain in (True, False)}
    )


def without(text: str, forms: Iterable[str]) -> str:
    """Returns the text with each of the forms replaced by ``[secret]``, the longest first."""
    for word in sorted(filter(None, forms), key=len, reverse=True):
        text = text.replace(word, "[secret]")
    return text
