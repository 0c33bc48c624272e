"""From bytes to lines: the encodings and line endings that editors, word processors and phones really leave behind."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from scheduler.model.finding import Finding, Severity
from scheduler.postfiles.lines.hidden import hidden
from scheduler.postfiles.lines.slips import Mend, Slip
from scheduler.postfiles.lines.source import Source

LARGEST = 250_000
"""Is the size in bytes above which a file is not taken for a post; the longest text any network takes is far below."""

_MOST = 20  # findings of one kind about one file
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SOFT = re.compile("[\x0b\x0c\x85\u2028\u2029]")
UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_WESTERN = re.compile("[\t\n -~äöüÄÖÜßàâáçéèêëîïíìôóòûùúœæøåÀÂÁÇÉÈÊÎÍÓÚŒÆØÅñÑ¿¡’‘“”„–—…€«»·°§©®\u00a0]*")
_LOST = re.compile("[\ufffc\ufffd\ue000-\uf8fe]")
_LEFT_BY = {"\ufffc": "a picture stood here", "\ufffd": "a letter was lost here when the text was copied or saved"}
_NAMES = {"\x00": "NUL", "\x1b": "Escape", "\x08": "Backspace", "\x7f": "Delete"}


@dataclass(slots=True)
class Decoded:
    """Is a file as text with what is wrong with its bytes; ``source`` is None where it is no text at all."""

    source: Source | None
    findings: tuple[Finding, ...] = ()


def decode(path: str, data: bytes) -> Decoded:
    """Returns the text of a file: UTF-8, or UTF-16 with its mark; every kind of line ending becomes a line.

    Other bytes are read as Windows-1252 so that the author can see them, and held by an error: no encoding is guessed into a post.
    """
    if len(data) > LARGEST:
        return Decoded(None, (_too_large(path),))
    if b"\x00" in data and not data.startswith(_UTF16) and data.count(0) > len(data) // 10:
        return Decoded(None, (_no_text(path),))
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8")
    except UnicodeDecodeError as trouble:
        return _foreign(path, data, trouble)
    lines = text.split("\n")
    if _is_ordinary("".join(lines)):
        return Decoded(Source(path, tuple(lines)))
    source = _lines(path, text.lstrip("\ufeff"))
    findings = tuple(islice(_unprintable(source), _MOST)) if UNPRINTABLE.search(text) else ()
    if text.isascii():
        return Decoded(source, findings)
    lost = _lost(source) if _LOST.search(text) else ()
    return Decoded(source, (*findings, *islice(lost, _MOST), *islice(hidden(source), _MOST)))


def _is_ordinary(text: str) -> bool:
    """Tells at once of most texts that they hold nothing to warn of: no control, no hidden sign, no odd space or end of a line."""
    return text.isprintable() and not any(sign in text for sign in _LEFT_BY)


def legible(data: bytes) -> str:
    """Returns bytes of which some are no UTF-8 as a text: those are read as Windows-1252, and what even that does not know as U+FFFD."""
    return data.removeprefix(codecs.BOM_UTF8).decode(errors=_LEGIBLE)


def _as_windows_1252(trouble: UnicodeError) -> tuple[str, int]:
    if not isinstance(trouble, UnicodeDecodeError):
        raise trouble
    end = trouble.start + 1
    return trouble.object[trouble.start : end].decode("cp1252", errors="replace"), end


_LEGIBLE = "scheduler-legible"
codecs.register_error(_LEGIBLE, _as_windows_1252)


def _lines(path: str, text: str) -> Source:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if text.isascii() and "\x0b" not in text and "\x0c" not in text:
        return Source(path, tuple(lines))
    if not _SOFT.search(text):
        return Source(path, tuple(lines))
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    for number, line in enumerate(lines, 1):
        column = 0
        for piece in _SOFT.split(line):
            pieces.append(piece)
            places.append((number, column))
            column += len(piece) + 1
    return Source(path, tuple(pieces), tuple(places))


def _foreign(path: str, data: bytes, trouble: UnicodeDecodeError) -> Decoded:
    if data.startswith(_UTF16):
        return Decoded(None, (_no_text(path),))
    source = _lines(path, legible(data))
    before = _lines(path, legible(data[: trouble.start]))
    index = len(before.lines) - 1
    column = len(before.lines[-1])
    slip = Slip(
        rule="not-utf8",
        message="this file is not saved as UTF-8",
        label=f"shown here as Windows-1252: “{source.lines[index][column : column + 1]}”",
        consequence="letters like ü, é and ’ could come out wrong, so the post is held",
        fix="save the file again and choose the encoding “UTF-8”",
        mend=Mend(source.lines[index][column : column + 1], safe=_WESTERN.fullmatch("\n".join(source.lines)) is not None),
    )
    return Decoded(source, (slip.found(path, source.span(index, column, column + 1)),))


def _unprintable(source: Source) -> Iterator[Finding]:
    for index, line in enumerate(source.lines):
        match = UNPRINTABLE.search(line)
        if match is not None:
            name = _NAMES.get(match[0], f"U+{ord(match[0]):04X}")
            slip = Slip(
                rule="invisible-characters",
                message=f"there is a control character in this line ({name})",
                label="it cannot be seen, and networks refuse it",
                consequence="the post is held",
                start=match.start(),
                end=match.end(),
                fix="delete the line and type it again",
                mend=Mend("", match.start(), match.end(), safe=False),
            )
            yield slip.found(source.path, source.span(index))


def _lost(source: Source) -> Iterator[Finding]:
    """Yields a warning for the first character of each line that readers would see as a box."""
    for index, line in enumerate(source.lines):
        match = _LOST.search(line)
        if match is not None:
            slip = Slip(
                rule="lost-character",
                severity=Severity.WARNING,
                message=f"readers see a box in place of this character (U+{ord(match[0]):04X})",
                label=_LEFT_BY.get(match[0], "only a word processor’s own font has this sign"),
                start=match.start(),
                end=match.end(),
                fix="type it again",
            )
            yield slip.found(source.path, source.span(index))


def _too_large(path: str) -> Finding:
    return Finding(
        rule="too-large",
        severity=Severity.ERROR,
        message=f"this file is larger than {LARGEST:,} bytes, the most that a post file can have",
        path=path,
        consequence="it is not read",
        fix="keep pictures in files of their own, next to the post",
    )


def _no_text(path: str) -> Finding:
    return Finding(
        rule="not-text",
        severity=Severity.ERROR,
        message="this file holds something other than text",
        path=path,
        consequence="it is not read",
        fix="save the post as plain text in UTF-8, with a name that ends in .md",
    )
