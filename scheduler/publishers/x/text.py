"""Counts text as X does: weights by character, 23 for a link, 2 for an emoji however it is composed.

Source: "Counting characters" and ``config/v3.json`` of twitter/twitter-text (2021-10-21), and the grammar of addresses of that library:
what it makes a link of is shortened, in the middle of a sentence without spaces, too, and all else counts in full.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache

import regex

from scheduler.publishers.counting import endings

_LINK_WEIGHT, _EMOJI_WEIGHT = 23, 2
_LIGHT = ((0, 4_351), (8_192, 8_205), (8_208, 8_223), (8_242, 8_247))
_TONED = r"\p{Emoji_Modifier_Base}\ufe0f?\p{Emoji_Modifier}"
_PICTURE = rf"(?:{_TONED}|\p{{Extended_Pictographic}}|\p{{Emoji_Modifier}})\ufe0f?"
_EMOJI = regex.compile(
    rf"\p{{Regional_Indicator}}{{2}}|[0-9#*]\ufe0f?\u20e3|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f|{_PICTURE}(?:\u200d{_PICTURE})+"
    rf"|{_TONED}|\p{{Extended_Pictographic}}\ufe0f|\p{{Emoji_Presentation}}\ufe0f?"
)
_BOUNDS = r"\ufffe\ufeff\uffff"
_DIRECTIONS = r"\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_SIGN = rf"[^!'#%&()*+,\\\-./:;<=>?@\[\]^_{{|}}~$\s\u180e{_BOUNDS}{_DIRECTIONS}]"
_NAME = rf"{_SIGN}(?:-*+{_SIGN}){{0,62}}+\."
_UNDER = rf"{_SIGN}(?:[_-]*+{_SIGN}){{0,62}}+\."
_TOO_LONG = rf"(?:{_SIGN}|[_-]){{64,}}+"
_ENDING = r"(?:\L<endings>(?-i:(?![0-9A-Za-z@+-]))|xn--[0-9a-z-]+)"
_ACCENTED = (
    r"\xc0-\xd6\xd8-\xf6\xf8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_OPEN = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_ACCENTED}]"
_PAIR = rf"\((?:{_OPEN}+|{_OPEN}*\({_OPEN}+\){_OPEN}*)\)"
_PATH = rf"/(?:(?:{_OPEN}|{_PAIR})*(?:[+\-a-z\u0400-\u04ff0-9=_#/{_ACCENTED}]|{_PAIR}))?"
_QUERY = r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]"
# Where there is no dot there is no address; nobody's words without a space are as long as this.
_WITH_DOT = regex.compile(r"(?<!\S)(?=\S{0,5000}(?!\S))(?=[^\s.]*+\.)\S++")
_SHORTENED = regex.compile(
    r"https?://t\.co/(?P<name>[a-z0-9]+)(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])?", regex.IGNORECASE
)
_LONGEST_NAME, _LONGEST_LABEL = 40, 63
_JOINS = frozenset("-_./")


def count(text: str) -> int:
    """Returns the weighted length of a text; 280 is the most that X takes."""
    plain = unicodedata.normalize("NFC", text)
    total, done = 0, 0
    for start, end in _links(plain):
        total += _weight(plain[done:start]) + _LINK_WEIGHT
        done = end
    return total + _weight(plain[done:])


def has_link(text: str) -> bool:
    """Tells whether X would make a link of something in the text, which is what it charges more for."""
    return any(_links(unicodedata.normalize("NFC", text)))


@cache
def _addresses() -> "tuple[regex.Pattern[str], regex.Pattern[str]]":
    """Returns what finds addresses, and names of servers within one that has no scheme; made once they are needed, for endings are many."""
    before = rf"(?P<before>(?-i:[^A-Za-z0-9@＠$#＃{_BOUNDS}])|\A)"
    host = rf"(?P<host>(?:{_UNDER}){{0,8}}{_NAME}{_ENDING})"
    whole = rf"{before}(?:(?P<scheme>https?://)?{host}(?::[0-9]+)?(?P<path>{_PATH})?(?:{_QUERY})?|{_TOO_LONG})"
    plain = rf"(?:[a-z0-9{_ACCENTED}-]++\.)+{_ENDING}"
    found = [regex.compile(pattern, regex.IGNORECASE, endings=sorted(endings())) for pattern in (whole, plain)]
    return found[0], found[1]


def _links(text: str) -> Iterator[tuple[int, int]]:
    """Yields where the links of a text begin and end."""
    for word in _WITH_DOT.finditer(text):
        for found in _addresses()[0].finditer(word.group()):
            for start, end in _within(found):
                yield word.start() + start, word.start() + end


def _within(found: "regex.Match[str]") -> Iterator[tuple[int, int]]:
    """Yields the links that an address is: one with a scheme, and without one each name in Latin letters, the last with its path."""
    if not found["host"] or not all(len(label) <= _LONGEST_LABEL for label in map(_in_ascii, found["host"].split("."))):
        return
    if found["scheme"]:
        shortened = _SHORTENED.match(found.string, found.start("scheme"))
        if shortened is None or len(shortened["name"]) <= _LONGEST_NAME:
            yield found.start("scheme"), found.end() if shortened is None else shortened.end()
    elif found["before"] not in _JOINS:
        names = [(name.start(), name.end()) for name in _addresses()[1].finditer(found["host"])]
        for start, end in names:
            is_last = (start, end) == names[-1] and found["path"]
            yield found.start("host") + start, found.end() if is_last else found.start("host") + end


def _in_ascii(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"


def _weight(text: str) -> int:
    total, done = 0, 0
    for emoji in _EMOJI.finditer(text):
        total += _plain(text[done : emoji.start()]) + _EMOJI_WEIGHT
        done = emoji.end()
    return total + _plain(text[done:])


def _plain(text: str) -> int:
    return sum(1 if any(low <= ord(char) <= high for low, high in _LIGHT) else 2 for char in text)
