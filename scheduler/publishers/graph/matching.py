"""Finds a post of ours among those of an account, by its words and not by being the latest."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any


def plain(text: str) -> str:
    """Returns a text as a network may give it back: composed, with single spaces, and without ``@``, which one of them leaves out."""
    return " ".join(unicodedata.normalize("NFC", text).replace("@", "").split())


def only_match(items: Iterable[Mapping[str, Any]], field: str, text: str) -> Mapping[str, Any] | None:
    """Returns the one item whose ``field`` has the same words; None where none has them, or more than one."""
    wanted = plain(text)
    found = [item for item in items if isinstance(item.get(field), str) and plain(item[field]) == wanted]
    return found[0] if len(found) == 1 else None
