"""The names in braces that a text may hold; they are judged here and filled when the post is composed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from scheduler.model.finding import Finding
from scheduler.postfiles.lines.slips import Mend, Slip, alike, nearest, shown
from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.names import MENTION, PLACEHOLDERS
from scheduler.postfiles.text.notes import Line

_BRACES = re.compile(r"\{\{(?P<template>(?:title|date|time)(?::[^{}\n]*)?)\}\}|\{\{|\}\}|\{(?P<name>[^{}\n]*)\}")
_KNOWN = frozenset(PLACEHOLDERS)
_MOST = 100


def unknown(source: Source, lines: list[Line], part: str | None) -> Iterator[Finding]:
    """Yields a finding for each name in braces that means nothing; ``{{`` and ``}}`` are braces themselves."""
    for line, match in islice(_unknown(lines), _MOST):
        name, template = match["name"], match["template"]
        slip = _slip((name or "").strip(), match[0]) if template is None else _left_by_template(template, match[0])
        slip = slip if line.is_whole(*match.span()) else replace(slip, mend=None)
        yield slip.found(source.path, source.span(line.index, *line.stretch(*match.span())), part)


def _unknown(lines: list[Line]) -> Iterator[tuple[Line, re.Match[str]]]:
    for line in lines:
        for match in _BRACES.finditer(line.text) if "{" in line.text else ():
            if match["template"] is not None or (match["name"] is not None and not _is_known(match["name"].strip())):
                yield line, match


def _is_known(name: str) -> bool:
    """Tells whether a name means something; who is mentioned is looked up when the post is composed."""
    return name in _KNOWN or bool(name.startswith(MENTION) and name.removeprefix(MENTION).strip())


def _of_event(name: str) -> str | None:
    meant = nearest(f"event.{name}", PLACEHOLDERS)
    return meant if meant is not None and alike(name, meant.removeprefix("event.")) else None


def _left_by_template(name: str, typed: str) -> Slip:
    meant = {"title": "event.title", "date": "event.date", "time": "event.time"}[name.partition(":")[0]]
    return Slip(
        rule="unknown-placeholder",
        message=f"“{shown(typed)}” is left over from a template of your editor",
        label="your editor has not filled this in",
        consequence="the words in braces would be published, so the post is held",
        fix=f"write the words themselves, or {{{meant}}} for those of the event",
    )


def _slip(name: str, typed: str) -> Slip:
    meant = MENTION + name[1:] if name.startswith("@") and name[1:] else nearest(name, PLACEHOLDERS) or _of_event(name)
    literal = "{{" + typed.strip("{}") + "}}"
    return Slip(
        rule="unknown-placeholder",
        message=f"I don’t know what to put in for “{{{shown(name)}}}”",
        label=f"did you mean “{{{meant}}}”?" if meant else "there is no such placeholder",
        consequence="the braces would be published as they are, so the post is held",
        fix=f"{{{meant}}}" if meant else f"write the words themselves; for real braces type {literal}",
        mend=Mend(f"{{{meant}}}", safe=False) if meant else None,
    )
