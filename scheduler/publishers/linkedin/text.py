"""LinkedIn's "little text format": signs that it would read as its own are escaped, and hashtags have a form of their own.

Source: "little Text Format" of the Posts API as several programs quote it; a sign that is not escaped cuts the post off there, silently.
"""

import re
from collections.abc import Mapping, Sequence

from scheduler.model.facets import facets_of
from scheduler.model.outgoing import Facet

POLL_TERMS: Mapping[int, str] = {
    days * 24 * 60: f"{name}_DAY{'S' if days > 1 else ''}" for days, name in ((1, "ONE"), (3, "THREE"), (7, "SEVEN"), (14, "FOURTEEN"))
}
"""Are the lengths that polls have, by their minutes ("Poll API")."""
URN = r"urn:li:(?:organization|person):[a-z0-9_-]+"
"""Is who can be mentioned."""
_SIGNS = re.compile(r"([\\|{}@\[\]()<>#*_~])")
_SPECIAL = re.compile(
    r"\\(?P<sign>[\\|{}@\[\]()<>#*_~])"
    r"|\{hashtag\|\\?#\|(?P<tag>(?:[^\\}]|\\.)*)\}"
    rf"|@\[(?P<name>(?:[^\\\]]|\\.)*)\] ?\({URN}\)",
    re.IGNORECASE,
)


def escaped(text: str) -> str:
    """Returns the text as it is sent, so that readers see it as it was typed."""
    return _SIGNS.sub(r"\\\1", text)


def count(text: str) -> int:
    """Returns the length of what is sent, escapes and the form of hashtags included.

    Whether those count is not documented, and this is never too short.
    """
    return len(commentary(text, facets_of(text)))


def count_sent(text: str, facets: Sequence[Facet]) -> int:
    """Returns the length of what is sent for a text with its hashtags and mentions, whose forms are longer than what readers see."""
    return len(commentary(text, facets))


def commentary(text: str, facets: Sequence[Facet]) -> str:
    """Returns the escaped text with its hashtags as hashtags and its mentions as mentions; what is neither stays as words."""
    marked = [facet for facet in sorted(facets, key=lambda facet: facet.start) if _is_tag(facet, text) or _is_mention(facet, text)]
    pieces, done = [], 0
    for facet in marked:
        if facet.start >= done:
            pieces += [escaped(text[done : facet.start]), _form(facet, text)]
            done = facet.end
    return "".join([*pieces, escaped(text[done:])])


def plain(commentary: str) -> str:
    """Returns what readers see of a commentary: the way back."""
    return _SPECIAL.sub(_seen, commentary)


def _seen(match: re.Match[str]) -> str:
    if match["tag"] is not None:
        return f"#{plain(match['tag'])}"
    return match["sign"] or plain(match["name"])


def _form(facet: Facet, text: str) -> str:
    words = text[facet.start : facet.end]
    return f"{{hashtag|\\#|{escaped(words[1:])}}}" if facet.kind == "tag" else f"@[{escaped(words)}]({facet.value})"


def _is_mention(facet: Facet, text: str) -> bool:
    inside = 0 <= facet.start < facet.end <= len(text)
    return facet.kind == "mention" and inside and re.fullmatch(URN, facet.value, re.IGNORECASE) is not None


def _is_tag(facet: Facet, text: str) -> bool:
    return (
        facet.kind == "tag" and 0 <= facet.start < facet.end <= len(text) and text[facet.start : facet.end] == f"#{facet.value.lstrip('#')}"
    )
