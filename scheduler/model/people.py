"""Whom texts mention."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Is a person or an organisation whom texts mention: ``title`` is its name in words, ``handles`` maps a network to its name there."""

    name: str
    title: str = ""
    handles: Mapping[str, str] = field(default_factory=dict)
