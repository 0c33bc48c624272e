"""Why a graphic or a picture cannot be had, as values: the author's mistakes never travel as exceptions."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Undrawable:
    """Says in a sentence why a graphic cannot be drawn, and in another what to change; ``fix`` may be empty."""

    reason: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Says in a sentence why a file cannot be used as a picture; ``settled`` tells that no byte which is still to come mends it."""

    reason: str
    settled: bool = False


def did_you_mean(word: str, known: Iterable[str], what: str) -> str:
    """Returns the sentence that offers the nearest known word, or lists all of them where none is near."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1)
    if near:
        return f"Did you mean “{near[0]}”?"
    listed = ", ".join(f"“{name}”" for name in names)
    return f"The {what} are {listed}." if names else f"There are no {what}."
