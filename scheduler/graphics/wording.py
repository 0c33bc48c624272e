"""Fills the patterns of a template with the fields of a graphic; what is empty goes, together with its comma."""

import re
from collections.abc import Mapping

_FIELD = re.compile(r"\{([a-z_]+)\}")
_ENDS = (".", "!", "?", "…", ":", "؟", "。")


def names(pattern: str) -> tuple[str, ...]:
    """Returns the fields that a pattern mentions."""
    return tuple(_FIELD.findall(pattern))


def _part(pattern: str, fields: Mapping[str, str]) -> str:
    mentioned = names(pattern)
    if mentioned and not any(fields.get(name) for name in mentioned):
        return ""
    return " ".join(_FIELD.sub(lambda found: fields.get(found[1], ""), pattern).split())


def _joined(pattern: str, fields: Mapping[str, str]) -> str:
    for separator in (" · ", ", "):
        if separator in pattern:
            parts = (_joined(piece, fields) for piece in pattern.split(separator))
            return separator.join(part for part in parts if part)
    return _part(pattern, fields)


def fill(pattern: str, fields: Mapping[str, str]) -> str:
    """Returns the pattern with its fields: ``"{time} · {place}"`` without a place is the time alone."""
    return _joined(pattern, fields)


def sentences(pattern: str, fields: Mapping[str, str]) -> str:
    """Returns a pattern of sentences, each filled and ended with one full stop or the mark that it already ends with."""
    said = (_joined(sentence, fields) for sentence in pattern.removesuffix(".").split(". "))
    return " ".join(one if one.endswith(_ENDS) else one + "." for one in said if one)
