"""Characters that nobody sees and that come along when text is copied; those that a script or an emoji needs are left alone."""

from collections.abc import Iterator

import regex

from scheduler.model.finding import Finding, Severity
from scheduler.postfiles.lines.slips import Mend, Slip
from scheduler.postfiles.lines.source import Source

# What each is called, and whether a text reads just the same without it wherever it stands.
_ZERO_WIDTH = {
    "\u00ad": "a soft hyphen",
    "\u200b": "a zero-width space",
    "\u2060": "a word joiner",
    "\ufeff": "a byte order mark",
}
_JOINERS = {"\u200c": "a zero-width non-joiner", "\u200d": "a zero-width joiner"}
_DIRECTIONS = {
    "\u200e": "a left-to-right mark",
    "\u200f": "a right-to-left mark",
    "\u061c": "an Arabic letter mark",
    "\u202a": "a left-to-right embedding",
    "\u202b": "a right-to-left embedding",
    "\u202c": "the end of a turn in direction",
    "\u2066": "a left-to-right isolate",
    "\u2067": "a right-to-left isolate",
    "\u2068": "an isolate",
    "\u2069": "the end of an isolate",
}
_OVERRIDES = {"\u202d": "a left-to-right override", "\u202e": "a right-to-left override"}
_NAMES = {**_ZERO_WIDTH, **_JOINERS, **_DIRECTIONS, **_OVERRIDES}
_TAGS = r"\U000e0001\U000e0020-\U000e007f"

_SUSPECT = regex.compile(rf"[{''.join(_NAMES)}\u2061-\u2064\u206a-\u206f{_TAGS}]")
_RIGHT_TO_LEFT = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}--\u200f\u061c]", regex.VERSION1)
_PLAIN_SCRIPT = r"\p{Latin}\p{Greek}\p{Cyrillic}\p{Common}"
_NEEDED = regex.compile(
    rf"""
    (?<=[[\p{{L}}\p{{M}}]--[{_PLAIN_SCRIPT}]])[\u200c\u200d]            # shapes letters: Persian, Hindi, Bengali …
    |(?<=[\p{{Extended_Pictographic}}\p{{Emoji_Modifier}}\ufe0f\u20e3{_TAGS}])\u200d(?=\p{{Extended_Pictographic}})  # one emoji of several
    |(?<=\U0001f3f4)[\U000e0020-\U000e007e]+\U000e007f                  # the flags of England, Scotland and Wales
    |(?<=[\p{{Thai}}\p{{Lao}}\p{{Khmer}}\p{{Myanmar}}\p{{Han}}\p{{Hiragana}}\p{{Katakana}}\p{{Tibetan}}])\u200b  # where a line may break
    """,
    regex.VERSION1 | regex.VERBOSE,
)
_STICKS = "#@"


def hidden(source: Source) -> Iterator[Finding]:
    """Yields a warning for each line with such characters; one change takes out all of the line.

    Marks of direction belong into a file with letters that run from right to left; only an override, which turns letters round, does not.
    """
    whole = "\n".join(source.lines)
    if whole.isascii() or not _SUSPECT.search(whole):
        return
    belong = frozenset(_DIRECTIONS) if _RIGHT_TO_LEFT.search(whole) else frozenset()
    for index, line in enumerate(source.lines):
        needed = {place for match in _NEEDED.finditer(line) for place in range(*match.span())}
        places = [match.start() for match in _SUSPECT.finditer(line) if match.start() not in needed and match[0] not in belong]
        if places:
            yield _slip(line, places).found(source.path, source.span(index))


def _slip(line: str, places: list[int]) -> Slip:
    first, end = places[0], places[-1] + 1
    found = frozenset(places)
    rest = "".join(character for place, character in enumerate(line[first:end], first) if place not in found)
    number = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return Slip(
        rule="hidden-character",
        severity=Severity.WARNING,
        message=f"there is {_named(line[first])}{number} in this line, which nobody sees",
        label=_where(line, first),
        consequence=_consequence(line[first]),
        fix="type the words around it anew",
        start=first,
        end=first + 1,
        mend=Mend(rest, first, end, safe=_is_safe(line, places)),
    )


def _named(character: str) -> str:
    return f"{_NAMES.get(character, 'a hidden sign')} (U+{ord(character):04X})"


def _where(line: str, place: int) -> str:
    before, after = line[:place].split(), line[place + 1 :].split()
    if before and not line[:place].endswith((" ", "\t")):
        return f"right after “{_visible(before[-1])}”"
    return f"right before “{_visible(after[0])}”" if after else "alone in its line"


def _visible(word: str) -> str:
    return _SUSPECT.sub("", word)[-24:]


def _consequence(character: str) -> str:
    if character in _OVERRIDES or character in _DIRECTIONS:
        return "it goes out with the post, and can show the letters after it in another order"
    return "it goes out with the post, counts as a character, and can break a word, a hashtag or an address"


def _is_safe(line: str, places: list[int]) -> bool:
    """Tells whether the text reads just the same without: nothing that turns, joins or keeps a tag from being one."""
    return all(line[place] in _ZERO_WIDTH and line[max(0, place - 1)] not in _STICKS for place in places)
