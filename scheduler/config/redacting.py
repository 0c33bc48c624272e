"""Takes secrets out of what is told, however they are written there."""

import html
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus


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
