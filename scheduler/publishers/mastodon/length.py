"""How long a text is to Mastodon, which counts every link alike and leaves out the servers of mentions.

The rules are those of its status_length_validator.rb, which measures only what it would make a link of: its own config/initializers/
twitter_regex.rb above the grammar of the library twitter-text 3.1. Where the two of them may differ from what stands here, more is
counted and never less.
"""

from functools import cache

import regex

from scheduler.model.limits import Count
from scheduler.publishers.counting import endings, graphemes

# Endings that came after the list of twitter-text 3.1 (conformance/tld_lib.yml), and one that is in it although no registry has it.
_LATER, _HIDDEN = frozenset({"amazon", "kids", "merck", "music", "spa", "web"}), frozenset({"onion"})
_SIGN = r"""[^!"\#$%&'()*+,\-./:;<=>?@\[\]^_`{|}~\s\x00-\x1f\x7f-\xa0\u180e\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"""
_UNDER = rf"{_SIGN}(?:(?:{_SIGN}|[_-]){{0,61}}{_SIGN})?\."
_NAME = rf"{_SIGN}(?:(?:{_SIGN}|-){{0,61}}{_SIGN})?\."
_HOST = rf"(?:{_UNDER}){{0,8}}{_NAME}(?:\L<endings>(?![0-9a-z@ſK])|xn--[0-9a-z]+)"
_OPEN = r"[^\s<>()?]"  # what a path may hold beside brackets in pairs, of which one may stand within another
_PAIR = rf"\((?:{_OPEN}+(?:\({_OPEN}+\){_OPEN}*)?|\({_OPEN}+\){_OPEN}*)\)"
_LAST = r"""[^\s<>()?!*"'「」;:=,.$%\[\]~&|@]"""
_PATH = rf"/(?:(?:{_OPEN}|{_PAIR})*(?:{_LAST}|{_PAIR}))?"
_FAR = r"\u00a1-\u1fff\u2070-\u2fff\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\uffef\U00010000-\U0001fffd\U00020000-\U0002fffd"
_QUERY = rf"\?[a-z0-9!?*'();:&=+$/%\#\[\]\-_.,~|@^{_FAR}]*[a-z0-9_&=\#/\-{_FAR}]"
# Where there is no scheme there is no link; nobody's words without a space are as long as this.
_WITH_ADDRESS = regex.compile(r"(?<!\S)(?=\S{0,5000}(?!\S))(?=\S*?://)\S++")
_LONGEST_LINK, _LONGEST_LABEL, _LONGEST_SERVER = 4_096, 63, 253
_WORD = r"[\p{L}\p{M}\p{Nd}\p{Pc}]"
_FAR_MENTION = regex.compile(
    rf"(?<![=/\w\p{{M}}\p{{N}}\p{{Pc}}])(@[a-zA-Z0-9_]++(?:[.-]++[a-zA-Z0-9_]++)*+)@({_WORD}++(?:[.-]++{_WORD}++)*+)"
    r"(?![@＠\u00c0-\u024f\u0250-\u02bb\u0300-\u036f\u1e00-\u1eff]|://)"
)


@cache
def _address() -> "regex.Pattern[str]":
    """Returns what finds addresses; made once it is needed, since the many endings take longer than most commands have to do."""
    # An address without its scheme is no link, but what it swallows is none either.
    return regex.compile(
        rf"(?<![a-z0-9@＠$\#＃ſK\ufeff\ufffe\uffff\u202a-\u202e])(?P<scheme>https?://)?{_HOST}(?::[0-9]+)?(?:{_PATH})?(?:{_QUERY})?",
        regex.IGNORECASE,
        endings=sorted((endings() - _LATER) | _HIDDEN),
    )


@cache
def counting(link_length: int) -> Count:
    """Returns what measures a text as Mastodon does: graphemes, a fixed length for each link, and ``@user@server`` as ``@user``.

    The same length gives the same function, so that two looks at one server are equal.
    """

    def link(found: regex.Match[str]) -> str:
        return "x" * link_length if found["scheme"] and _is_whole(found) else found.group()

    def count(text: str) -> int:
        shortened = _WITH_ADDRESS.sub(lambda found: _address().sub(link, found.group()), text)
        return graphemes(_FAR_MENTION.sub(_without_server, shortened))

    return count


def _is_whole(found: "regex.Match[str]") -> bool:
    """Tells whether names of servers can be as long as these: what no resolver takes is no link."""
    host = found.group()[len(found["scheme"]) :].partition("/")[0].partition("?")[0].partition(":")[0]
    labels = (label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in host.split("."))
    return len(found.group()) + 4 * len(host) <= _LONGEST_LINK and all(len(label) <= _LONGEST_LABEL for label in labels)


def _without_server(found: "regex.Match[str]") -> str:
    return found[1] if len(found[2]) <= _LONGEST_SERVER else found.group()
