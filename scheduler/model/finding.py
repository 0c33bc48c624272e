"""An author's mistake as a value."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """Says what a finding does: an error holds the post, a warning goes out with it, a hint is only shown."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Span:
    """Is a stretch of one line; line and columns count from 1 in code points, ``end_column`` is exclusive."""

    line: int = 1
    column: int = 1
    end_column: int = 1


@dataclass(frozen=True, slots=True)
class Edit:
    """Is a change that mends a mistake: the stretch of one line, counted as in :class:`Span`, becomes ``replacement``.

    A ``safe`` one keeps what the author plainly meant; any other is shown first. ``was`` is what stands there, where whoever found it
    saw the line without its notes, so that the columns may be others.
    """

    line: int
    column: int
    end_column: int
    replacement: str
    safe: bool = True
    was: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Tells an author one mistake: where it is, what would have happened, and what to type instead.

    ``path`` is relative to the project folder, with forward slashes. ``label`` stands beside the caret.
    An error holds every delivery of the file, or only those of ``part``, ``network`` or ``account`` where these are given.
    ``also`` is another file that it is about as much.
    """

    rule: str
    severity: Severity
    message: str
    path: str
    span: Span = Span()
    label: str = ""
    consequence: str = ""
    fix: str | None = None
    part: str | None = None
    network: str | None = None
    account: str | None = None
    edit: Edit | None = None
    also: str = ""

    @property
    def is_error(self) -> bool:
        """Tells whether this finding holds what it is about."""
        return self.severity is Severity.ERROR

    def at(self, span: Span) -> "Finding":
        """Returns the same finding at another place of the same file."""
        return replace(self, span=span)
