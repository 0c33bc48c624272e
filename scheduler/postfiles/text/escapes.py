r"""Backslashes that a word processor left before signs when it saved a text as Markdown: ``Come\!``, ``1\.``, ``\#MayDay``.

Only what can be nothing else is taken for one. A backslash before a letter, a digit or another backslash belongs to the text, as in
``C:\new``, and with it all of its word; so do those of faces and arms, as in ``¯\_(ツ)_/¯`` and ``\o/``, and whatever stands in backticks.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import regex

from scheduler.model.finding import Finding, Severity, Span
from scheduler.postfiles.lines.slips import Mend, Slip, shown
from scheduler.postfiles.lines.source import Source
from scheduler.postfiles.settings.block import Entry
from scheduler.postfiles.text.notes import Line

_PUBLISHED = ("first-comment", "content-warning", "poll-question")
_LONGEST = 200  # signs of a word that is no address
_CODE = regex.compile(r"`[^`]*`")
_WORD = regex.compile(r"\S+")
_PAIR = regex.compile(r"\\\[(?:\\\[)?(?:[^\[\]\\^=`]|\\[-_#!.*&+])*+(?:\\\])?\\\]|\\\{[a-z. ]+\\\}")
_REAL = regex.compile(r"\\(?:[^\W_]|\\|$|[^\x21-\x7e])|^\W*[A-Za-z]:\\")
_FACE = regex.compile(r"^[^\w\s]*/|/[^\w\s]*$")
_ADDRESS = regex.compile(r"^\W*(?:https?://|www\.)", regex.IGNORECASE)
_IN_ADDRESS = regex.compile(r"\\(?=[-_#&~=+*.!()\[\]])")
_CERTAIN = regex.compile(
    r"(?<=[\w\p{Pe}\p{Pf}\p{So}\p{M}*!?.,…\"'’])\\(?=!(?![\w/]))"  # Come\! and Danke 🎉\!\!, and no face such as :\!
    r"|(?<=^[\"'“”„‘‚«‹(\[¡¿*]*)\\(?:(?=[#@~]\w)|(?=[-+$]\d)|(?=<3\b))"  # \#MayDay, \@union, \+49, \$5
    r"|\\(?=\*(?!\.))"  # Kolleg\*innen and \*\*bold\*\*, and not drafts\*.md
    r"|(?<=\w)\\(?=&\w)|(?<=[\w+])\\(?=\+(?!\w))"  # R\&D, LGBTQIA\+, C\+\+
    r"|(?<=^\W*[@#＃][\w@.\\_-]*\w)\\(?=_\w)"  # @tenants\_union, #May\_Day
)
_LIKELY = regex.compile(r"(?<=\w)\\(?=[-_#]\w)")  # also what a path may be: drafts\_old
_NUMBER = regex.compile(r"\d{1,9}(?=\\[.)]$)")
_SIGN = regex.compile(r"\\[-–+=&|<>~*]")


@dataclass(frozen=True, slots=True)
class Left:
    """Is where the backslashes of one line are that an export left; where all are ``certain`` they are taken out without asking."""

    places: tuple[int, ...]
    certain: bool

    @property
    def start(self) -> int:
        """Returns where the first of them is."""
        return self.places[0]

    @property
    def end(self) -> int:
        """Returns where the sign behind the last of them ends."""
        return self.places[-1] + 2

    def mended(self, text: str) -> str:
        """Returns what was meant between start and end."""
        gone = set(self.places)
        return "".join(text[index] for index in range(self.start, self.end) if index not in gone)


def left_over(text: str) -> Left | None:
    """Returns the backslashes of a line that readers would see and nobody typed, or None."""
    if "\\" not in text:
        return None
    kept = {place for code in _CODE.finditer(text) for place in range(*code.span())}
    found: dict[int, bool] = {}
    words = list(_WORD.finditer(text))
    for before, word, after in zip([None, *words], words, [*words[1:], None], strict=False):
        if "\\" in word[0] and _is_real(word[0]):
            kept.update(range(*word.span()))
        elif "\\" in word[0]:
            around = (before[0] if before else "", after[0] if after else "")
            found |= {word.start() + place: certain for place, certain in _in_word(word[0], *around)}
    for pair in _PAIR.finditer(text):
        double = pair[0].startswith("\\[\\[") or text[max(0, pair.start() - 2) : pair.start()].endswith(("!", "!\\"))
        found |= {place: not double for place in range(*pair.span()) if text[place] == "\\" and text[place + 1] in "[]{}"}
    places = sorted(found.keys() - kept)
    return Left(tuple(places), all(found[place] for place in places)) if places else None


def _is_real(word: str) -> bool:
    """Tells whether the backslashes of a word are its own: those of a path, a face, or an arm."""
    if len(word) > _LONGEST and _ADDRESS.match(word) is None:
        return True
    return _REAL.search(word) is not None or (_FACE.search(word) is not None and _ADDRESS.match(word) is None)


def _in_word(word: str, before: str, after: str) -> Iterator[tuple[int, bool]]:
    if _ADDRESS.match(word):
        yield from ((match.start(), True) for match in _IN_ADDRESS.finditer(word))
        return
    number = _NUMBER.match(word)
    if number is not None:
        yield number.end(), True
    elif word == r"\!":
        yield from [(0, True)] if regex.search(r"\w$", before) else []
    elif _SIGN.fullmatch(word):
        yield from [(0, True)] if regex.match(r"\W?\w", after) else []
    elif regex.search(r"[\w\p{So}]", word):
        certain = {match.start() for match in _CERTAIN.finditer(word)}
        yield from ((place, True) for place in certain)
        yield from ((match.start(), False) for match in _LIKELY.finditer(word) if match.start() not in certain)


def in_text(source: Source, lines: Iterable[Line], part: str | None) -> Iterator[Finding]:
    """Yields a warning for each line of a text in which an export left backslashes; one for each of them where notes stand between."""
    for line in lines:
        left = left_over(line.text)
        if left is None:
            continue
        whole = line.is_whole(left.start, left.end)
        for one in (left,) if whole else (Left((place,), left.certain) for place in left.places):
            span = source.span(line.index, *line.stretch(one.start, one.end))
            yield _slip(one, line.text, placed=line.is_whole(one.start, one.end)).found(source.path, span, part)


def in_settings(path: str, entries: Mapping[str, Entry]) -> Iterator[Finding]:
    """Yields the same for the settings whose words readers see."""
    for entry in (entries[key] for key in _PUBLISHED if key in entries):
        left = left_over(entry.text) if isinstance(entry.value, str) else None
        if left is not None:
            column = entry.span.column + left.start
            span = Span(entry.span.line, column, column + left.end - left.start) if entry.as_typed else entry.span
            yield _slip(left, entry.text, placed=entry.as_typed).found(path, span)


def _slip(left: Left, text: str, *, placed: bool) -> Slip:
    meant = left.mended(text)
    start, end = text.rfind(" ", 0, left.start) + 1, text.find(" ", left.end)
    several = len(left.places) > 1
    return Slip(
        rule="escape-left-over",
        severity=Severity.WARNING,
        message=f"“{shown(text[left.start : left.end])}” goes out with its backslash{'es' if several else ''}",
        label="left by a word processor that saved this as Markdown",
        consequence="readers would see the \\" if not several else "readers would see each \\",
        fix=f"{text[start : left.start]}{meant}{text[left.end : end if end >= 0 else None]}",
        mend=Mend(meant, safe=left.certain) if placed else None,
    )
