"""An author's mistake before it has a place: the reader of a value knows what is wrong, its caller knows where the value stands."""

import difflib
import functools
from collections.abc import Iterable
from dataclasses import dataclass, replace

from scheduler.model.finding import Edit, Finding, Severity, Span

_SLIP_OF_FINGERS = 0.75
_LONG = 5  # letters, from which on a piece of a name stands for the name


@dataclass(frozen=True, slots=True)
class Mend:
    """Is what to type instead of a stretch of the value, all of it by default; only a ``safe`` one is typed without asking."""

    text: str
    start: int = 0
    end: int | None = None
    safe: bool = True

    def at(self, span: Span) -> Edit:
        """Returns the change for a value that stands at ``span`` of the file."""
        end = span.end_column if self.end is None else span.column + self.end
        return Edit(span.line, span.column + self.start, end, self.text, self.safe)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """Is a finding without path and place; ``start`` and ``end`` narrow it to a stretch of the value, in code points.

    ``mend`` counts from the start of the value, not of the stretch.
    """

    rule: str
    message: str
    label: str = ""
    consequence: str = ""
    fix: str | None = None
    severity: Severity = Severity.ERROR
    start: int = 0
    end: int | None = None
    mend: Mend | None = None

    def within(self, start: int, end: int) -> "Slip":
        """Returns the same slip narrowed to a stretch of the value."""
        return replace(self, start=start, end=end)

    def found(self, path: str, span: Span, part: str | None = None) -> Finding:
        """Returns the finding for a value that stands at ``span`` of the file."""
        start = min(span.column + self.start, max(span.column, span.end_column - 1))
        end = span.end_column if self.end is None else min(span.column + self.end, span.end_column)
        return Finding(
            rule=self.rule,
            severity=self.severity,
            message=self.message,
            path=path,
            span=Span(span.line, start, max(start + 1, end)),
            label=self.label,
            consequence=self.consequence,
            fix=self.fix,
            part=part,
            edit=self.mend.at(span) if self.mend is not None else None,
        )


class SlipError(ValueError):
    """Carries a slip out of a validator."""

    def __init__(self, slip: Slip) -> None:
        super().__init__(slip.message)
        self.slip = slip


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Returns the choice that the author most likely meant, or None where nothing is close."""
    return _nearest(word.casefold()[:80], tuple(choices))


@functools.lru_cache(maxsize=512)
def _nearest(typed: str, choices: tuple[str, ...]) -> str | None:
    spelled = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(typed, spelled, n=1, cutoff=0.65)
    if not close and len(typed) >= _LONG:
        close = [choice for choice in spelled if typed in choice][:1]
    return spelled[close[0]] if close else None


def alike(word: str, other: str) -> bool:
    """Tells whether two names differ by no more than a slip of the fingers."""
    return difflib.SequenceMatcher(None, word.casefold(), other.casefold()).ratio() >= _SLIP_OF_FINGERS


def shown(text: str, length: int = 40) -> str:
    """Returns the author's words for use inside a message: on one line, printable, and not too long."""
    line = "".join(character if character.isprintable() else "�" for character in " ".join(text.split()))
    return line if len(line) <= length else line[: length - 1] + "…"
