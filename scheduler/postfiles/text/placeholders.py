"""The names in braces that a text may hold; they are judged here and filled when the post is composed."""

import re
from collections.abc import Iterator

from scheduler.model.finding import Finding
from scheduler.postfiles.lines.slips import Mend, Slip, nearest, shown
from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.names import PLACEHOLDERS
from scheduler.postfiles.text.notes import Line

_BRACES = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}\n]*)\}")
_KNOWN = frozenset(PLACEHOLDERS)


def unknown(source: Source, lines: list[Line], part: str | None) -> Iterator[Finding]:
    """Yields a finding for each name in braces that means nothing; ``{{`` and ``}}`` are braces themselves."""
    for line in lines:
        if "{" not in line.text:
            continue
        for match in _BRACES.finditer(line.text):
            name = match["name"]
            if name is None or name.strip() in _KNOWN:
                continue
            start = max(0, source.lines[line.index].find(match[0]))
            yield _slip(name.strip(), match[0]).found(source.path, source.span(line.index, start, start + len(match[0])), part)


def _slip(name: str, typed: str) -> Slip:
    meant = nearest(name, PLACEHOLDERS) or nearest(f"event.{name}", PLACEHOLDERS)
    literal = "{{" + typed.strip("{}") + "}}"
    return Slip(
        rule="unknown-placeholder",
        message=f"I don’t know what to put in for “{{{shown(name)}}}”",
        label=f"did you mean “{{{meant}}}”?" if meant else "there is no such placeholder",
        consequence="the braces would be published as they are, so the post is held",
        fix=f"{{{meant}}}" if meant else f"write the words themselves; for real braces type {literal}",
        mend=Mend(f"{{{meant}}}", safe=False) if meant else None,
    )
