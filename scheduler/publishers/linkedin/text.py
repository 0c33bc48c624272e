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
_SIGNS = re.compile(r"([\\|{}@\[\]()<>#*_~])")


def escaped(text: str) -> str:
    """Returns the text as it is sent, so that readers see it as it was typed."""
    return _SIGNS.sub(r"\\\1", text)


def count(text: str) -> int:
    """Returns the length of what is sent, escapes and the form of hashtags included.

    Whether those count is not documented, and this is never too short.
    """
    return len(commentary(text, facets_of(text)))


def commentary(text: str, facets: Sequence[Facet]) -> str:
    """Returns the escaped text with its hashtags as hashtags; a tag whose place does not hold one stays as words."""
    tags = [facet for facet in sorted(facets, key=lambda facet: facet.start) if _is_tag(facet, text)]
    pieces, done = [], 0
    for tag in tags:
        if tag.start >= done:
            pieces += [escaped(text[done : tag.start]), f"{{hashtag|\\#|{escaped(tag.value.lstrip('#'))}}}"]
            done = tag.end
    return "".join([*pieces, escaped(text[done:])])


def plain(commentary: str) -> str:
    """Returns what readers see of a commentary: the way back."""
    tags = re.sub(r"\{hashtag\|\\?#\|((?:[^\\}]|\\.)*)\}", r"\\#\1", commentary)
    return re.sub(r"\\([\\|{}@\[\]()<>#*_~])", r"\1", tags)


def _is_tag(facet: Facet, text: str) -> bool:
    return (
        facet.kind == "tag" and 0 <= facet.start < facet.end <= len(text) and text[facet.start : facet.end] == f"#{facet.value.lstrip('#')}"
    )
